"""A domain whose zone is elsewhere: what stands there, as the zone's own servers say it, and what to publish beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from provisioner.core.asked.decisions import Decisions
from provisioner.core.asked.request import Request
from provisioner.core.dmarc.protocol import is_dmarc_record
from provisioner.core.dns.answers import Absent, DnsAnswer, Found, PublicZone, Unreachable
from provisioner.core.dns.public_sets import PublicSets
from provisioner.core.mail_domain.elsewhere import Elsewhere, SpfThere, dmarc_there, spf_there
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.records import Record
from provisioner.core.spf.merge import Part
from provisioner.core.spf.worst_case import count_lookups
from provisioner.core.values.domain import DomainName
from provisioner.ports.edges import Edges
from provisioner.usecases.home import KnownDomain

_NOBODYS = "provisioner-asks-for-wildcards"  # a label that only a wildcard answers
_WILD = ("TXT", "CNAME", "MX")

Question = tuple[str, str]


def look_elsewhere(
    edges: Edges, domain: DomainName, request: Request, before: Decisions | None, identity: IdentityStatus | None
) -> Elsewhere:
    """Ask the servers of the domain's zone what stands there, and judge what there is to publish."""
    public = public_sets(edges, domain, tuple(_questions(domain, request, identity)))
    spf = spf_there(domain, request, public, before.spf_part if before else None)
    dmarc = dmarc_there(domain, request, public, before.dmarc_theirs if before else None)
    return Elsewhere(public, _without_costly_include(edges, domain, spf), dmarc)


def records_beside(there: Elsewhere, known: KnownDomain, identity: IdentityStatus | None) -> tuple[Record, ...]:
    """Return the records that a domain needs beside what stands there; those of DKIM once SES has the identity."""
    now = replace(known.decided, dmarc_theirs=there.dmarc.theirs, spf_part=there.spf.part)
    return there.records(replace(known, decisions=now).spec(identity), identity.dkim_tokens if identity else ())


def public_sets(edges: Edges, domain: DomainName, questions: Sequence[Question]) -> PublicSets:
    """Return the answers of the zone's servers to the questions; a domain without any zone has nothing."""
    match edges.authority.zone_of(domain.ascii):
        case Absent():
            return PublicSets({})
        case Unreachable(reason):
            return PublicSets({}, silence=reason)
        case PublicZone() as zone:
            return _asked(edges, zone, domain, questions)


def _questions(domain: DomainName, request: Request, identity: IdentityStatus | None) -> Iterator[Question]:
    yield domain.ascii, "TXT"
    yield domain.ascii, "MX"
    yield from ((domain.child("_dmarc"), rtype) for rtype in ("CNAME", "NS", "TXT"))
    yield from ((domain.child(request.mail_from), rtype) for rtype in ("MX", "TXT"))
    for token in identity.dkim_tokens if identity else ():
        yield domain.child(f"{token}._domainkey"), "CNAME"


def _asked(edges: Edges, zone: PublicZone, domain: DomainName, questions: Sequence[Question]) -> PublicSets:
    """Ask all servers at first, then those of them that answer, and one of these for names that are ours alone."""
    first = edges.authority.lookup(zone, domain.ascii, "SOA")
    if isinstance(nobody := _any(first), Unreachable):
        return PublicSets({}, silence=nobody.reason)
    silent = [server for server, answer in first.items() if isinstance(answer, Unreachable)]
    alive = replace(zone, name_servers=tuple(server for server in zone.name_servers if server not in silent))
    one = replace(alive, name_servers=alive.name_servers[:1])
    shared = (domain.ascii, domain.child("_dmarc"))
    wild = {rtype: _any(edges.authority.lookup(one, domain.child(_NOBODYS), rtype)) for rtype in _WILD}
    answers = {
        (name, rtype): _any(edges.authority.lookup(alive if name in shared else one, name, rtype))
        for name, rtype in questions
    }
    return PublicSets({asked: _own(asked, answer, domain, wild) for asked, answer in answers.items()})


def _any(answers: Mapping[str, DnsAnswer]) -> DnsAnswer:
    """Return what any of the servers has, for a record that one of them has is there, or will be."""
    order = (Found, Absent, Unreachable)
    return min(answers.values(), key=lambda answer: order.index(type(answer)))


def _own(asked: Question, answer: DnsAnswer, domain: DomainName, wild: Mapping[str, DnsAnswer]) -> DnsAnswer:
    """Return the answer, but `Absent` for a wildcard's: a record beside it takes nothing away.

    A DMARC record is one, whoever answers it (RFC 9989 section 4.7 knows no difference).
    """
    name, rtype = asked
    if name == domain.ascii or not isinstance(answer, Found) or answer != wild.get(rtype):
        return answer
    return answer if any(map(is_dmarc_record, answer.values)) else Absent(nxdomain=False)


def _without_costly_include(edges: Edges, domain: DomainName, spf: SpfThere) -> SpfThere:
    """Leave SPF out where receivers would give up on it with our include in it."""
    if spf.record is None or spf.part is not Part.TERM or not spf.record.publishing:
        return spf
    if not spf.record.publishing.replaces:
        return spf
    [text] = spf.record.values
    counted = count_lookups(edges.resolver.lookup, text, domain.ascii)
    if not counted.faults:
        return spf
    note = f"SPF is left out: receivers would give up on {text}: {'; '.join(counted.faults)}"
    return SpfThere(None, None, note)
