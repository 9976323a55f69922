"""What shall be odd in the domain name system: values, each about one zone, which together say what servers answer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from provisioner.sandbox.zones import RecordSet, Zone

EVERY = "*"  # all servers of the zone, and so whoever asks them
RESOLVER = "resolver"  # the one that everybody asks; SES has its own
PARENT = "parent"  # the servers of the zone above


class Behaviour(StrEnum):
    """How a server answers questions about a zone; `no-tcp` closes its TCP port, the others are its answers."""

    REFUSED = "refused"
    SERVFAIL = "servfail"
    NO_AA = "no-aa"
    SILENT = "silent"
    NO_TCP = "no-tcp"


LAME = frozenset(Behaviour) - {Behaviour.NO_TCP}


@dataclass(frozen=True)
class ServerFault:
    """A server that answers as it should not.

    `server` is its name, its number in the zone's list from 1 on, `*`, `resolver` or `parent`. `zone` can be a name in
    it, then only questions about that one and those below are concerned; an empty one stands for every zone.
    """

    zone: str
    behaviour: Behaviour
    server: str = EVERY


@dataclass(frozen=True)
class OtherRecords:
    """A record set in place of the one in the zone, at one server or at all; without values it is not there."""

    zone: str
    records: RecordSet
    server: str = EVERY


@dataclass(frozen=True)
class Delegation:
    """The servers that the parent refers to, in its order; nobody is referred to without any."""

    zone: str
    servers: tuple[str, ...]


@dataclass(frozen=True)
class BrokenChain:
    """DNSSEC that does not validate: DS values at the parent, DNSKEY values in the zone (none: it is not signed)."""

    zone: str
    ds: tuple[str, ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lie:
    """What the resolver makes up for each name below a zone that does not exist."""

    zone: str
    type: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ExternalZone:
    """A zone at another DNS host: its servers, and record sets that no rule of Route 53 applies to."""

    zone: str
    servers: tuple[str, ...]
    records: tuple[RecordSet, ...]


DnsFault = ServerFault | OtherRecords | Delegation | BrokenChain | Lie | ExternalZone


@dataclass(frozen=True)
class DnsFaults:
    """All of them; `changed` by zone, in seconds of the monotonic clock. `undelegated`: no registrar points here."""

    faults: tuple[DnsFault, ...] = ()
    undelegated: bool = False
    changed: Mapping[str, float] = field(default_factory=dict)

    def of_zone(self, zone: str) -> Iterator[DnsFault]:
        """Return what is said about a zone by its exact name."""
        return (fault for fault in self.faults if fault.zone == zone)

    def delegation(self, zone: str) -> tuple[str, ...] | None:
        """Return the servers that the parent was told to refer to, None when it was told nothing."""
        return next((fault.servers for fault in self.of_zone(zone) if isinstance(fault, Delegation)), None)

    def chain(self, zone: str) -> BrokenChain | None:
        """Return the zone's broken DNSSEC."""
        return next((fault for fault in self.of_zone(zone) if isinstance(fault, BrokenChain)), None)

    def external(self) -> Iterator[ExternalZone]:
        """Return the zones at other hosts."""
        return (fault for fault in self.faults if isinstance(fault, ExternalZone))

    def delegated(self) -> Iterator[str]:
        """Return the zones about whose delegation something was said."""
        return (fault.zone for fault in self.faults if isinstance(fault, Delegation))

    def behaviours(self, zone: Zone, server: str, name: str | None = None) -> frozenset[Behaviour]:
        """Return what is wrong with a server of a zone, for every question or for those about a name of it."""
        return frozenset(
            fault.behaviour
            for fault in self.faults
            if isinstance(fault, ServerFault)
            and (fault.zone in ("", zone.name) or (zone.encloses(fault.zone) and is_within(name or "", fault.zone)))
            and _is_meant(fault.server, zone, server)
        )

    def elsewhere(self, name: str, place: str) -> frozenset[Behaviour]:
        """Return what is wrong with the `resolver`, or with the `parent`'s servers, for a name."""
        return frozenset(
            fault.behaviour
            for fault in self.faults
            if isinstance(fault, ServerFault) and fault.server == place and is_within(name, fault.zone)
        )

    def others(self, zone: Zone, server: str) -> list[RecordSet]:
        """Return the record sets that a server, or the resolver, has in place of the zone's."""
        found = (fault for fault in self.of_zone(zone.name) if isinstance(fault, OtherRecords))
        return [fault.records for fault in found if _is_meant(fault.server, zone, server)]

    def lie(self, name: str, rtype: str) -> RecordSet | None:
        """Return what the resolver makes up about a name that does not exist."""
        lies = (fault for fault in self.faults if isinstance(fault, Lie) and is_within(name, fault.zone))
        found = next((lie for lie in lies if lie.type == rtype), None)
        return None if found is None else RecordSet(name, rtype, 60, found.values)


def is_within(name: str, zone: str) -> bool:
    """Say whether a name is a zone's own or below it; all are below the root, which is empty."""
    return zone in ("", name) or name.endswith(f".{zone}")


def added(old: Iterable[DnsFault], new: DnsFault) -> tuple[DnsFault, ...]:
    """Return the faults with a new one, which takes the place of one about the same."""
    return (*(fault for fault in old if _subject(fault) != _subject(new)), new)


def _is_meant(meant: str, zone: Zone, server: str) -> bool:
    if meant == EVERY:
        return server != RESOLVER
    if meant.isdigit():
        return server in zone.name_servers[int(meant) - 1 : int(meant)]
    return meant == server


def _subject(fault: DnsFault) -> tuple[object, ...]:
    match fault:
        case ServerFault(zone, behaviour, server):
            return ServerFault, zone, server, behaviour is Behaviour.NO_TCP
        case OtherRecords(zone, records, server):
            return OtherRecords, zone, server, records.name, records.type
        case Lie(zone, rtype):
            return Lie, zone, rtype
        case _:
            return type(fault), fault.zone
