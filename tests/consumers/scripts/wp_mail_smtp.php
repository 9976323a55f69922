<?php
// Send as WordPress does with WP Mail SMTP: the site asks for a From of its own, the constants decide.
require '/usr/share/php/libphp-phpmailer/autoload.php';

[, $constants, $from, $to, $subject] = $argv;
require $constants;

$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->setFrom($from, 'Some Body');
if (WPMS_ON && WPMS_MAILER === 'smtp') {
    $mail->isSMTP();
    $mail->Host = WPMS_SMTP_HOST;
    $mail->Port = WPMS_SMTP_PORT;
    $mail->SMTPSecure = WPMS_SSL;
    $mail->SMTPAutoTLS = WPMS_SMTP_AUTOTLS;
    $mail->SMTPAuth = WPMS_SMTP_AUTH;
    $mail->Username = WPMS_SMTP_USER;
    $mail->Password = WPMS_SMTP_PASS;
    if (WPMS_MAIL_FROM_FORCE) {
        $mail->setFrom(WPMS_MAIL_FROM, 'Some Body');
    }
    if (WPMS_SET_RETURN_PATH) {
        $mail->Sender = $mail->From;
    }
}
$mail->addAddress($to);
$mail->Subject = $subject;
$mail->Body = 'Hello.';
$mail->send();
