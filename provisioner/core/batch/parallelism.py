"""How many domains to work on at once: what the machine has left, and what AWS's rates can serve."""

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.core.account.rates import Rate
from provisioner.core.batch.preflight import CALLS

MOST_PARALLEL = 64

_COLD_BYTES = 650 << 20  # Terraform and a provider of its own: 312 MB each
_WARM_BYTES = 150 << 20  # Terraform alone
_BUSY = 4  # runs for each core; more at once only get in each other's way
_ASLEEP = 32  # of those that mostly wait until Route 53 has a change in sync


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine has left: bytes of memory that are free (None: unknown), and cores."""

    memory: int | None
    cores: int


def usual_parallelism(domains: int, machine: Machine, *, cold: bool, reads: bool = False) -> int:
    """Return how many of these domains to work on at once, by what one run of Terraform takes.

    `reads` says that none of them changes anything, and thus none waits until a change is in sync.
    """
    run_bytes = _COLD_BYTES if cold else _WARM_BYTES
    per_core = _BUSY if cold or reads else _ASLEEP
    return bounded_parallelism(domains, machine, run_bytes=run_bytes, per_core=per_core)


def bounded_parallelism(domains: int, machine: Machine, *, run_bytes: int, per_core: int) -> int:
    """Return how many domains to work on at once, `run_bytes` each.

    A domain mostly sleeps, so memory decides: half of what is free; `per_core` bounds it where starting many programs
    at once would starve them of CPU.
    """
    by_memory = MOST_PARALLEL if machine.memory is None else machine.memory // 2 // run_bytes
    return max(1, min(domains, by_memory, machine.cores * per_core, MOST_PARALLEL))


def servable(rates: Mapping[str, Rate], seconds: float) -> int:
    """Return how many new domains at once AWS's rates can serve within half of the `seconds` that each may take.

    More would only wait for one another, and be ended for taking too long: a shard has but a part of the rates.
    """
    return max(1, min(int(rate.per_second * seconds / 2 / CALLS[service][0]) for service, rate in rates.items()))
