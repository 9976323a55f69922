#!/bin/sh
# Node.js with Nodemailer; it wants an interface beside loopback, which iproute2 makes.
exec "$(dirname "$0")/apt.sh" Nodemailer nodejs node-nodemailer iproute2
