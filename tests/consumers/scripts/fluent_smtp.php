<?php
// Send as WordPress does with FluentSMTP: the login from the constants, the rest as somebody typed it from the comment.
require '/usr/share/php/libphp-phpmailer/autoload.php';

[, $constants, $from, $to, $subject] = $argv;
require $constants;
preg_match_all('#^//   ([\w -]+): (.*)$#m', file_get_contents($constants), $found);
$page = array_combine($found[1], $found[2]);

$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->setFrom($page['Force From Email'] === 'on' ? $page['From Email'] : $from, 'Some Body');
$mail->isSMTP();
$mail->Host = $page['SMTP Host'];
$mail->Port = (int) $page['SMTP Port'];
$mail->SMTPSecure = strtolower($page['Encryption']);
$mail->SMTPAutoTLS = $page['Use Auto TLS'] === 'on';
$mail->SMTPAuth = $page['Authentication'] === 'on';
$mail->Username = FLUENTMAIL_SMTP_USERNAME;
$mail->Password = FLUENTMAIL_SMTP_PASSWORD;
$mail->Sender = $mail->From;
$mail->addAddress($to);
$mail->Subject = $subject;
$mail->Body = 'Hello.';
$mail->send();
