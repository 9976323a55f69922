<?php
// Send as an application of Symfony does: its Dotenv reads the file, its Mailer the variable.
require '/usr/share/php/Symfony/Component/Dotenv/autoload.php';
require '/usr/share/php/Symfony/Component/Mailer/autoload.php';

[, $file, , $to, $subject] = $argv;
(new Symfony\Component\Dotenv\Dotenv())->load($file);

$mail = new Symfony\Component\Mime\Email();
$mail->from($_ENV['MAIL_FROM_ADDRESS'])->to($to)->subject($subject)->text('Hello.');
Symfony\Component\Mailer\Transport::fromDsn($_ENV['MAILER_DSN'])->send($mail);
