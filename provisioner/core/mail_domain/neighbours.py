"""Other identities of the account beside that of a domain: below it, and of its name in other regions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.values.domain import DomainName


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An identity whose mail is also the domain's: an address at it, or a name below it with its addresses."""

    name: str
    status: IdentityStatus

    @property
    def is_address(self) -> bool:
        """Whether it is one address, and no domain."""
        return "@" in self.name


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The identities at a domain or below it; `unseen` are the names of those that nobody looked into, with why."""

    seen: tuple[Neighbour, ...] = ()
    unseen: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """In which other regions the account has the identity, and of which regions nobody could say, with why."""

    found: tuple[str, ...] = ()
    unseen: tuple[tuple[str, str], ...] = ()


def names_at(domain: DomainName, identities: Iterable[str]) -> tuple[str, ...]:
    """Return those of the account's identities that are addresses at the domain, or below it, or names below it."""
    hosts = ((name, name.rpartition("@")[2].lower().rstrip(".")) for name in identities)
    at = domain.ascii
    return tuple(sorted(name for name, host in hosts if f".{host}".endswith(f".{at}") and name.lower() != at))
