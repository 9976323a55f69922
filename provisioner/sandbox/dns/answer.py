"""What a public resolver would answer, worked out over the zones that the public can see.

RFC 1034 section 4.3.2 (the algorithm), RFC 4592 (wildcards), RFC 2308 (negative answers), RFC 6604 (code of a chain).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from provisioner.sandbox.zones import PublicView, RecordSet, Zone, plain

Rcode = Literal["NOERROR", "NXDOMAIN", "SERVFAIL"]

LONGEST_CHAIN = 16  # CNAMEs followed before giving up, as resolvers do
ROOT_SOA = "a.root-servers.net. nstld.verisign-grs.com. 2026010100 1800 900 604800 86400"
SOA_TIMERS = "1 7200 900 1209600 86400"  # what Route 53 writes into every new zone


@dataclass(frozen=True)
class Rr:
    """One resource record: `name` lower-case without trailing dot, `ttl` in seconds, `value` in Route 53's form."""

    name: str
    type: str
    ttl: int
    value: str


@dataclass(frozen=True)
class Answer:
    """A response: its code, the answer section, and the SOA that a negative answer carries."""

    rcode: Rcode
    records: tuple[Rr, ...] = ()
    authority: tuple[Rr, ...] = ()


def resolve(view: PublicView, name: str, rtype: str) -> Answer:
    """Answer a question as a recursive resolver on the Internet would.

    `name` is lower-case without trailing dot, `rtype` a type such as `TXT` or `ANY`. CNAMEs are followed through every
    visible zone. Names outside them do not exist; names whose zone is served elsewhere, and loops, are SERVFAIL.
    """
    chain: list[Rr] = []
    for _ in range(LONGEST_CHAIN):
        step = _look_up(view, name, rtype)
        chain += step.records
        cname = next((record for record in step.records if record.type == "CNAME"), None)
        if cname is None or rtype in ("CNAME", "ANY"):
            return Answer(step.rcode, tuple(chain), step.authority)
        name = plain(cname.value)
    return Answer("SERVFAIL")


def _look_up(view: PublicView, name: str, rtype: str) -> Answer:
    zone = view.zone_for(name)
    if zone is None:
        return _outside(view, name)
    cut = next(_cuts(zone, name), None)
    if cut is not None:
        return _delegation(zone, cut, name, rtype)
    source = _source(zone, name)
    if source is None:
        return Answer("NXDOMAIN", authority=(_soa(zone),))
    sets = list(_matching(zone, source, rtype))
    answers = [_expand(view, record_set, name) for record_set in sets]
    if any(answer.rcode == "SERVFAIL" for answer in answers):
        return Answer("SERVFAIL")
    records = tuple(record for answer in answers for record in answer.records)
    return Answer("NOERROR", records, () if records else (_soa(zone),))


def _outside(view: PublicView, name: str) -> Answer:
    """Play the rest of the Internet: it knows the parents of our zones (`com`), and nothing else."""
    soa = (Rr("", "SOA", 86400, ROOT_SOA),)
    is_parent = name == "" or any(zone.endswith(f".{name}") for zone in view.zones)
    return Answer("NOERROR" if is_parent else "NXDOMAIN", authority=soa)


def _delegation(zone: Zone, cut: str, name: str, rtype: str) -> Answer:
    """Answer below a cut whose servers are not ours: only the delegation itself is known here."""
    if name == cut and rtype == "NS":
        return Answer("NOERROR", _records(zone.records[cut, "NS"], name))
    return Answer("SERVFAIL")


def _cuts(zone: Zone, name: str) -> Iterator[str]:
    """Return the names from the apex (exclusive) down to `name` at which the zone hands over to other servers."""
    return (above for above in reversed(_within(zone, name)[:-1]) if (above, "NS") in zone.records)


def _within(zone: Zone, name: str) -> list[str]:
    """Return `name` and its parents up to and including the apex."""
    extra = name.count(".") - zone.name.count(".")
    labels = name.split(".")
    return [".".join(labels[i:]) for i in range(extra + 1)]


def _source(zone: Zone, name: str) -> str | None:
    """Return the name whose records answer: `name` itself, the wildcard that covers it, or None (it does not exist)."""
    owners = {owner for owner, _ in zone.records}
    if _exists(zone, owners, name):
        return name
    encloser = next(above for above in _within(zone, name)[1:] if _exists(zone, owners, above))
    wildcard = f"*.{encloser}"
    return wildcard if wildcard in owners else None


def _exists(zone: Zone, owners: set[str], name: str) -> bool:
    """Say whether a name exists; one that only has names below it does, without records (RFC 8020)."""
    return name == zone.name or name in owners or any(owner.endswith(f".{name}") for owner in owners)


def _matching(zone: Zone, source: str, rtype: str) -> Iterator[RecordSet]:
    for record_type in _types(zone, source):
        if rtype in (record_type, "ANY") or record_type == "CNAME":
            yield zone.records.get((source, record_type)) or _own(zone, record_type)


def _types(zone: Zone, source: str) -> list[str]:
    types = [record_type for owner, record_type in zone.records if owner == source]
    return types + [own for own in ("NS", "SOA") if source == zone.name and own not in types]


def _own(zone: Zone, rtype: str) -> RecordSet:
    """Return the NS or SOA set that every zone has, for a zone whose record sets do not show it."""
    if rtype == "NS":
        return RecordSet(zone.name, "NS", 172800, tuple(f"{server}." for server in zone.name_servers))
    first = next(iter(zone.name_servers), "ns.invalid")
    return RecordSet(zone.name, "SOA", 900, (f"{first}. awsdns-hostmaster.amazon.com. {SOA_TIMERS}",))


def _expand(view: PublicView, record_set: RecordSet, name: str) -> Answer:
    """Return the records of a set under the name that was asked; an alias answers with its target's records."""
    if record_set.values:
        return Answer("NOERROR", _records(record_set, name))
    target = record_set.alias_target
    if target is None or view.zone_for(target) is None:
        return Answer("SERVFAIL")  # an alias to something outside, e.g. a load balancer: nothing is known about it
    answer = _look_up(view, target, record_set.type)
    return Answer(answer.rcode, tuple(Rr(name, rr.type, rr.ttl, rr.value) for rr in answer.records), answer.authority)


def _records(record_set: RecordSet, name: str) -> tuple[Rr, ...]:
    return tuple(Rr(name, record_set.type, record_set.ttl, value) for value in record_set.values)


def _soa(zone: Zone) -> Rr:
    """Return the zone's SOA with the TTL of a negative answer (RFC 2308 section 5)."""
    soa = zone.records.get((zone.name, "SOA")) or _own(zone, "SOA")
    minimum = int(soa.values[0].split()[-1])
    return Rr(zone.name, "SOA", min(soa.ttl, minimum), soa.values[0])
