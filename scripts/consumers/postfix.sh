#!/bin/sh
# Postfix as a relay; libsasl2-modules has the mechanisms that it logs in with.
exec "$(dirname "$0")/apt.sh" Postfix postfix libsasl2-modules
