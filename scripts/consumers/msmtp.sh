#!/bin/sh
# msmtp, which takes the place of sendmail.
exec "$(dirname "$0")/apt.sh" msmtp msmtp
