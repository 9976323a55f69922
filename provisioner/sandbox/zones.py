"""The emulated Route 53 as DNS sees it: zones with their servers and records.

Everything is read live from moto's backend in this process, so a record is visible as soon as its API call returned.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from moto.route53.models import route53_backends

if TYPE_CHECKING:
    from moto.route53.models import FakeZone
    from moto.route53.models import RecordSet as MotoRecordSet

ACCOUNT = "123456789012"


@dataclass(frozen=True)
class RecordSet:
    """One record set: `name` lower-case without trailing dot, `ttl` in seconds, `values` as Route 53 stores them.

    Values are in presentation form (TXT strings in their quotes). An alias has no values but the name of its target.
    """

    name: str
    type: str
    ttl: int
    values: tuple[str, ...]
    alias_target: str | None = None


@dataclass(frozen=True)
class Zone:
    """A hosted zone; `records` by (lower-case name without trailing dot, type).

    `changed` is when a record of it last changed, in seconds of the monotonic clock.
    """

    id: str
    name: str
    private: bool
    name_servers: tuple[str, ...]
    records: Mapping[tuple[str, str], RecordSet]
    changed: float = 0.0

    def encloses(self, name: str) -> bool:
        """Say whether `name` (lower-case, no trailing dot) is this zone's own name or one below it."""
        return name == self.name or name.endswith(f".{self.name}")


@dataclass(frozen=True)
class PublicView:
    """The zones that a resolver on the Internet would find, one per name.

    `dead` are those that somebody is referred to, and of whose servers none says anything that helps.
    """

    zones: Mapping[str, Zone]
    dead: frozenset[str] = frozenset()

    def zone_for(self, name: str) -> Zone | None:
        """Return the deepest zone that encloses `name`, None when no server here would be asked or would answer."""
        found = self._deepest(name)
        return None if found is None or found in self.dead else self.zones[found]

    def is_dead(self, name: str) -> bool:
        """Say whether a name is in a zone whose servers do not answer."""
        return self._deepest(name) in self.dead

    def changed(self, name: str) -> float:
        """Return when a zone at or above `name` last changed, in seconds of the monotonic clock."""
        return max((self.zones[parent].changed for parent in upwards(plain(name)) if parent in self.zones), default=0.0)

    def find(self, name: str, rtype: str) -> RecordSet | None:
        """Return the record set that a resolver would get, None when there is none or it is delegated elsewhere."""
        name = plain(name)
        zone = self.zone_for(name)
        if zone is None or is_cut(zone, name):
            return None
        return zone.records.get((name, rtype))

    def _deepest(self, name: str) -> str | None:
        return next((zone for zone in upwards(plain(name)) if zone in self.zones or zone in self.dead), None)


def hosted_zones() -> list[Zone]:
    """Return every hosted zone of the account, oldest first."""
    backends = list(route53_backends[ACCOUNT].values())
    return [_zone(zone) for backend in backends for zone in list(backend.zones.values())]


def plain(name: str) -> str:
    """Return a DNS name in the form used here: lower-case, no trailing dot, Route 53's octal escapes undone."""
    unescaped = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), name)
    return unescaped.removesuffix(".").lower()


def is_cut(zone: Zone, name: str) -> bool:
    """Say whether the zone hands `name` on to other servers by an NS set between its apex and the name."""
    return any((above, "NS") in zone.records for above in upwards(name) if above != zone.name and zone.encloses(above))


def upwards(name: str) -> Iterator[str]:
    """Return a name and all names above it but the root."""
    labels = name.split(".")
    return (".".join(labels[i:]) for i in range(len(labels)))


def _zone(zone: "FakeZone") -> Zone:
    """Return the zone as it is now; one that did not change since is not copied again, hundreds of them being usual."""
    changed = getattr(zone, "changed", None)  # set by this sandbox's Route 53, absent in plain moto
    known: Zone | None = getattr(zone, "snapshot", None)
    if known is None or changed is None or known.changed != changed:
        known = _snapshot(zone, changed or 0.0)
        zone.snapshot = known  # type: ignore[attr-defined]  # kept where it disappears together with the zone
    return known


def _snapshot(zone: "FakeZone", changed: float) -> Zone:
    servers = zone.delegation_set.name_servers if zone.delegation_set else []
    records = [_record_set(record) for record in list(zone.rrsets)]
    return Zone(
        id=zone.resource_id,
        name=plain(zone.name),
        private=bool(zone.private_zone),
        name_servers=tuple(plain(server) for server in servers),
        records=MappingProxyType({(record.name, record.type): record for record in records}),
        changed=changed,
    )


def _record_set(record: "MotoRecordSet") -> RecordSet:
    values = tuple(value["Value"] if isinstance(value, dict) else value for value in record.records or ())
    alias = plain(record.alias_target["DNSName"]) if record.alias_target else None
    return RecordSet(plain(record.name), str(record.type), int(record.ttl or 0), values, alias)
