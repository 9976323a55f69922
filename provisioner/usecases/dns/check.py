"""Whether the records of a domain exist in public DNS: absent, wrong, and not known are three answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from provisioner.core.checks.dmarc import Setting
from provisioner.core.checks.dmarc import check as check_dmarc
from provisioner.core.checks.identity import absent as absent_identity
from provisioner.core.checks.mail_from_spf import mail_from_spf
from provisioner.core.checks.records import absent, compare, unreachable
from provisioner.core.checks.spf import apex
from provisioner.core.dns.answers import Absent, DnsAnswer, Found, PublicZone, Unreachable
from provisioner.core.dns.ask import Ask, remembering
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.mail_domain.records import Purpose, Record
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.values.domain import DomainName
from provisioner.ports.edges import Edges
from provisioner.usecases.dmarc.show import with_what_can_be_run
from provisioner.usecases.dns.delegation import check_delegation
from provisioner.usecases.dns.records import wanted_records
from provisioner.usecases.dns.view import DnsView
from provisioner.usecases.home import recall
from provisioner.usecases.mail_domain.own_account import in_own_account

_CAUSES = ("dns.no_zone", "dns.not_delegated", "dns.delegated_elsewhere")
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0  # seconds


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
    in_own_account(edges, domain, known.account)
    identity = edges.identities.status(domain, known.request.region)
    spec = known.spec(identity)
    zone = edges.authority.zone_of(domain.ascii) if spec.zone.is_elsewhere else None
    findings = list(check_delegation(edges, spec, zone))
    if identity is None:
        findings.append(absent_identity(spec))
    if zone is None or isinstance(zone, PublicZone):
        wanted = wanted_records(edges, known, identity).records
        of_records = _all(DnsView(edges, zone), spec, wanted, random_label)
        findings += _in_context(list(of_records), findings, spec, is_ours=zone is None)
    return tuple(findings)


def _in_context(
    of_records: Sequence[Finding], before: Sequence[Finding], spec: MailDomain, *, is_ours: bool
) -> Iterator[Finding]:
    """Say of what is wrong with records what it follows from, or the command that puts it right, where one does.

    Where the public is not sent to our zone, whatever it finds or misses follows from that, and nothing else helps.
    """
    if not is_ours:
        return iter(of_records)
    cause = next((f.id for f in before if f.id in _CAUSES and f.severity is Severity.ERROR), None)
    if cause is not None:
        return (_consequence(finding, cause) for finding in of_records)
    if any(finding.id == "dns.delegated" for finding in before):
        return (_with_command(finding, spec) for finding in of_records)
    return iter(of_records)


def _consequence(finding: Finding, cause: str) -> Finding:
    if finding.severity is Severity.OK:
        return finding
    return replace(finding, severity=Severity.INFO, remedy="", command=None, repairable=False, caused_by=cause)


def _with_command(finding: Finding, spec: MailDomain) -> Finding:
    """Name the command that puts a record right, where the public is sent to our zone, in which it can."""
    if finding.id not in ("record.absent", "record.wrong"):
        return finding
    remedy = f"run `provisioner new-domain {spec.domain}`: it publishes exactly this value"
    return replace(finding, remedy=remedy, command=("new-domain", spec.domain.ascii))


def _all(view: DnsView, spec: MailDomain, wanted: Sequence[Record], random_label: str) -> Iterator[Finding]:
    ask = remembering(view.one)
    wildcards = {rtype: ask(spec.domain.child(random_label), rtype) for rtype in ("TXT", "CNAME", "MX")}
    yield from _wildcards(spec.domain, wildcards)
    yield from _apex(view, ask, spec.domain, wanted=any(record.purpose is Purpose.SPF for record in wanted))
    for record in wanted:
        if record.purpose is not Purpose.SPF and (record.type, record.purpose) != ("TXT", Purpose.DMARC):
            yield from _record(view, ask, record, wildcards.get(record.type, Absent(nxdomain=True)))
    texts = (record.values[0] for record in wanted if (record.type, record.purpose) == ("TXT", Purpose.DMARC))
    setting = Setting(spec.mail_from, next(texts, None), (), random_label, view.place)
    yield from _dmarc(view, ask, spec.domain, setting)


def _apex(view: DnsView, ask: Ask, domain: DomainName, *, wanted: bool) -> Iterator[Finding]:
    def judge(_: DnsAnswer, seen: Ask) -> Sequence[Finding]:
        return tuple(apex(domain, seen, wanted=wanted))

    return view.judged(domain.ascii, "TXT", ask, judge)


def _dmarc(view: DnsView, ask: Ask, domain: DomainName, setting: Setting) -> Iterator[Finding]:
    """Judge DMARC; that nobody can say which record applies is as bad here as that none does."""

    def judge(_: DnsAnswer, seen: Ask) -> Sequence[Finding]:
        found = [with_what_can_be_run(view.edges, finding) for finding in check_dmarc(domain, setting, seen)]
        return tuple(replace(f, severity=Severity.ERROR) if f.id == NOT_RUN and len(found) == 1 else f for f in found)

    return view.judged(domain.child("_dmarc"), "TXT", ask, judge)


def _record(view: DnsView, ask: Ask, record: Record, wildcard: DnsAnswer) -> Iterator[Finding]:
    def judge(answer: DnsAnswer, seen: Ask) -> Sequence[Finding]:
        return (_verdict(view, seen, record, answer, wildcard),)

    return view.judged(record.name, record.type, ask, judge)


def _verdict(view: DnsView, ask: Ask, record: Record, answer: DnsAnswer, wildcard: DnsAnswer) -> Finding:
    match answer:
        case Unreachable(reason):
            return unreachable(record, reason)
        case _ if record.purpose is Purpose.MAIL_FROM_SPF:
            return mail_from_spf(record.name, ask, wildcard, view.place)
        case Found(values) if answer != wildcard or compare(record, values).severity is Severity.OK:
            return compare(record, values)
        case Found():
            return absent(record, f"{view.place} (what answers is a wildcard)")
        case Absent():
            return absent(record, view.place + _doubled(view, ask, record))


def _doubled(view: DnsView, ask: Ask, record: Record) -> str:
    """Recognize the commonest slip in a DNS host's form: a full name typed where the host adds the zone to it."""
    if view.zone is None:
        return ""
    name = f"{record.name}.{view.zone.name}"
    match ask(name, record.type):
        case Found():
            return f", but there is one at {name}: enter the name without .{view.zone.name}"
        case _:
            return ""


def _wildcards(domain: DomainName, wildcards: Mapping[str, DnsAnswer]) -> Iterator[Finding]:
    for rtype in ("TXT", "CNAME"):
        match wildcards[rtype]:
            case Found(values):
                message = f"a wildcard answers for every name without records of its own: {' | '.join(values)}"
                remedy = f"_dmarc and _domainkey names below {domain} answer with it too; remove it if nothing needs it"
                subject, evidence = f"{rtype} *.{domain}", {"found": list(values)}
                yield Finding("dns.wildcard", Severity.WARNING, subject, message, remedy, "RFC 4592", evidence)
