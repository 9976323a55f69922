"""What a single name server answers about the zones that it has: nothing about others, and no recursion."""

from collections.abc import Collection
from dataclasses import replace

from provisioner.sandbox.dns.answer import LONGEST_CHAIN, with_records
from provisioner.sandbox.dns.contents import Answer, Contents, Question, Rr, alias_of, look_up, records, soa
from provisioner.sandbox.internet import Internet, as_served, served_by
from provisioner.sandbox.knobs.dns import PARENT, Behaviour
from provisioner.sandbox.zones import RecordSet, Zone, plain

_OF_PARENTS = "parent"  # id of the zones above ours


def answer_of_server(internet: Internet, servers: Collection[str], question: Question) -> Answer | None:
    """Answer as the servers of these names, which share one address; None when they say nothing."""
    found = _zone_of(internet, servers, question)
    if found is None:
        return Answer("REFUSED", recursive=False)
    behaviours = _behaviours(internet, *found, question)
    if Behaviour.SILENT in behaviours:
        return None
    if Behaviour.REFUSED in behaviours:
        return Answer("REFUSED", recursive=False)
    if Behaviour.SERVFAIL in behaviours:
        return Answer("SERVFAIL", recursive=False)
    answer = _answer(internet, servers, question)
    return replace(answer, authoritative=answer.authoritative and Behaviour.NO_AA not in behaviours)


def closes_tcp(internet: Internet, servers: Collection[str]) -> bool:
    """Say whether nobody listens on the TCP port of the servers' address."""
    places = ((zone, server) for zone in internet.served for server in servers if served_by(zone, server))
    return any(Behaviour.NO_TCP in internet.faults.behaviours(zone, server) for zone, server in places)


def _zone_of(internet: Internet, servers: Collection[str], question: Question) -> tuple[Zone, str] | None:
    """Return the deepest zone of the servers that encloses the name, with the server; the one above for a DS."""
    name = question.name.partition(".")[2] if question.type == "DS" else question.name
    places = [
        (zone, server)
        for zone in internet.served
        if zone.encloses(name)
        for server in servers
        if served_by(zone, server)
    ]
    return max(places, key=lambda place: place[0].name.count("."), default=None)


def _behaviours(internet: Internet, zone: Zone, server: str, question: Question) -> frozenset[Behaviour]:
    if zone.id != _OF_PARENTS:
        return internet.faults.behaviours(zone, server, question.name)
    return internet.faults.behaviours(zone, server) | internet.faults.elsewhere(question.name, PARENT)


def _answer(internet: Internet, servers: Collection[str], question: Question) -> Answer:
    """Answer from the zones of the servers; an alias is followed as far as these go."""
    chain: list[Rr] = []
    name = question.name
    for _ in range(LONGEST_CHAIN):
        step = _step(internet, servers, replace(question, name=name))
        if step is None or (chain and not step.authoritative):
            break  # what is behind the alias is with others
        chain += step.records
        target = alias_of(step.records)
        if target is None or question.type in ("CNAME", "ANY"):
            return replace(step, records=tuple(chain))
        name = target
    return Answer("NOERROR", tuple(chain), authoritative=True, recursive=False)


def _step(internet: Internet, servers: Collection[str], question: Question) -> Answer | None:
    found = _zone_of(internet, servers, question)
    if found is None:
        return None
    zone = as_served(*found, internet.faults)
    contents = look_up(zone, question)
    answer = _from_contents(internet, zone, contents, question.name)
    return replace(answer, authoritative=contents.cut is None and answer.rcode != "SERVFAIL", recursive=False)


def _from_contents(internet: Internet, zone: Zone, contents: Contents, name: str) -> Answer:
    if contents.cut is not None:
        below = zone.records[contents.cut, "NS"]
        return Answer("NOERROR", authority=records(below, contents.cut), additional=_glue(zone, below))
    if not contents.exists:
        return Answer("NXDOMAIN", authority=(soa(zone),))
    return with_records(internet, zone, contents.sets, name)


def _glue(zone: Zone, below: RecordSet) -> tuple[Rr, ...]:
    found = (zone.records.get((plain(server), "A")) for server in below.values)
    return tuple(record for one in found if one for record in records(one, one.name))
