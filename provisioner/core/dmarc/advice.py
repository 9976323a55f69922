"""What to improve in an existing DMARC record of a domain that sends through SES, as findings.

Sources: RFC 9989 (record), RFC 9990 (aggregate reports), RFC 9991 (failure reports); "Complying with DMARC" of the
SES developer guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.protocol import external_report_name
from provisioner.core.dmarc.record import (
    ACTIVE_TAGS,
    REMOVED_TAGS,
    DmarcRecord,
    ReportUri,
    is_meant_as_dmarc,
    policy_of,
)
from provisioner.core.findings import Finding, Severity
from provisioner.core.values.domain import DomainName
from provisioner.core.values.domain_input import LONGEST_NAME

_MOST_DESTINATIONS = 2  # receivers may ignore more (RFC 9990, "Reporting")


@dataclass(frozen=True, slots=True)
class Published:
    """The TXT values at `name` (`_dmarc.example.com`), which speak for `policy_domain`.

    `mail_from` is the domain's MAIL FROM host at SES, None when it is not known.
    """

    name: str
    texts: tuple[str, ...]
    policy_domain: DomainName
    mail_from: str | None

    @property
    def records(self) -> tuple[DmarcRecord, ...]:
        """The values that receivers take for DMARC records."""
        return tuple(record for text in self.texts if (record := DmarcRecord.parse(text)))

    def finding(self, code: str, severity: Severity, message: str, remedy: str = "", reference: str = "") -> Finding:
        """Return a finding about this name."""
        subject, evidence = f"TXT {self.name}", {"found": list(self.texts)}
        return Finding(f"dmarc.{code}", severity, subject, message, remedy, reference, evidence)

    def repaired_by(self, command: tuple[str, ...], code: str, severity: Severity, message: str, why: str) -> Finding:
        """Return a finding whose remedy is a command; `why` is its reference."""
        remedy = f"`provisioner {' '.join(command)}`"
        return replace(self.finding(code, severity, message, remedy, why), command=command)

    def tidy(self, code: str, message: str, reference: str) -> Finding:
        """Return a warning whose remedy is `dmarc tidy`."""
        command = ("dmarc", "tidy", str(self.policy_domain))
        return self.repaired_by(command, code, Severity.WARNING, message, reference)


def advise(published: Published) -> tuple[Finding, ...]:
    """Return everything worth saying about the records at one name; nothing when there is none."""
    findings = list(_broken(published))
    records = published.records
    if len(records) > 1:
        findings.append(_several(published, records))
    elif records:
        record = records[0]
        for check in (_policy, _tags, _failure_reports, _destinations, _alignment, _ses):
            findings += check(published, record)
    return tuple(findings)


def authorisations(published: Published) -> tuple[tuple[ReportUri, str], ...]:
    """Return the destinations at other organizations, each with the name where they must publish their consent."""
    uris = [uri for record in published.records for tag in ("rua", "ruf") for uri in record.uris(tag)]
    named = [(uri, external_report_name(published.policy_domain, uri.address)) for uri in uris if uri.address]
    return tuple(dict.fromkeys((uri, name) for uri, name in named if name is not None))


def unauthorised(published: Published, uri: ReportUri, name: str, reason: str = "it has no such record") -> Finding:
    """Return the finding about a destination without consent."""
    message = f"reports to {uri.text} are not sent: {name} must hold a TXT v=DMARC1, and {reason}"
    if len(name) > LONGEST_NAME:
        message = f"reports to {uri.text} are not sent: no receiver can verify its consent, the name is too long"
    remedy = f"publish there TXT {name} = v=DMARC1, or report to an address of the domain's own organization"
    why = "RFC 9990, external destinations"
    return published.finding("report_unauthorised", Severity.WARNING, message, remedy, why)


def _broken(published: Published) -> Iterator[Finding]:
    for text in published.texts:
        if is_meant_as_dmarc(text):
            message = f"receivers ignore this, it does not begin with v=DMARC1 and a semicolon: {text}"
            command = ("dmarc", "tidy", str(published.policy_domain))
            yield published.repaired_by(command, "broken", Severity.ERROR, message, "RFC 9989 section 4.7")


def _several(published: Published, records: Sequence[DmarcRecord]) -> Finding:
    message = f"{len(records)} DMARC records stand here, so receivers use none of them"
    command = ("dmarc", "tidy", str(published.policy_domain))
    return published.repaired_by(command, "several_records", Severity.ERROR, message, "RFC 9989 section 4.10")


def _policy(published: Published, record: DmarcRecord) -> Iterator[Finding]:
    command, why = ("dmarc", "set", str(published.policy_domain), "--policy", "none"), "RFC 9989 section 4.10.1"
    if record.policy is None:
        message = f"p={record.get('p') or ''} is no policy and nobody gets reports, so the record has no effect"
        yield published.repaired_by(command, "no_policy", Severity.ERROR, message, why)
    elif policy_of(record.get("p")) is None:
        message = f"p={record.get('p') or ''} is no policy, receivers take it as p=none"
        yield published.repaired_by(command, "no_policy", Severity.WARNING, message, why)
    for tag in ("sp", "np"):
        if record.get(tag) is not None and policy_of(record.get(tag)) is None:
            message = f"{tag}={record.get(tag)} is no policy"
            yield published.finding("invalid_tag", Severity.WARNING, message, "", "RFC 9989 section 4.7")
    if record.is_test and record.policy is not DmarcPolicy.NONE:
        message = f"t=y: receivers apply one level less than p={record.policy}"
        yield published.finding("test_mode", Severity.INFO, message, "", "RFC 9989 section 4.7")


def _tags(published: Published, record: DmarcRecord) -> Iterator[Finding]:
    names = dict.fromkeys(name for name, _ in record.tags)
    for name in names:
        if name in REMOVED_TAGS:
            message = f"{name}={record.get(name)}: the tag was removed, receivers ignore it"
            yield published.tidy("removed_tag", message, "RFC 9989 appendix A")
        elif name not in ACTIVE_TAGS:
            message = f"{name}={record.get(name)}: no such tag, receivers ignore it"
            yield published.finding("unknown_tag", Severity.INFO, message, "", "RFC 9989 section 4.7")
    for name in record.repeated:
        yield published.tidy("repeated_tag", f"{name} stands here more than once", "RFC 9989 section 4.8")
    for part in record.faults:
        yield published.tidy("syntax", f"{part!r} is no tag, it has no =", "RFC 9989 section 4.8")
    if published.policy_domain.is_subdomain and "sp" in names:
        message = "sp counts at an organizational domain only, here it is ignored"
        yield published.finding("sp_ignored", Severity.INFO, message, "", "RFC 9989 section 4.7")


def _failure_reports(published: Published, record: DmarcRecord) -> Iterator[Finding]:
    options = {option.strip() for option in (record.get("fo") or "0").split(":")}
    if record.get("ruf") is not None:
        when = "that fails SPF or DKIM, even where DMARC passes" if "1" in options else "that fails"
        message = f"ruf={record.get('ruf')}: receivers that honour it send a copy of each message {when}"
        remark = "; with many forged messages it floods the mailbox, and it shows their content"
        yield published.tidy("failure_reports", message + remark, "RFC 9991")
    elif record.get("fo") is not None:
        yield published.tidy("failure_reports", f"fo={record.get('fo')} is ignored without ruf", "RFC 9989 section 4.7")


def _destinations(published: Published, record: DmarcRecord) -> Iterator[Finding]:
    uris = record.uris("rua")
    if not uris:
        message = "no rua: nobody gets aggregate reports, the evidence for a stricter policy"
        domain = published.policy_domain
        remedy = f"`provisioner dmarc set {domain} --rua dmarc@{domain}`, or another address that somebody reads"
        yield published.finding("no_reports", Severity.INFO, message, remedy, "RFC 9990")
    for uri in uris:
        if uri.address is None:
            message = f"rua={uri.text} is no mailto: URI of an address, many receivers cannot report there"
            yield published.finding("invalid_rua", Severity.WARNING, message, "write it as mailto:dmarc@example.com")
        elif uri.address.domain == published.mail_from:
            message = f"reports to {uri.text} vanish: the MAIL FROM host receives bounces for SES only"
            yield published.finding("rua_at_mail_from", Severity.ERROR, message, "report to another host of the domain")
        if uri.has_size:
            message = f"{uri.text}: the size after ! is obsolete and ignored"
            yield published.finding("size_suffix", Severity.INFO, message, "", "RFC 9989 section 4.7")
    if len(uris) > _MOST_DESTINATIONS:
        message = f"{len(uris)} destinations of reports: receivers may ignore those after the second"
        yield published.finding("many_destinations", Severity.INFO, message)


def _alignment(published: Published, record: DmarcRecord) -> Iterator[Finding]:
    for tag in ("aspf", "adkim"):
        if record.get(tag) is not None and (record.get(tag) or "").lower() not in ("r", "s"):
            message = f"{tag}={record.get(tag)} is neither r nor s, receivers take r"
            yield published.finding("invalid_tag", Severity.WARNING, message, "", "RFC 9989 section 4.7")


def _ses(published: Published, record: DmarcRecord) -> Iterator[Finding]:
    guide = "SES developer guide, Complying with DMARC"
    if (record.get("aspf") or "").lower() == "s" and published.mail_from is not None:
        message = f"aspf=s: SPF of {published.mail_from} never aligns, it is below the domain; DKIM alone has to pass"
        yield published.finding("aspf_strict", Severity.WARNING, message, "remove aspf, or set aspf=r", guide)
    if (record.get("adkim") or "").lower() == "s":
        message = "adkim=s: mail from addresses at names below the domain does not align with its DKIM signature"
        yield published.finding("adkim_strict", Severity.INFO, message, "remove adkim, or set adkim=r", guide)
