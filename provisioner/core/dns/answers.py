"""What a resolver may answer, and a zone as public DNS has it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """The resolver answered with records, each in presentation form; TXT strings joined and unquoted."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """The resolver answered that there is no such record (NXDOMAIN or NODATA)."""

    nxdomain: bool


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The resolver did not answer, or with a failure: nothing is known."""

    reason: str


DnsAnswer = Found | Absent | Unreachable


@dataclass(frozen=True, slots=True)
class PublicZone:
    """A zone as public DNS has it: its apex, and the hosts that serve it."""

    name: str
    name_servers: tuple[str, ...]
