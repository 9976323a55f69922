"""How checks look at DNS: the zone of the domain as the public finds it, and one verdict over all of its servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from provisioner.core.checks.observed import NotSeen, Observed, Unseen, seen
from provisioner.core.dns.answers import DnsAnswer, Found, PublicZone, Unreachable
from provisioner.core.dns.ask import Ask
from provisioner.core.dns.public_dns import PublicDns
from provisioner.core.dns.questions import Reply, Silent
from provisioner.core.findings import Finding, Severity

Judge = Callable[[DnsAnswer, Ask], Sequence[Finding]]

NETWORK = "check the network and PROVISIONER_DNS_SERVER, then repeat"


def public_zone(observed: Observed) -> PublicZone | None:
    """Return the zone that the public finds for the domain, None where nobody is referred to one.

    Raises `NotSeen` where DNS does not answer at all: every check that wants DNS then says so as one.
    """
    dns, domain = seen(observed.dns), observed.spec.domain.ascii
    match dns.zone_of(domain):
        case Unreachable(reason):
            raise NotSeen(_silence(domain, reason))
        case PublicZone() as zone:
            if _is_dead(dns, zone):
                raise NotSeen(_silence(domain, f"no name server of {zone.name} and no resolver answers for it"))
            return zone
        case _:
            return None


def _silence(domain: str, reason: str) -> Unseen:
    return Unseen(domain, "dns_unreachable", f"DNS does not answer: {reason}", NETWORK, is_error=True)


def _is_dead(dns: PublicDns, zone: PublicZone) -> bool:
    """Say whether all servers of the zone are silent, and the resolver has nothing either."""
    replies = soa_replies(dns, zone).values()
    return not any(isinstance(one, Reply) for one in replies) and isinstance(dns.ask(zone.name, "SOA"), Unreachable)


def soa_replies(dns: PublicDns, zone: PublicZone) -> Mapping[str, Reply | Silent]:
    """Return what each server of a zone says of the zone itself."""
    return {server: dns.at(server, zone.name, "SOA") for server in zone.name_servers}


def place_of(observed: Observed) -> str:
    """Return where answers come from, in the reader's words."""
    zone = public_zone(observed)
    return "the resolver" if zone is None else f"the name servers of {zone.name}"


def over_servers(dns: PublicDns, name: str, rtype: str, judge: Judge) -> Iterator[Finding]:
    """Judge what each server answers, and say it once: where they differ the worst, with the servers named.

    `judge` is given an answer, and what has that answer for this question and asks `holds` all others.
    """
    answers = dns.per_server(name, rtype)
    heard = {server: _in_order(one) for server, one in answers.items() if not isinstance(one, Unreachable)}
    if not heard:
        yield from judge(dns.holds(name, rtype), dns.holds)
        return
    verdicts = {answer: judge(answer, _with(dns.holds, (name, rtype), answer)) for answer in heard.values()}
    worst = max(verdicts.values(), key=_severity)
    servers = [server for server, answer in heard.items() if verdicts[answer] == worst]
    yield from worst if len(servers) == len(heard) else _at_some(worst, servers, len(heard))


def _in_order(answer: DnsAnswer) -> DnsAnswer:
    """Return the answer with its values in one order; servers turn them round."""
    return Found(tuple(sorted(answer.values))) if isinstance(answer, Found) else answer


def _with(ask: Ask, question: tuple[str, str], answer: DnsAnswer) -> Ask:
    return lambda name, rtype: answer if (name, rtype) == question else ask(name, rtype)


def _severity(findings: Sequence[Finding]) -> int:
    return max((list(Severity).index(finding.severity) for finding in findings), default=0)


def _at_some(findings: Sequence[Finding], servers: Sequence[str], total: int) -> Iterator[Finding]:
    remedy = "wait until the DNS host has brought all of them up to date; if it stays so, ask the host"
    for finding in findings:
        message = f"at {len(servers)} of {total} name servers ({', '.join(servers)}): {finding.message}"
        evidence = {**finding.evidence, "servers": list(servers)}
        yield replace(finding, message=message, remedy=remedy, command=None, repairable=False, evidence=evidence)
