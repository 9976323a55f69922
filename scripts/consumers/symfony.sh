#!/bin/sh
# PHP with Symfony's mailer, and what reads its file .env.
exec "$(dirname "$0")/apt.sh" Symfony php-cli php-symfony-mailer php-symfony-dotenv
