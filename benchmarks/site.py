"""A sandbox with a home, domains in it, and what the program's runs against it take."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioner.sandbox.http.throttle import parse_throttle
from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

PROVISIONER = str(Path(sys.executable).with_name("provisioner"))
SAMPLE = 0.5  # seconds between two looks at memory
MIB = 1 << 20


@dataclass
class Measured:
    """What one side took: wall and CPU seconds, and the most memory (MiB, shared pages split) of all its processes."""

    wall: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0
    calls: Mapping[str, Any] = field(default_factory=dict)


def measured(sandbox: Sandbox, work: Callable[[Mapping[str, str]], None]) -> Measured:
    """Run one side's work with the sandbox's variables, and measure it."""
    found, done = Measured(), threading.Event()
    url = f"{sandbox.addresses.aws}/_sandbox/calls"
    urllib.request.urlopen(urllib.request.Request(url, method="DELETE")).close()  # noqa: S310 - the sandbox just started
    watcher = threading.Thread(target=_watch_memory, args=(found, done))
    watcher.start()
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    try:
        work({**os.environ, **sandbox.environment(os.environ, Path.cwd())})
    finally:
        done.set()
        watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found.wall = time.perf_counter() - began
    found.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - as above
        found.calls = json.load(answer)
    return found


@contextmanager
def site(throttle: str = "") -> Iterator[tuple[Sandbox, Path]]:
    """Start a sandbox in this process, and give it and an empty home."""
    settings = SandboxSettings(verification_delay=0, throttle=parse_throttle(throttle))
    with tempfile.TemporaryDirectory() as directory, Sandbox(settings) as sandbox:
        yield sandbox, Path(directory)


def provision(
    names: Sequence[str], home: Path, parallel: int, environment: Mapping[str, str], extra: Sequence[str]
) -> None:
    """Provision domains in a home by one batch; with 0 in parallel as many at once as it thinks best."""
    width = ["--parallelism", str(parallel)] if parallel else []
    manifest = home / "manifest.json"
    manifest.write_text(json.dumps({"domains": list(names)}))
    command = [PROVISIONER, "batch", str(manifest), "--quiet", "--home", str(home), *width, *extra]
    run(command, environment)


def run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a command to its end, which must be a good one."""
    subprocess.run(command, env=dict(environment), check=True, stdout=subprocess.DEVNULL)


def _watch_memory(found: Measured, done: threading.Event) -> None:
    while not done.wait(SAMPLE):
        found.memory = max(found.memory, sum(map(_proportional, _descendants())) / MIB)


def _descendants() -> set[int]:
    """Return our children, theirs, and so on."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            after_name = status.read_text().rpartition(")")[2].split()
            parents[int(status.parent.name)] = int(after_name[1])
    found: set[int] = {os.getpid()}
    while fresh := {pid for pid, parent in parents.items() if parent in found and pid not in found}:
        found |= fresh
    return found - {os.getpid()}


def _proportional(pid: int) -> int:
    """Return a process's memory in bytes, pages that it shares split among those who share them."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
