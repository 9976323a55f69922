"""Whether the public is sent to the name servers of a domain's zone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, PublicZone, Unreachable
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.move import Move
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.decisions.zone import our_zone
from provisioner.usecases.mail_domain.moving import look_at_move

_REFERENCE = "Route 53 developer guide, Making Route 53 the DNS service for an existing domain"


def check_delegation(
    edges: Edges, spec: MailDomain, external: PublicZone | Absent | Unreachable | None
) -> Iterator[Finding]:
    """Compare what the parent zone hands out with the zone's own name servers.

    `external` is what public DNS has of a zone that is elsewhere, None for a zone of Route 53.
    """
    if external is None:
        yield from _route_53(edges, spec)
        return
    subject = f"NS {spec.zone.name}"
    match external:
        case PublicZone(name, servers):
            yield _compare(f"NS {name}", edges.authority.delegation(name), servers, _OF_OTHERS)
        case Absent():
            message = "no zone of this name or above it is in public DNS"
            yield Finding("dns.not_delegated", Severity.ERROR, subject, message, "register it, or check the spelling")
        case Unreachable(reason):
            yield _unknown(subject, reason, Severity.ERROR)


def _route_53(edges: Edges, spec: MailDomain) -> Iterator[Finding]:
    subject, zones = f"NS {spec.zone.name}", edges.zones.public_zones(spec.zone.name)
    ours = our_zone(zones, spec.zone)
    if ours is None:
        message = f"this account has no public hosted zone {spec.zone.name}"
        yield Finding(
            "dns.no_zone",
            Severity.ERROR,
            subject,
            message,
            f"run `provisioner new-domain {spec.domain}` again",
            command=("new-domain", spec.domain.ascii),
        )
        return
    answer = edges.authority.delegation(spec.zone.name)
    if len(zones) > 1:
        yield _twice(subject, zones, ours, answer)
    yield _compare(subject, answer, ours.name_servers, _Mismatch(Severity.ERROR, _remedy(edges, spec, ours, answer)))


def _remedy(edges: Edges, spec: MailDomain, ours: HostedZone, answer: DnsAnswer) -> str:
    """Say how the public comes to our zone, but only where it loses nothing by that."""
    if isinstance(answer, Unreachable) or (isinstance(answer, Found) and _same(answer.values, ours.name_servers)):
        return ""
    servers, live = ours.name_servers, partial(edges.zones.record_sets, ours.id)
    move = look_at_move(edges, spec.domain, ours.name, servers, live) or Move(ours.name)
    if not move.is_safe:
        return "; ".join(move.obstacles)
    if isinstance(answer, Found) and not spec.zone.is_ours:
        return f"this zone is not the one in use; its name servers are: {' '.join(servers)}"
    return f"set the name servers at the registrar (or the NS records in the zone above) to: {' '.join(servers)}"


def _twice(subject: str, zones: Sequence[HostedZone], ours: HostedZone, answer: DnsAnswer) -> Finding:
    delegated = [zone.id for zone in zones if isinstance(answer, Found) and _same(zone.name_servers, answer.values)]
    public = f"the public sees {delegated[0]}" if delegated else "the public sees none of them"
    ids = ", ".join(zone.id for zone in zones)
    message = f"{len(zones)} hosted zones have this name ({ids}); ours is {ours.id}, {public}"
    severity = Severity.WARNING if delegated == [ours.id] else Severity.ERROR
    remedy = "delete the zones that nobody is referred to, once their records are copied"
    evidence = {"zones": [zone.id for zone in zones], "ours": ours.id, "delegated": delegated}
    return Finding("dns.zone_twice", severity, subject, message, remedy, _REFERENCE, evidence)


@dataclass(frozen=True, slots=True)
class _Mismatch:
    """How bad it is that the zone above refers to other name servers, and what to do about it."""

    severity: Severity
    remedy: str


_OF_OTHERS = _Mismatch(
    Severity.WARNING, "ask the DNS host which of them are right: the zone and the zone above it must name the same"
)


def _compare(subject: str, answer: DnsAnswer, servers: Sequence[str], mismatch: _Mismatch) -> Finding:
    named, remedy = " ".join(servers), mismatch.remedy
    evidence = {"expected": list(servers), "found": sorted(answer.values) if isinstance(answer, Found) else []}
    match answer:
        case Found(values) if _same(values, servers):
            return Finding("dns.delegated", Severity.OK, subject, named, evidence=evidence)
        case Found(values):
            message = f"the zone above refers to {' '.join(sorted(values))}; the zone is served by {named}"
            return Finding("dns.delegated_elsewhere", mismatch.severity, subject, message, remedy, _REFERENCE, evidence)
        case Absent():
            message = f"the zone above does not know it; the zone is served by {named}"
            return Finding("dns.not_delegated", Severity.ERROR, subject, message, remedy, _REFERENCE, evidence)
        case Unreachable(reason):
            return _unknown(subject, reason, Severity.WARNING)


def _unknown(subject: str, reason: str, severity: Severity) -> Finding:
    message = f"nobody can say what the zone above refers to: {reason}"
    remedy, evidence = "check the network, then repeat", {"reason": reason}
    return Finding("dns.delegation_unknown", severity, subject, message, remedy, evidence=evidence)


def _same(left: Collection[str], right: Collection[str]) -> bool:
    return {name.lower() for name in left} == {name.lower() for name in right}
