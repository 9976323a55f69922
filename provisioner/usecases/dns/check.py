"""Whether the records of a domain exist in public DNS: absent, wrong, and not known are three answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from provisioner.core.checks.records import absent, apex_spf, compare, subject_of
from provisioner.core.dns.answers import Absent, DnsAnswer, Found, PublicZone, Unreachable
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.records import Purpose, Record, desired_records
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.dmarc.show import applicable_record, dmarc_findings
from provisioner.usecases.home import KnownDomain, recall
from provisioner.usecases.mail_domain.zone_choice import our_zone

_REFERENCE = "Route 53 developer guide, Making Route 53 the DNS service for an existing domain"
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0  # seconds


@dataclass(frozen=True, slots=True)
class DnsView:
    """How this check sees DNS: through the resolver, or, for an external `zone`, through the zone's own servers."""

    edges: Edges
    zone: PublicZone | None

    @property
    def place(self) -> str:
        """Where answers come from, in the user's words."""
        return f"the name servers of {self.zone.name}" if self.zone else "the resolver"

    def answers(self, name: str, rtype: str) -> Mapping[str, DnsAnswer]:
        """Return server -> answer."""
        if self.zone is None or not f".{name}".endswith(f".{self.zone.name}"):
            return {"the resolver": self.edges.resolver.lookup(name, rtype)}
        return self.edges.authority.lookup(self.zone, name, rtype)

    def one(self, name: str, rtype: str) -> DnsAnswer:
        """Return the answer of the first server that has one."""
        found = list(self.answers(name, rtype).values())
        return next((answer for answer in found if not isinstance(answer, Unreachable)), found[0])


