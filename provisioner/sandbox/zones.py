"""The emulated Route 53 as DNS sees it: which zones exist, and which of them the public can reach.

Everything is read live from moto's backend in this process, so a record is visible as soon as its API call returned.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from moto.route53.models import route53_backends

if TYPE_CHECKING:
    from moto.route53.models import FakeZone
    from moto.route53.models import RecordSet as MotoRecordSet

ACCOUNT = "123456789012"
AMAZON = "amazonses.com"


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
    """The zones that a resolver on the Internet would find, one per name."""

    zones: Mapping[str, Zone]

    def zone_for(self, name: str) -> Zone | None:
        """Return the deepest visible zone that encloses `name`, None when no server hosted here would be asked."""
        return next((self.zones[parent] for parent in _upwards(plain(name)) if parent in self.zones), None)

    def changed(self, name: str) -> float:
        """Return when a zone at or above `name` last changed, in seconds of the monotonic clock."""
        return max(
            (self.zones[parent].changed for parent in _upwards(plain(name)) if parent in self.zones), default=0.0
        )

    def find(self, name: str, rtype: str) -> RecordSet | None:
        """Return the record set that a resolver would get, None when there is none or it is delegated elsewhere."""
        name = plain(name)
        zone = self.zone_for(name)
        if zone is None or _is_cut(zone, name):
            return None
        return zone.records.get((name, rtype))


def hosted_zones() -> list[Zone]:
    """Return every hosted zone of the account, oldest first."""
    backends = list(route53_backends[ACCOUNT].values())
    return [_zone(zone) for backend in backends for zone in list(backend.zones.values())]


def public_view(undelegated: bool) -> PublicView:
    """Decide which zones the public can see.

    A zone below another visible one needs an NS set there that names exactly its own servers. A zone at the top is
    delegated by its registrar, to the oldest zone of that name, unless `undelegated`: then no registrar points here.
    """
    visible: dict[str, Zone] = {}
    public = [zone for zone in hosted_zones() if not zone.private]
    for zone in sorted(public, key=lambda z: z.name.count(".")):  # parents first; stable, so the oldest stays first
        if zone.name not in visible and _is_delegated(zone, PublicView(visible), undelegated):
            visible[zone.name] = zone
    return PublicView(MappingProxyType(visible))


def with_amazon(view: PublicView) -> PublicView:
    """Add what Amazon itself publishes and our SPF records include; a hosted zone of that name goes before it."""
    return PublicView(MappingProxyType({AMAZON: _amazon(), **view.zones}))


def _amazon() -> Zone:
    servers = ("ns-1.amazonses.com",)
    soa = "ns-1.amazonses.com. hostmaster.amazonses.com. 1 7200 900 1209600 300"
    spf = '"v=spf1 ip4:199.255.192.0/22 ip4:54.240.0.0/18 ip4:69.169.224.0/20 -all"'
    values = {"SOA": (soa,), "NS": servers, "TXT": (spf,)}
    records = {(AMAZON, rtype): RecordSet(AMAZON, rtype, 900, found) for rtype, found in values.items()}
    return Zone(id="amazon", name=AMAZON, private=False, name_servers=servers, records=MappingProxyType(records))


def plain(name: str) -> str:
    """Return a DNS name in the form used here: lower-case, no trailing dot, Route 53's octal escapes undone."""
    unescaped = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), name)
    return unescaped.removesuffix(".").lower()


def _is_delegated(zone: Zone, above: PublicView, undelegated: bool) -> bool:
    parent = above.zone_for(zone.name)
    if parent is None:
        return not undelegated
    delegation = parent.records.get((zone.name, "NS"))
    hidden = any(_is_cut(parent, name) for name in list(_upwards(zone.name))[1:])
    return delegation is not None and not hidden and set(_targets(delegation)) == set(zone.name_servers)


def _is_cut(zone: Zone, name: str) -> bool:
    """Say whether the zone hands `name` on to other servers by an NS set between its apex and the name."""
    return any((above, "NS") in zone.records for above in _upwards(name) if above != zone.name and zone.encloses(above))


def _targets(record_set: RecordSet) -> Iterable[str]:
    return (plain(value) for value in record_set.values)


def _upwards(name: str) -> Iterator[str]:
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
