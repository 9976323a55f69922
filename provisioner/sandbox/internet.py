"""Which zones there are, who refers to whom, and what of it the public finds."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from provisioner.sandbox.knobs.dns import EVERY, LAME, RESOLVER, DnsFaults, ExternalZone, OtherRecords
from provisioner.sandbox.latest import Latest
from provisioner.sandbox.zones import PublicView, RecordSet, Zone, hosted_zones, is_cut, plain, upwards

AMAZON = "amazonses.com"
OTHERS = ("external", "amazon")  # ids of zones that are not in Route 53
SOA_TIMERS = "1 7200 900 1209600 86400"  # what Route 53 writes into every new zone
_LONG = 172800  # seconds that a delegation is kept by resolvers
_TLD_SERVERS = {"com": "gtld-servers.net", "net": "gtld-servers.net"}


def nowhere(_server: str) -> str | None:
    """Return the address of a server where none has one of its own."""
    return None


@dataclass(frozen=True)
class Internet:
    """What there is: `view` is what a resolver finds, `served` every zone of any server, each as it is.

    `parents` are the top-level domains, by name. `servers` are all that can be asked, and `address` says where.
    """

    view: PublicView
    faults: DnsFaults = field(default_factory=DnsFaults)
    served: tuple[Zone, ...] = ()
    parents: Mapping[str, Zone] = field(default_factory=dict)
    servers: frozenset[str] = frozenset()
    address: Callable[[str], str | None] = nowhere


_internet: Latest[Internet] = Latest()
_public: Latest[PublicView] = Latest()


def internet(faults: DnsFaults, amazon: Zone) -> Internet:
    """Return all of it as it is at this moment."""
    hosted = hosted_zones()
    return _internet.get([faults, amazon, *hosted], lambda: _worked_out(faults, amazon, hosted))


def _worked_out(faults: DnsFaults, amazon: Zone, hosted: Sequence[Zone]) -> Internet:
    zones = [*_zones(faults, hosted), amazon]
    view, registered = _found(zones, faults, RESOLVER)
    parents = _parents(registered, zones, faults)
    served = (*zones, *parents.values())
    named = {server for zone in served for server in zone.name_servers}
    named |= {server for zone in faults.delegated() for server in faults.delegation(zone) or ()}
    return Internet(view, faults, served, MappingProxyType(parents), frozenset(named))


def public_view(faults: DnsFaults) -> PublicView:
    """Decide which zones the public can see, as somebody with a resolver of their own, such as SES.

    A zone below another visible one needs an NS set there that names a server of it. A zone at the top is delegated by
    its registrar: to the servers that it was told, to those of another host, or to the oldest zone of that name.
    """
    hosted = hosted_zones()
    return _public.get([faults, *hosted], lambda: _public_view(faults, hosted))


def _public_view(faults: DnsFaults, hosted: Sequence[Zone]) -> PublicView:
    view, _ = _found(list(_zones(faults, hosted)), faults, EVERY)
    broken = {zone for zone in view.zones if faults.chain(zone)}
    return replace(view, dead=view.dead | broken)


def amazon_zone(published: Iterable[RecordSet] = ()) -> Zone:
    """Return what Amazon itself publishes: the record that our SPF records include, and what else it is told."""
    servers = ("ns-1.amazonses.com",)
    spf = '"v=spf1 ip4:199.255.192.0/22 ip4:54.240.0.0/18 ip4:69.169.224.0/20 -all"'
    own = _own_records(AMAZON, servers, f"{servers[0]}. hostmaster.amazonses.com. 1 7200 900 1209600 300")
    return _zone("amazon", AMAZON, servers, (*own, RecordSet(AMAZON, "TXT", 900, (spf,)), *published))


def served_by(zone: Zone, server: str) -> bool:
    """Say whether a server has a zone: one of the zone's own, also under a name that is in the zone itself."""
    own_name = (server, "A") in zone.records and server in _targets(zone.records.get((zone.name, "NS")))
    return server in zone.name_servers or own_name


def as_served(zone: Zone, server: str, faults: DnsFaults, *asked: str) -> Zone:
    """Return a zone as a server has it: what is in the place of its records, at that server and at whoever `asked`."""
    chain, others = faults.chain(zone.name), [*faults.others(zone, server)]
    others += [record for place in asked for record in faults.others(zone, place)]
    others += [RecordSet(zone.name, "DNSKEY", 300, chain.keys)] if chain and chain.keys else []
    changed = faults.changed.get(zone.name, 0.0)
    if not others and changed <= zone.changed:
        return zone
    records = {**zone.records, **{(other.name, other.type): other for other in others}}
    there = {key: record for key, record in records.items() if record.values or record.alias_target}
    return replace(zone, records=MappingProxyType(there), changed=max(changed, zone.changed))


def _zones(faults: DnsFaults, hosted: Iterable[Zone]) -> Iterable[Zone]:
    """Return the zones of other hosts, then those of Route 53, oldest first: what nobody but a VPC sees is not here."""
    yield from (_external(zone) for zone in faults.external())
    yield from (zone for zone in hosted if not zone.private)


