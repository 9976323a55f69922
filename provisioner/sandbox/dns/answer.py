"""What a public resolver would answer, worked out over the zones that the public can see.

RFC 1034 section 4.3.2 (the algorithm), RFC 6604 (code of a chain), RFC 4035 (a chain of trust that is broken).
"""

from dataclasses import replace

from provisioner.sandbox.dns.contents import Answer, Question, Rr, alias_of, look_up, records, soa
from provisioner.sandbox.internet import Internet
from provisioner.sandbox.knobs.dns import LAME, RESOLVER, Behaviour
from provisioner.sandbox.zones import RecordSet, Zone, upwards

LONGEST_CHAIN = 16  # CNAMEs followed before giving up, as resolvers do
ROOT_SOA = "a.root-servers.net. nstld.verisign-grs.com. 2026010100 1800 900 604800 86400"
_ADDRESS_TTL = 172800


def answer_of_resolver(internet: Internet, question: Question) -> Answer | None:
    """Answer as the resolver that everybody asks, with what is wrong with it; None when it says nothing."""
    behaviours = internet.faults.elsewhere(question.name, RESOLVER)
    if Behaviour.SILENT in behaviours:
        return None
    if behaviours & {Behaviour.REFUSED, Behaviour.SERVFAIL}:
        return Answer("REFUSED" if Behaviour.REFUSED in behaviours else "SERVFAIL")
    found = resolve(internet, question)
    return _made_up(internet, question) or found if found.rcode == "NXDOMAIN" else found


def resolve(internet: Internet, question: Question) -> Answer:
    """Answer a question as a recursive resolver on the Internet would.

    CNAMEs are followed through every visible zone. Names outside them do not exist; names whose zone is served
    elsewhere or by nobody, loops, and signatures that do not hold, are SERVFAIL.
    """
    chain: list[Rr] = []
    name = question.name
    for _ in range(LONGEST_CHAIN):
        step = _look_up(internet, replace(question, name=name))
        chain += step.records
        target = alias_of(step.records)
        if target is None or question.type in ("CNAME", "ANY"):
            return replace(step, records=tuple(chain))
        name = target
    return Answer("SERVFAIL")


def expanded(internet: Internet, record_set: RecordSet, name: str) -> Answer:
    """Return the records of a set under the name that was asked; an alias answers with its target's records."""
    if record_set.values:
        return Answer("NOERROR", records(record_set, name if record_set.type != "DNAME" else record_set.name))
    target = record_set.alias_target
    if target is None or internet.view.zone_for(target) is None:
        return Answer("SERVFAIL")  # an alias to something outside, e.g. a load balancer: nothing is known about it
    found = _look_up(internet, Question(target, record_set.type))
    return replace(found, records=tuple(replace(record, name=name) for record in found.records))


def with_records(internet: Internet, zone: Zone, sets: tuple[RecordSet, ...], name: str) -> Answer:
    """Return the answer that consists of some sets of a zone; its SOA when there are none."""
    answers = [expanded(internet, record_set, name) for record_set in sets]
    if any(answer.rcode == "SERVFAIL" for answer in answers):
        return Answer("SERVFAIL")
    found = tuple(record for answer in answers for record in answer.records)
    return Answer("NOERROR", found, () if found else (soa(zone),))


def _look_up(internet: Internet, question: Question) -> Answer:
    name, zone = question.name, _zone_for(internet, question)
    if _fails(internet, zone, question):
        return Answer("SERVFAIL")
    if name in internet.servers and (zone is None or not look_up(zone, Question(name, "A")).sets):
        return _address(internet, question)
    if zone is None:
        return _outside(internet, name)
    contents = look_up(zone, question)
    if contents.cut is not None:
        return _delegation(zone, contents.cut, question)
    if not contents.exists:
        return Answer("NXDOMAIN", authority=(soa(zone),))
    return with_records(internet, zone, contents.sets, name)


def _fails(internet: Internet, zone: Zone | None, question: Question) -> bool:
    """Say whether a resolver gets nothing: no server answers about the name, or signatures do not hold."""
    if internet.view.is_dead(question.name) or (not question.unchecked and _is_broken(internet, question)):
        return True
    if zone is None or not zone.name_servers:
        return False
    faults = internet.faults
    return all(faults.behaviours(zone, server, question.name) & LAME for server in zone.name_servers)


def _zone_for(internet: Internet, question: Question) -> Zone | None:
    """Return the zone that answers; whether a zone is signed is said by the one above it."""
    name = question.name
    zone = internet.view.zone_for(name)
    if question.type == "DS" and zone is not None and zone.name == name:
        zone = internet.view.zone_for(name.partition(".")[2])
    return zone or internet.parents.get(name.rpartition(".")[2])


def _is_broken(internet: Internet, question: Question) -> bool:
    zone = internet.view.zone_for(question.name)
    above = question.type == "DS" and zone is not None and zone.name == question.name
    return zone is not None and not above and any(internet.faults.chain(one) for one in upwards(zone.name))


def _address(internet: Internet, question: Question) -> Answer:
    """Answer for a name server that is in no zone of ours."""
    address = internet.address(question.name)
    if address is None:
        return Answer("NXDOMAIN", authority=(_root_soa(),))
    if question.type != "A":
        return Answer("NOERROR", authority=(_root_soa(),))
    return Answer("NOERROR", (Rr(question.name, "A", _ADDRESS_TTL, address),))


def _outside(internet: Internet, name: str) -> Answer:
    """Play the rest of the Internet: it knows the parents of our zones (`com`), and nothing else."""
    is_parent = name == "" or any(zone.endswith(f".{name}") for zone in internet.view.zones)
    return Answer("NOERROR" if is_parent else "NXDOMAIN", authority=(_root_soa(),))


def _root_soa() -> Rr:
    return Rr("", "SOA", 86400, ROOT_SOA)


def _delegation(zone: Zone, cut: str, question: Question) -> Answer:
    """Answer below a cut whose servers are not ours: only the delegation itself is known here."""
    if question.name == cut and question.type == "NS":
        return Answer("NOERROR", records(zone.records[cut, "NS"], question.name))
    return Answer("SERVFAIL")


def _made_up(internet: Internet, question: Question) -> Answer | None:
    found = internet.faults.lie(question.name, question.type)
    return Answer("NOERROR", records(found, question.name)) if found else None
