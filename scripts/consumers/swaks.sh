#!/bin/sh
# swaks, which sends by SMTP from the command line, with what it needs for TLS and for AUTH.
exec "$(dirname "$0")/apt.sh" swaks swaks libnet-ssleay-perl