def _found(zones: Sequence[Zone], faults: DnsFaults, asker: str) -> tuple[PublicView, Mapping[str, tuple[str, ...]]]:
    """Return what is found from the top, and the servers that registrars refer to, by the zone's name."""
    visible: dict[str, Zone] = {}
    dead: set[str] = set()
    registered: dict[str, tuple[str, ...]] = {}
    by_name: dict[str, list[Zone]] = {name: [] for name in faults.delegated()}
    for zone in zones:
        by_name.setdefault(zone.name, []).append(zone)
    for name in sorted(by_name, key=lambda name: name.count(".")):  # parents first
        above = PublicView(visible, frozenset(dead))
        top = above.zone_for(name) is None and not above.is_dead(name)
        servers = _registered(name, by_name[name], faults) if top else _handed_on(name, above)
        registered |= {name: servers} if top and servers else {}
        found = _first_answering(by_name[name], servers, faults)
        if found is not None:
            visible[name] = as_served(*found, faults, asker)
        elif servers and (top or any(served_by(zone, one) for zone in by_name[name] for one in servers)):
            dead.add(name)
    return PublicView(MappingProxyType(visible), frozenset(dead)), registered


def _registered(name: str, zones: Sequence[Zone], faults: DnsFaults) -> tuple[str, ...]:
    told = faults.delegation(name)
    if told is not None:
        return told
    usual = (zone for zone in zones if not faults.undelegated or zone.id in OTHERS)
    return next((zone.name_servers for zone in usual), ())


def _handed_on(name: str, above: PublicView) -> tuple[str, ...]:
    parent = above.zone_for(name)
    if parent is None or any(is_cut(parent, higher) for higher in list(upwards(name))[1:]):
        return ()
    return _targets(parent.records.get((name, "NS")))


def _first_answering(zones: Sequence[Zone], servers: Sequence[str], faults: DnsFaults) -> tuple[Zone, str] | None:
    """Return a zone and the server that a resolver has it from: of those that answer, one that is as usual."""
    places = [(zone, server) for server in servers for zone in zones if served_by(zone, server)]
    answering = [(zone, server) for zone, server in places if not faults.behaviours(zone, server) & LAME]
    usual = [place for place in answering if not _differs(*place, faults)]
    return next(iter([*usual, *answering]), None)


def _differs(zone: Zone, server: str, faults: DnsFaults) -> bool:
    found = [fault for fault in faults.of_zone(zone.name) if isinstance(fault, OtherRecords) and fault.server != EVERY]
    return any(fault.records in faults.others(zone, server) for fault in found)


def _parents(registered: Mapping[str, tuple[str, ...]], zones: Sequence[Zone], faults: DnsFaults) -> dict[str, Zone]:
    """Return the top-level domains: what is registered there, and their servers."""
    found: dict[str, list[RecordSet]] = {zone.name.rpartition(".")[2]: [] for zone in zones}
    for name, servers in registered.items():
        sets, chain = found.setdefault(name.rpartition(".")[2], []), faults.chain(name)
        sets.append(RecordSet(name, "NS", _LONG, tuple(f"{server}." for server in servers)))
        sets += [RecordSet(name, "DS", 3600, chain.ds)] if chain else []
        sets += _glue(name, servers, zones)
    return {name: _top_level(name, sets) for name, sets in found.items()}


def _glue(name: str, servers: Iterable[str], zones: Sequence[Zone]) -> list[RecordSet]:
    below = [server for server in servers if server.endswith(f".{name}")]
    found = (zone.records.get((server, "A")) for server in below for zone in zones if zone.name == name)
    return [record for record in found if record]


def _top_level(name: str, sets: Iterable[RecordSet]) -> Zone:
    servers = tuple(f"{letter}.{_TLD_SERVERS.get(name, f'nic.{name}')}" for letter in "ab")
    own = _own_records(name, servers, f"{servers[0]}. nstld.verisign-grs.com. 1 1800 900 604800 900")
    return _zone("parent", name, servers, (*own, *sets))


def _external(fault: ExternalZone) -> Zone:
    own = _own_records(fault.zone, fault.servers, f"{fault.servers[0]}. hostmaster.{fault.zone}. {SOA_TIMERS}")
    return _zone("external", fault.zone, fault.servers, (*own, *fault.records))


def _own_records(name: str, servers: Sequence[str], soa: str) -> tuple[RecordSet, RecordSet]:
    ns = RecordSet(name, "NS", _LONG, tuple(f"{server}." for server in servers))
    return ns, RecordSet(name, "SOA", 900, (soa,))


def _zone(id_: str, name: str, servers: tuple[str, ...], sets: Iterable[RecordSet]) -> Zone:
    return Zone(id_, name, False, servers, MappingProxyType({(record.name, record.type): record for record in sets}))


def _targets(record_set: RecordSet | None) -> tuple[str, ...]:
    return tuple(plain(value) for value in record_set.values) if record_set else ()
