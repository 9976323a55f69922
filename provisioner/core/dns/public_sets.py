"""What public DNS answers at the names of one domain."""

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable


@dataclass(frozen=True, slots=True)
class PublicSets:
    """Answers by (name, type); what was not asked for is absent, and so is what only a wildcard answers.

    `silence` is why nothing at all is known, None when DNS answered.
    """

    answers: Mapping[tuple[str, str], DnsAnswer]
    silence: str | None = None

    def at(self, name: str, rtype: str) -> DnsAnswer:
        """Return what is known of one name and type."""
        if self.silence is not None:
            return Unreachable(self.silence)
        return self.answers.get((name, rtype), Absent(nxdomain=False))

    def values(self, name: str, rtype: str) -> tuple[str, ...]:
        """Return the values that stand there, none where there are none and where nothing is known."""
        match self.at(name, rtype):
            case Found(values):
                return values
            case _:
                return ()
