"""The records that a domain needs against those that the servers of its zone hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from provisioner.core.checks import near_misses
from provisioner.core.checks.detours import cut_above, dname_of
from provisioner.core.checks.dmarc import Setting
from provisioner.core.checks.dmarc import check as check_dmarc
from provisioner.core.checks.in_dns import over_servers, place_of
from provisioner.core.checks.mail_from_spf import mail_from_spf
from provisioner.core.checks.observed import Observed, seen
from provisioner.core.checks.spf import apex
from provisioner.core.checks.wanted import records_of_dkim
from provisioner.core.checks.wildcards import wildcard_beside
from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.core.dns.ask import Ask
from provisioner.core.dns.questions import Reply
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.mail_domain.records import Purpose, Record

_PUBLISH, _ALONE = "publish exactly this value", "leave at the MAIL FROM host exactly this one MX and this one TXT"
_ALIAS = "RFC 1034 section 3.6.2"
_REPAIRED = ("record.absent", "record.wrong")


def of_dkim(observed: Observed) -> Iterator[Finding]:
    """Yield how each CNAME of Easy DKIM stands."""
    for record in records_of_dkim(observed):
        yield from _of(observed, record)


def of_mail_from(observed: Observed) -> Iterator[Finding]:
    """Yield how MX and TXT of the MAIL FROM host stand; an alias in their place is one finding."""
    records = [record for record in seen(observed.records) if record.purpose.is_mail_from]
    found = [finding for record in records for finding in _of(observed, record)]
    alias = seen(observed.dns).holds(observed.spec.mail_from, "CNAME")
    bad = any(finding.severity is Severity.ERROR for finding in found)
    if bad and isinstance(alias, Found):
        yield _alias_of(observed.spec.mail_from, alias.values[0], records)
    else:
        yield from found


def of_dmarc(observed: Observed) -> Iterator[Finding]:
    """Yield how the DMARC record that applies stands, ours or another; an alias or a delegation that is to stay too."""
    place, spec = place_of(observed), observed.spec
    records = [record for record in seen(observed.records) if record.purpose is Purpose.DMARC]
    for record in records:
        if record.type != "TXT":
            yield from _of(observed, record)
    wanted = next((record.values[0] for record in records if record.type == "TXT"), None)
    managed = not spec.zone.is_elsewhere
    setting = Setting(spec.mail_from, wanted, random_label=observed.nobodys_label, place=place, is_managed=managed)

    def judge(_: DnsAnswer, ask: Ask) -> Sequence[Finding]:
        found = [near_misses.with_time_remembered(observed, one) for one in check_dmarc(spec.domain, setting, ask)]
        return tuple(_as_error(_with_command(observed, _of_ours(observed, one)), found) for one in found)

    yield from over_servers(seen(observed.dns), spec.domain.child("_dmarc"), "TXT", judge)


def _of_ours(observed: Observed, finding: Finding) -> Finding:
    """Leave out a command for a domain above this one: whose that is nobody has looked."""
    if finding.command is None or observed.spec.domain.ascii in finding.command:
        return finding
    return replace(finding, command=None, remedy=f"change it where DNS of {finding.command[2]} is kept")


def _as_error(finding: Finding, all_of_it: Sequence[Finding]) -> Finding:
    """Call it an error that nothing is known of DMARC: it is as bad as if there were none."""
    alone = finding.id == NOT_RUN and len(all_of_it) == 1
    return replace(finding, severity=Severity.ERROR) if alone else finding


def of_spf(observed: Observed) -> Iterator[Finding]:
    """Yield what receivers make of SPF at the domain itself."""
    wanted = any(record.purpose is Purpose.SPF for record in seen(observed.records))
    dns, domain = seen(observed.dns), observed.spec.domain
    place_of(observed)  # says that nobody answers, where nobody does
    replies = dns.replies(domain.ascii, "TXT").values()
    only_udp = any(isinstance(reply, Reply) and reply.cut_off for reply in replies)

    def judge(_: DnsAnswer, ask: Ask) -> Sequence[Finding]:
        return tuple(apex(domain, ask, wanted=wanted, only_udp=only_udp))

    yield from over_servers(dns, domain.ascii, "TXT", judge)


def _of(observed: Observed, record: Record) -> Iterator[Finding]:
    """Yield how one record stands; what there is behind a delegation or a DNAME is said of that."""
    dns, place = seen(observed.dns), place_of(observed)

    def judge(answer: DnsAnswer, ask: Ask) -> Sequence[Finding]:
        return (_with_command(observed, _verdict(observed, record, answer, ask, place)),)

    missing = not isinstance(dns.holds(record.name, record.type), Found)
    hidden = (missing and cut_above(observed, record)) or dname_of(dns, record.name, record.type)
    if not hidden:
        yield from over_servers(dns, record.name, record.type, judge)


def _verdict(observed: Observed, record: Record, answer: DnsAnswer, ask: Ask, place: str) -> Finding:
    wildcard = wildcard_beside(observed, record)
    match answer:
        case Unreachable(reason):
            return unreachable(record, reason)
        case _ if record.purpose is Purpose.MAIL_FROM_SPF:
            return near_misses.with_near_miss(observed, mail_from_spf(record.name, ask, wildcard, place))
        case Found(values) if set(_values(answer)) != set(_values(wildcard)) or _is_equivalent(record, values):
            return compare(record, values)
        case Found():
            return absent(record, f"{place} (what answers is a wildcard)")
        case Absent():
            return near_misses.with_near_miss(observed, absent(record, place))


def _values(answer: DnsAnswer) -> tuple[str, ...]:
    return answer.values if isinstance(answer, Found) else ()


def _with_command(observed: Observed, finding: Finding) -> Finding:
    """Name the command that puts a record right, in a zone that it writes to."""
    domain = observed.spec.domain
    if finding.id not in _REPAIRED or finding.command or observed.spec.zone.is_elsewhere:
        return finding
    remedy = f"run `provisioner new-domain {domain}`: it publishes exactly this value"
    return replace(finding, remedy=remedy, command=("new-domain", domain.ascii), repairable=True)


def _alias_of(host: str, target: str, records: Sequence[Record]) -> Finding:
    needed = " and ".join(f"{record.type} {' | '.join(record.values)}" for record in records)
    message = (
        f"{host} is an alias of {target}, beside which no other record can stand: SES and receivers read that one's"
    )
    remedy = f"remove the CNAME, and publish {needed}"
    evidence = {"found": [target], "expected": [value for record in records for value in record.values]}
    return Finding("dns.cname_beside_data", Severity.ERROR, f"CNAME {host}", message, remedy, _ALIAS, evidence)


def subject_of(record: Record) -> str:
    """Return what a finding about this record calls it: `CNAME a._domainkey.example.com`."""
    return f"{record.type} {record.name}"


def compare(record: Record, values: Sequence[str]) -> Finding:
    """Return the finding about a record that exists with these values (hosts lower-case, TXT joined and unquoted)."""
    evidence = {"expected": list(record.values), "found": list(values)}
    if _is_equivalent(record, values):
        return Finding("record.ok", Severity.OK, subject_of(record), " | ".join(values), evidence=evidence)
    slip = near_misses.slip(record, values)
    message = f"it is {' | '.join(values)}; it must be {' | '.join(record.values)}" + (f": {slip}" if slip else "")
    return Finding("record.wrong", Severity.ERROR, subject_of(record), message, _remedy(record), evidence=evidence)


def absent(record: Record, place: str) -> Finding:
    """Return the finding about a record that does not exist; `place` says where it was looked for."""
    message = f"there is none at {place}; it must be {' | '.join(record.values)}"
    evidence: dict[str, object] = {"expected": list(record.values), "found": []}
    return Finding("record.absent", Severity.ERROR, subject_of(record), message, _PUBLISH, evidence=evidence)


def unreachable(record: Record, reason: str) -> Finding:
    """Return the finding about a record of which DNS says nothing; `reason` is why."""
    message = f"nobody can say whether it exists: {reason}"
    remedy = "check the network, PROVISIONER_DNS_SERVER and the zone's name servers, then repeat"
    evidence = {"expected": list(record.values), "reason": reason}
    return Finding(NOT_RUN, Severity.ERROR, subject_of(record), message, remedy, evidence=evidence)


def _is_equivalent(record: Record, values: Sequence[str]) -> bool:
    if record.type == "MX":  # of the only one its preference does not matter
        return [value.split()[-1:] for value in _plain(values)] == [
            value.split()[-1:] for value in _plain(record.values)
        ]
    return _plain(values) == _plain(record.values)


def _plain(values: Sequence[str]) -> list[str]:
    return sorted(value.lower() for value in values)


def _remedy(record: Record) -> str:
    return _ALONE if record.purpose.is_mail_from else _PUBLISH
