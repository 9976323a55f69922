#!/bin/sh
# A Docker engine for the image tests, where none is running: `scripts/engine.sh start|stop|host`.
#
# `start` prints nothing when an engine answers; else it starts one and prints its DOCKER_HOST. That engine has its own
# socket and data directory, so it touches nothing of one that is installed but stopped. It needs root, and installs
# Debian's docker.io and docker-compose when there is no dockerd. Exit 69 (EX_UNAVAILABLE): no engine is to be had here.
set -eu

run=${ENGINE_RUN:-/tmp/provisioner-engine}
data=${ENGINE_DATA:-/var/lib/provisioner-engine}
host="unix://$run/docker.sock"

unavailable() {
    echo "no Docker engine: $*" >&2
    exit 69
}

alive() {
    # asked of the socket: the client may not be installed yet
    python3 - "$run/docker.sock" <<'PY'
import socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.settimeout(5)
    try:
        connection.connect(sys.argv[1])
        connection.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
        sys.exit(b"200 OK" not in connection.recv(100))
    except OSError:
        sys.exit(1)
PY
}

start() {
    ! docker info > /dev/null 2>&1 || return 0
    if ! alive; then
        [ "$(id -u)" = 0 ] || unavailable "none is running, and only root may start one"
        command -v dockerd > /dev/null || install_engine
        mkdir -p "$run" "$data"
        # Without iptables, containers reach the outside by the host's network only; published ports go through a proxy.
        nohup dockerd --iptables=false --ip6tables=false --host "$host" --data-root "$data" \
            --exec-root "$run/exec" --pidfile "$run/pid" > "$run/log" 2>&1 < /dev/null &
        wait_for_it
    fi
    echo "$host"
}

install_engine() {
    command -v apt-get > /dev/null || unavailable "there is no dockerd, and no apt-get to install it"
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends docker.io docker-compose; } >&2 \
        || unavailable "Debian's docker.io could not be installed"
}

wait_for_it() {
    for _ in $(seq 60); do
        alive && return
        sleep 0.5
    done
    tail -n 5 "$run/log" >&2
    unavailable "dockerd did not start (above: the end of $run/log)"
}

stop() {
    [ -f "$run/pid" ] || return 0
    pid=$(cat "$run/pid")
    kill "$pid" 2> /dev/null || return 0
    for _ in $(seq 60); do
        [ -d "/proc/$pid" ] || return 0
        sleep 0.5
    done
}

case "${1:-}" in
    start) start ;;
    stop) stop ;;
    host) echo "$host" ;;
    *) echo "usage: $0 start|stop|host" >&2 && exit 2 ;;
esac
