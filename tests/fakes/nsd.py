"""A real name server, NSD, on loopback: Debian's package `nsd`, which CI has to install."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import dns.exception
import dns.message
import dns.query

FIRST, SECOND = "127.0.0.1", "127.0.0.2"
HOST = """\
$TTL 300
@ IN SOA ns1.host.example. hostmaster.host.example. 1 7200 900 1209600 300
@ IN NS ns1.host.example.
"""

Serve = Callable[..., int]


@contextmanager
def running(nsd: str, directory: Path, address: str, port: int, zones: dict[str, str]) -> Iterator[None]:
    home = directory / f"{address}-{port}"
    home.mkdir()
    for name, text in zones.items():
        (home / f"{name}.zone").write_text(text)
    (home / "nsd.conf").write_text(_configuration(home, address, port, zones))
    process = subprocess.Popen([nsd, "-d", "-c", home / "nsd.conf"], start_new_session=True)
    try:
        _wait_until_ready(process, home / "log", address, port)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # its children too; asked to end, it takes seconds
        process.wait(10)


def _configuration(home: Path, address: str, port: int, zones: Sequence[str] | dict[str, str]) -> str:
    files = "".join(f'zone:\n  name: "{name}"\n  zonefile: "{home}/{name}.zone"\n' for name in zones)
    return (
        f'server:\n  ip-address: {address}@{port}\n  username: ""\n  zonesdir: "{home}"\n  database: ""\n'
        f'  logfile: "{home}/log"\n  pidfile: "{home}/pid"\n  xfrdfile: "{home}/xfrd"\n'
        f'  zonelistfile: "{home}/list"\n  xfrdir: "{home}"\nremote-control:\n  control-enable: no\n{files}'
    )


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path, address: str, port: int) -> None:
    query = dns.message.make_query(".", "SOA")
    for _ in range(200):
        assert process.poll() is None, log.read_text()
        with suppress(dns.exception.Timeout, OSError):
            dns.query.udp(query, address, timeout=0.05, port=port)
            return
    raise AssertionError(f"NSD does not answer: {log.read_text()}")


def free_port() -> int:
    """Return a port that is free for UDP and for TCP at both addresses."""
    for _ in range(50):
        with ExitStack() as stack, suppress(OSError):
            port = 0
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                for address in (FIRST, SECOND):
                    probe = stack.enter_context(socket.socket(socket.AF_INET, kind))
                    probe.bind((address, port))
                    port = port or int(probe.getsockname()[1])
            return port
    raise AssertionError("no port is free")
