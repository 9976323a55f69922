"""How work on many domains is ended, in three steps of urgency, and how each domain notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from provisioner.core.values.domain import DomainName
from provisioner.errors import Interrupted, ProvisionerError
from provisioner.ports.progress import Clock

GOES_ON = "what was made is kept; --resume completes it"


class Urgency(IntEnum):
    """How soon the work shall end."""

    NONE = 0
    DRAIN = 1  # no new domains, running ones finish
    INTERRUPT = 2  # each Terraform gets one interrupt, stops in order and saves its state
    KILL = 3


class Stop:
    """Asked more and more urgently, never less; signals and threads may ask. The first press means `first`."""

    def __init__(self, first: Urgency = Urgency.DRAIN) -> None:
        self.level = Urgency.NONE
        self._first = first

    def request(self, level: Urgency) -> None:
        """Ask for at least this urgency."""
        self.level = max(self.level, level)

    def press(self) -> Urgency:
        """Ask for the next urgency, as each Ctrl-C does, and return it."""
        self.request(max(self._first, Urgency(min(self.level + 1, Urgency.KILL))))
        return self.level


@dataclass(frozen=True, slots=True)
class Patience:
    """One domain's: until the work is interrupted, or the domain has had its time; `goes_on` is what then holds."""

    domain: DomainName
    stop: Stop
    clock: Clock
    limit: timedelta
    began: float
    goes_on: str = GOES_ON

    def check(self) -> None:
        """Raise when it is over.

        Where Terraform runs this is called about ten times a second: what is raised there interrupts it once.
        """
        if self.stop.level >= Urgency.INTERRUPT:
            raise Interrupted("interrupted", f"{self.domain}: interrupted", self.goes_on)
        if self.clock.monotonic() - self.began > self.limit.total_seconds():
            message = f"{self.domain}: not done within {self.limit}, so it was stopped"
            raise ProvisionerError("domain_timeout", message, f"{self.goes_on}; --timeout gives each domain more time")