def check(edges: Edges, domain: DomainName, random_label: str, limit: timedelta = timedelta()) -> tuple[Finding, ...]:
    """Look at everything that a domain needs in DNS, again and again until no check fails or `limit` is over.

    `random_label` is one that nobody has a record for.
    """
    end, pause = edges.clock.monotonic() + limit.total_seconds(), _FIRST_PAUSE
    while True:
        findings = _look(edges, domain, random_label)
        failed = sum(finding.severity is Severity.ERROR for finding in findings)
        left = end - edges.clock.monotonic()
        if not failed or left <= 0:
            return findings
        edges.progress.step(f"{domain}: {failed} checks fail, looking again")
        edges.clock.sleep(min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def _look(edges: Edges, domain: DomainName, random_label: str) -> tuple[Finding, ...]:
    known = recall(edges, domain)
    identity = edges.identities.status(domain, known.request.region)
    spec = known.spec(identity)
    zone = edges.authority.zone_of(domain.ascii) if spec.zone.is_elsewhere else None
    findings = list(_delegation(edges, spec, zone))
    if identity is None:
        findings.append(_no_identity(spec))
    if zone is None or isinstance(zone, PublicZone):
        wanted = desired_records(spec, identity.dkim_tokens if identity else ())
        findings += _all(DnsView(edges, zone), known, spec, wanted, random_label)
    return tuple(findings)


def _all(
    sight: DnsView, known: KnownDomain, spec: MailDomain, wanted: Sequence[Record], random_label: str
) -> Iterator[Finding]:
    try:
        applicable = applicable_record(sight.one, spec.domain)
    except ProvisionerError as error:
        yield from _records(sight, spec.domain, wanted, random_label)
        yield Finding("dmarc.unreachable", Severity.ERROR, f"DMARC {spec.domain}", error.message, error.hint)
        return
    if applicable.own.record is not None and _asked_for_no_dmarc(known):
        wanted = [replace(r, values=applicable.own.texts) if r.purpose is Purpose.DMARC else r for r in wanted]
    yield from _records(sight, spec.domain, wanted, random_label)
    yield from dmarc_findings(sight.edges, spec, applicable)


def _asked_for_no_dmarc(known: KnownDomain) -> bool:
    """Say whether any record of the domain's owner will do; in Route 53 it is known whose record stands there."""
    return known.decided.zone.is_elsewhere and known.request.dmarc is None and known.request.dmarc_rua is None


def _records(sight: DnsView, domain: DomainName, wanted: Sequence[Record], random_label: str) -> Iterator[Finding]:
    wild = {rtype: sight.one(domain.child(random_label), rtype) for rtype in ("TXT", "CNAME", "MX")}
    yield from _wildcards(domain, wild)
    for record in wanted:
        yield from _record(sight, record, wild[record.type])
    if not any(record.purpose is Purpose.SPF for record in wanted):
        match sight.one(domain.ascii, "TXT"):
            case Found(values):
                yield apex_spf(domain.ascii, values)


def _record(sight: DnsView, record: Record, wild: DnsAnswer) -> Iterator[Finding]:
    found = sight.answers(record.name, record.type)
    verdicts = {server: _verdict(sight, record, answer, wild) for server, answer in found.items()}
    known = {server: verdict for server, verdict in verdicts.items() if verdict.id != "record.unreachable"}
    if not known:
        yield next(iter(verdicts.values()))
        return
    worst = max(known.values(), key=lambda verdict: list(Severity).index(verdict.severity))
    differing = [server for server, verdict in known.items() if verdict == worst]
    yield worst if len(differing) == len(known) else _at_some(worst, differing, len(known))
    if silent := verdicts.keys() - known.keys():
        message = f"{', '.join(sorted(silent))} did not answer, {len(known)} others did"
        yield Finding("dns.silent_server", Severity.WARNING, subject_of(record), message, "ask the DNS host")


def _verdict(sight: DnsView, record: Record, answer: DnsAnswer, wild: DnsAnswer) -> Finding:
    match answer:
        case Unreachable(reason):
            message = f"nobody can say whether it exists: {reason}"
            remedy = "check the network, PROVISIONER_DNS_SERVER and the zone's name servers, then repeat"
            return Finding("record.unreachable", Severity.ERROR, subject_of(record), message, remedy)
        case Found(values) if answer != wild or compare(record, values).severity is Severity.OK:
            return compare(record, values)
        case Found() | Absent() if record.purpose is Purpose.SPF:
            return apex_spf(record.name, (), wanted=True)
        case Found():
            return absent(record, f"{sight.place} (what answers is a wildcard)")
        case Absent():
            return absent(record, sight.place + _doubled(sight, record))


def _doubled(sight: DnsView, record: Record) -> str:
    """Recognize the commonest slip in a DNS host's form: a full name typed where the host adds the zone to it."""
    if sight.zone is None:
        return ""
    name = f"{record.name}.{sight.zone.name}"
    match sight.one(name, record.type):
        case Found():
            return f", but there is one at {name}: enter the name without .{sight.zone.name}"
        case _:
            return ""


def _at_some(finding: Finding, servers: Sequence[str], total: int) -> Finding:
    message = f"at {len(servers)} of {total} name servers ({', '.join(servers)}): {finding.message}"
    remedy = "wait until the DNS host has brought all of them up to date; if it stays so, ask the host"
    return Finding(finding.id, finding.severity, finding.subject, message, remedy, finding.reference)


def _wildcards(domain: DomainName, wild: Mapping[str, DnsAnswer]) -> Iterator[Finding]:
    for rtype in ("TXT", "CNAME"):
        match wild[rtype]:
            case Found(values):
                message = f"a wildcard answers for every name without records of its own: {' | '.join(values)}"
                remedy = f"_dmarc and _domainkey names below {domain} answer with it too; remove it if nothing needs it"
                yield Finding("dns.wildcard", Severity.WARNING, f"{rtype} *.{domain}", message, remedy, "RFC 4592")


def _no_identity(spec: MailDomain) -> Finding:
    message = f"SES has no identity of this name in {spec.region.name}, so its DKIM records are not known"
    return Finding("ses.no_identity", Severity.ERROR, spec.domain.ascii, message, "run `provisioner new-domain` again")


def _delegation(
    edges: Edges, spec: MailDomain, external: PublicZone | Absent | Unreachable | None
) -> Iterator[Finding]:
    """Compare what the parent zone hands out with the zone's own name servers; `external` is None for Route 53's."""
    if external is None:
        yield from _route_53(edges, spec)
        return
    subject = f"NS {spec.zone.name}"
    match external:
        case PublicZone(name, servers):
            found = edges.authority.delegation(name)
            yield _compared(f"NS {name}", found, servers, Severity.WARNING)
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
        yield Finding("dns.no_zone", Severity.ERROR, subject, message, "run `provisioner new-domain` again")
        return
    answer = edges.authority.delegation(spec.zone.name)
    if len(zones) > 1:
        yield _twice(subject, zones, ours, answer)
    yield _compared(subject, answer, ours.name_servers, Severity.ERROR)


def _twice(subject: str, zones: Sequence[HostedZone], ours: HostedZone, found: DnsAnswer) -> Finding:
    delegated = [zone.id for zone in zones if isinstance(found, Found) and _same(zone.name_servers, found.values)]
    public = f"the public sees {delegated[0]}" if delegated else "the public sees none of them"
    ids = ", ".join(zone.id for zone in zones)
    message = f"{len(zones)} hosted zones have this name ({ids}); ours is {ours.id}, {public}"
    severity = Severity.WARNING if delegated == [ours.id] else Severity.ERROR
    remedy = "delete the zones that nobody is referred to, once their records are copied"
    return Finding("dns.zone_twice", severity, subject, message, remedy, _REFERENCE)


def _compared(subject: str, found: DnsAnswer, servers: Sequence[str], mismatch: Severity) -> Finding:
    named = " ".join(servers)
    match found:
        case Found(values) if _same(values, servers):
            return Finding("dns.delegated", Severity.OK, subject, named)
        case Found(values):
            message = f"the zone above refers to {' '.join(sorted(values))}; the zone is served by {named}"
            remedy = f"set the name servers at the registrar (or the NS records in the zone above) to: {named}"
            return Finding("dns.delegated_elsewhere", mismatch, subject, message, remedy, _REFERENCE)
        case Absent():
            message = f"the zone above does not know it; the zone is served by {named}"
            remedy = f"set the name servers at the registrar (or the NS records in the zone above) to: {named}"
            return Finding("dns.not_delegated", Severity.ERROR, subject, message, remedy, _REFERENCE)
        case Unreachable(reason):
            return _unknown(subject, reason, Severity.WARNING)


def _unknown(subject: str, reason: str, severity: Severity) -> Finding:
    message = f"nobody can say what the zone above refers to: {reason}"
    return Finding("dns.delegation_unknown", severity, subject, message, "check the network, then repeat")


def _same(left: Collection[str], right: Collection[str]) -> bool:
    return {name.lower() for name in left} == {name.lower() for name in right}
