"""Public DNS."""

from collections.abc import Mapping
from typing import Protocol

from provisioner.core.dns.answers import Absent, DnsAnswer, PublicZone, Unreachable


class Resolver(Protocol):
    """DNS."""

    def lookup(self, name: str, rtype: str) -> DnsAnswer:
        """Ask for one name and type."""


class Authority(Protocol):
    """The name servers that a zone itself is kept on, asked directly: no cache stands between."""

    def zone_of(self, name: str) -> PublicZone | Absent | Unreachable:
        """Return the zone that holds the name, at or above it; `Absent` when there is none below the top level."""

    def delegation(self, zone: str) -> DnsAnswer:
        """Return the NS records of the zone as its parent's name servers hand them out."""

    def lookup(self, zone: PublicZone, name: str, rtype: str) -> Mapping[str, DnsAnswer]:
        """Ask each name server of the zone; server -> answer."""
