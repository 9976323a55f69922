"""What this machine, or the container that we are in, has left: memory and cores."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from provisioner.core.batch.preflight import default_parallelism

_COLD_BYTES = 650 << 20  # Terraform and a provider of its own: 312 MB each
_WARM_BYTES = 150 << 20  # Terraform alone
_BUSY = 4  # runs for each core; more at once only get in each other's way
_ASLEEP = 32  # of those that mostly wait until Route 53 has a change in sync
_CGROUP = Path("/sys/fs/cgroup")
_MEMINFO = Path("/proc/meminfo")


def usual_parallelism(domains: int, *, cold: bool, reads: bool = False) -> int:
    """Return how many of these domains to work on at once, by what one run of Terraform takes.

    `reads` says that none of them changes anything, and thus none waits until a change is in sync.
    """
    run_bytes = _COLD_BYTES if cold else _WARM_BYTES
    per_core = _BUSY if cold or reads else _ASLEEP
    return default_parallelism(domains, free_memory(), cores(), run_bytes=run_bytes, per_core=per_core)


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
