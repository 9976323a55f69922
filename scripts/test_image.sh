#!/bin/sh
# Build the image and prove it in a real engine: what `make test-image` runs. Arguments go to pytest.
#
# Uses the engine that runs; else starts one of its own (scripts/engine.sh) and stops it at the end. Uses the upstream base
# images; where no registry answers, stand-ins of the same names (scripts/bases.sh). Exit 69 when neither is to be had:
# nothing was tested then, and the last lines say so.
set -eu
cd "$(dirname "$0")/.."

export IMAGE="${IMAGE:-provisioner}"
python=.venv/bin/python

not_tested() {
    status=$?
    {
        echo ""
        echo "==================== THE IMAGE WAS NOT TESTED ===================="
        echo "$1 (above: why). Nothing about the container was proved by this run."
    } >&2
    exit "$status"
}

engine=$(scripts/engine.sh start) || not_tested "No container engine"
if [ -n "$engine" ]; then
    export DOCKER_HOST="$engine" DOCKER_BUILDKIT=1
    # Debian's own client, which builds with the BuildKit of Debian's engine and needs no plugin for it.
    [ ! -x /usr/bin/docker ] || export PATH="/usr/bin:$PATH"
    network="--network=host"
    trap 'scripts/engine.sh stop' EXIT
fi

bases=$(scripts/bases.sh) || not_tested "No base images"
# shellcheck disable=SC2086 # both are lists of options, or empty
$python -m provisioner container build --image "$IMAGE" ${network:-} $bases
$python -m pytest tests/container -n 4 --dist loadfile -p no:cacheprovider --timeout 900 "$@"
