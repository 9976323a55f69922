#!/bin/sh
# A Docker engine; the tests start one of their own with it (scripts/engine.sh).
command -v dockerd > /dev/null || exec "$(dirname "$0")/apt.sh" Docker docker.io
