#!/bin/sh
# Install Debian's packages of one consumer, unless they are there: `scripts/consumers/apt.sh NAME PACKAGE...`.
#
# Exit 69 (EX_UNAVAILABLE): not to be had here, for want of root or of apt-get.
set -eu

name=$1
shift

installed() {
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || return 1
    done
}

unavailable() {
    echo "no $name: $*" >&2
    exit 69
}

! installed "$@" || exit 0
[ "$(id -u)" = 0 ] || unavailable "it is not installed, and only root may install it"
command -v apt-get > /dev/null || unavailable "it is not installed, and there is no apt-get"
export DEBIAN_FRONTEND=noninteractive
# --no-remove: a machine keeps the mail server that it has.
{ apt-get update -q && apt-get install -qy --no-install-recommends --no-remove "$@"; } >&2 || {
    echo "no $name: Debian's $* could not be installed" >&2
    exit 1
}
