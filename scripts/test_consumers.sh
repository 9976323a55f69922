#!/bin/sh
# Let each consumer read the form that is exported for it, and send mail with it: what `make test-consumers` runs.
#
# The forms name SES's real host and ports. So this has a network and mounts of its own, in which that name leads to the
# sandbox and the sandbox's authority is trusted; nothing of it is seen outside, and nothing of it stays. Arguments go to
# pytest. Exit 69 when root is missing, or apt-get for a consumer that is not installed: nothing was tested then, and the
# last lines say so.
set -eu
cd "$(dirname "$0")/.."

UNAVAILABLE=69

not_tested() {
    {
        echo ""
        echo "==================== THE CONSUMERS WERE NOT TESTED ===================="
        echo "$2 (above: why). Nothing about the forms' consumers was proved by this run."
    } >&2
    exit "$1"
}

alone() {
    unshare --net --mount --propagation private --pid --fork --kill-child --mount-proc -- "$@"
}

[ "$(id -u)" = 0 ] || { echo "only root may give it a network of its own" >&2; not_tested $UNAVAILABLE "Not root"; }
for script in scripts/consumers/*.sh; do
    case "$script" in */apt.sh) continue ;; esac
    "$script" || not_tested $? "A consumer is missing"
done
alone true || not_tested 1 "No namespace"

CONSUMERS=1 alone .venv/bin/python -m pytest tests/consumers -n 0 -p no:cacheprovider --timeout 300 "$@"
