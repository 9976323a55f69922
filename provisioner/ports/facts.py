"""What only the doctor asks of the world outside."""

from datetime import timedelta
from typing import Protocol

from provisioner.core.checks.diagnosis import Look
from provisioner.core.dns.questions import Question, Reply, Silent
from provisioner.core.values.domain import DomainName


class Questions(Protocol):
    """Name servers, asked one by one, and the resolver; several threads may ask at once."""

    def put(self, question: Question) -> Reply | Silent:
        """Ask, once more where nothing comes back; an answer that does not fit into UDP is asked for by TCP."""


class Looks(Protocol):
    """What was found bad when the doctor looked last for changes, of each domain."""

    def last(self, domain: DomainName) -> Look | None:
        """Return the last look, None when there was none, or none that can be read."""

    def keep(self, domain: DomainName, look: Look) -> None:
        """Keep this look in place of the last one, atomically."""


class AwsTime(Protocol):
    """The clocks of AWS, as its answers tell them."""

    def ahead(self) -> timedelta | None:
        """Return how far this machine's clock is ahead of that of the last answer, None before the first."""
