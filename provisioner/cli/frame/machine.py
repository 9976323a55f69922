"""What this machine, or the container that we are in, has left: memory and cores."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from provisioner.core.batch.parallelism import Machine

_CGROUP = Path("/sys/fs/cgroup")
_MEMINFO = Path("/proc/meminfo")


def this_machine() -> Machine:
    """Return what is left for this process."""
    return Machine(free_memory(), cores())


def free_memory(cgroup: Path = _CGROUP, meminfo: Path = _MEMINFO) -> int | None:
    """Return the bytes that may be used yet: the least of machine and cgroup (v2 or v1); None when nobody says."""
    known = [found for found in (_machine(meminfo), _container(cgroup)) if found is not None]
    return min(known, default=None)


def cores() -> int:
    """Return the cores that we may run on."""
    with suppress(AttributeError):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _machine(meminfo: Path) -> int | None:
    with suppress(OSError):
        found = re.search(r"^MemAvailable:\s+(\d+) kB", meminfo.read_text(encoding="ascii"), re.MULTILINE)
        return int(found[1]) * 1024 if found else None
    return None


def _container(cgroup: Path) -> int | None:
    limits = (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"))
    for limit, usage in limits:
        with suppress(OSError, ValueError):  # ValueError: "max", no limit
            return max(0, _number(cgroup / limit) - _number(cgroup / usage))
    return None


def _number(path: Path) -> int:
    return int(path.read_text(encoding="ascii"))
