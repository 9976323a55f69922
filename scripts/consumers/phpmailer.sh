#!/bin/sh
# PHP with PHPMailer, by which WordPress sends.
exec "$(dirname "$0")/apt.sh" PHPMailer php-cli libphp-phpmailer
