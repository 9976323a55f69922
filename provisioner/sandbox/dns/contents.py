"""What a zone has for a name: its records, a wildcard's, a reference to other servers, or nothing.

RFC 1034 section 4.3.2 (the algorithm), RFC 4592 (wildcards), RFC 2308 (negative answers), RFC 6672 (DNAME).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from provisioner.sandbox.internet import SOA_TIMERS
from provisioner.sandbox.zones import RecordSet, Zone, plain

Rcode = Literal["NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED"]


@dataclass(frozen=True)
class Question:
    """What is asked: `name` lower-case without trailing dot, `type` such as `TXT` or `ANY`.

    `unchecked`: the client does not want DNSSEC to be validated for it (CD).
    """

    name: str
    type: str
    unchecked: bool = False


@dataclass(frozen=True)
class Rr:
    """One resource record: `name` lower-case without trailing dot, `ttl` in seconds, `value` in Route 53's form."""

    name: str
    type: str
    ttl: int
    value: str


@dataclass(frozen=True)
class Answer:
    """A response: its code, the sections, the SOA that a negative answer carries among them.

    `authoritative`: the server has the zone itself. `recursive`: it asks others where it has not.
    """

    rcode: Rcode
    records: tuple[Rr, ...] = ()
    authority: tuple[Rr, ...] = ()
    additional: tuple[Rr, ...] = ()
    authoritative: bool = False
    recursive: bool = True


@dataclass(frozen=True)
class Contents:
    """What a zone has for a question; `exists` says that there is such a name, `cut` where it refers to others."""

    sets: tuple[RecordSet, ...] = ()
    exists: bool = True
    cut: str | None = None


def look_up(zone: Zone, question: Question) -> Contents:
    """Return what a zone that encloses the name has for it; a CNAME where there is nothing of the type itself."""
    name, rtype = question.name, question.type
    alias = _renamed(zone, name)
    if alias is not None:
        return Contents(alias)
    cut = next(_cuts(zone, name), None)
    if cut is not None and not (rtype == "DS" and cut == name):
        return Contents(cut=cut)
    source = _source(zone, name)
    if source is None:
        return Contents(exists=False)
    return Contents(tuple(_matching(zone, source, rtype)))


def records(record_set: RecordSet, name: str) -> tuple[Rr, ...]:
    """Return the records of a set under the name that was asked."""
    return tuple(Rr(name, record_set.type, record_set.ttl, value) for value in record_set.values)


def soa(zone: Zone) -> Rr:
    """Return the zone's SOA with the TTL of a negative answer (RFC 2308 section 5)."""
    found = zone.records.get((zone.name, "SOA")) or _own(zone, "SOA")
    minimum = int(found.values[0].split()[-1])
    return Rr(zone.name, "SOA", min(found.ttl, minimum), found.values[0])


def alias_of(found: tuple[Rr, ...]) -> str | None:
    """Return the name to which an answer leads on."""
    return next((plain(record.value) for record in found if record.type == "CNAME"), None)


def _renamed(zone: Zone, name: str) -> tuple[RecordSet, ...] | None:
    """Return a DNAME above the name, with the CNAME that it makes."""
    for above in reversed(_within(zone, name)[1:]):
        found = zone.records.get((above, "DNAME"))
        if found is not None:
            target = f"{name.removesuffix(above)}{plain(found.values[0])}."
            return found, RecordSet(name, "CNAME", found.ttl, (target,))
    return None


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
    types = _types(zone, source)
    wanted = types if rtype == "ANY" else [rtype if rtype in types else "CNAME"]
    yield from (zone.records.get((source, one)) or _own(zone, one) for one in types if one in wanted)


def _types(zone: Zone, source: str) -> list[str]:
    types = [record_type for owner, record_type in zone.records if owner == source]
    return types + [own for own in ("NS", "SOA") if source == zone.name and own not in types]


def _own(zone: Zone, rtype: str) -> RecordSet:
    """Return the NS or SOA set that every zone has, for a zone whose record sets do not show it."""
    if rtype == "NS":
        return RecordSet(zone.name, "NS", 172800, tuple(f"{server}." for server in zone.name_servers))
    first = next(iter(zone.name_servers), "ns.invalid")
    return RecordSet(zone.name, "SOA", 900, (f"{first}. awsdns-hostmaster.amazon.com. {SOA_TIMERS}",))
