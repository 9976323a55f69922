"""What to improve in an existing DMARC record of a domain that sends through SES, as findings.

Sources: RFC 9989 (record), RFC 9990 (aggregate reports), RFC 9991 (failure reports); "Complying with DMARC" of the
SES developer guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.record import (
    ACTIVE_TAGS,
    REMOVED_TAGS,
    DmarcRecord,
    is_meant_as_dmarc,
)
from provisioner.core.findings import Finding, Severity
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError

_FAILURE_OPTIONS = frozenset({"0", "1", "d", "s"})
_NO_MAILTO = "no mailto: URI of an address, many receivers cannot report there"
_WORDS = {"aspf": ("rs", "r"), "adkim": ("rs", "r"), "psd": ("ynu", "u"), "t": ("yn", "n")}
_MOST_DESTINATIONS = 2  # receivers may ignore more (RFC 9990, "Reporting")


@dataclass(frozen=True, slots=True)
class Published:
    """The TXT values at `name` (`_dmarc.example.com`), which speak for `policy_domain`.

    `mail_from` is the domain's MAIL FROM host at SES, None when it is not known; `names_below` are names below the
    domain that mail is sent from and that have no identity of their own at SES.
    """

    name: str
    texts: tuple[str, ...]
    policy_domain: DomainName
    mail_from: str | None
    names_below: tuple[str, ...] = ()

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
    records = published.records
    if len(records) > 1:
        return (_several(published, records),)
    findings = list(_broken(published))
    for record in records:
        for check in (_policy, _tags, _failure_reports, _destinations, _words, _ses):
            findings += check(published, record)
    return tuple(findings)


def _broken(published: Published) -> Iterator[Finding]:
    """Speak of what was meant as a record: nothing else counts there, or it is only in the way of its author."""
    severity = Severity.WARNING if published.records else Severity.ERROR
    for text in published.texts:
        if is_meant_as_dmarc(text):
            message = f"receivers ignore this, it does not begin with v=DMARC1 and a semicolon: {text}"
            command = ("dmarc", "tidy", str(published.policy_domain))
            yield published.repaired_by(command, "broken", severity, message, "RFC 9989 section 4.7")


def _several(published: Published, records: Sequence[DmarcRecord]) -> Finding:
    message = f"{len(records)} DMARC records stand here, so receivers use none of them"
    command = ("dmarc", "tidy", str(published.policy_domain))
    return published.repaired_by(command, "several_records", Severity.ERROR, message, "RFC 9989 section 4.10")


def _policy(published: Published, record: DmarcRecord) -> Iterator[Finding]:
    command, why = ("dmarc", "set", str(published.policy_domain), "--policy", "none"), "RFC 9989 section 4.10.1"
    unknown = " and ".join(f"{tag}={record.get(tag) or ''}" for tag in record.unknown_policies)
    if record.policy is None:
        message = f"{unknown} is no policy and nobody gets reports, so the record has no effect"
        yield published.repaired_by(command, "no_policy", Severity.ERROR, message, why)
    elif "p" in record.unknown_policies:
        message = f"{unknown} is no policy, receivers take it as p=none"
        yield published.repaired_by(command, "no_policy", Severity.WARNING, message, why)
    elif unknown:
        message = f"{unknown} is no policy, for which receivers take all of the record as p=none"
        yield published.finding("invalid_tag", Severity.WARNING, message, "write none, quarantine or reject", why)
    if record.is_test and record.policy not in (None, DmarcPolicy.NONE):
        message = f"t=y: receivers apply one level less than p={record.policy}"
        yield published.finding("test_mode", Severity.INFO, message, "", "RFC 9989 section 4.7")


def _tags(published: Published, record: DmarcRecord) -> Iterator[Finding]:
    names = dict.fromkeys(name for name, _ in record.tags)
    if removed := [f"{name}={record.get(name)}" for name in names if name in REMOVED_TAGS]:
        message = f"{', '.join(removed)}: removed from DMARC, receivers ignore {'it' if len(removed) == 1 else 'them'}"
        yield published.tidy("removed_tag", message, "RFC 9989 appendix A")
    for name in names:
        if name not in ACTIVE_TAGS | REMOVED_TAGS:
            message = f"{name}={record.get(name)}: no such tag, receivers ignore it"
            yield published.finding("unknown_tag", Severity.INFO, message, "", "RFC 9989 section 4.7")
    for name in record.repeated:
        yield published.tidy("repeated_tag", f"{name} stands here more than once", "RFC 9989 section 4.8")
    for part in record.faults if record.policy else ():  # else it is said that the record has no policy
        yield published.tidy("syntax", f"{part!r} is no tag, it has no =", "RFC 9989 section 4.8")
    if published.policy_domain.is_subdomain and "sp" in names:
        message = "sp counts at an organizational domain only, here it is ignored"
        yield published.finding("sp_ignored", Severity.INFO, message, "", "RFC 9989 section 4.7")


def _failure_reports(published: Published, record: DmarcRecord) -> Iterator[Finding]:
    options = [option.strip().lower() for option in (record.get("fo") or "0").split(":")]
    if not set(options) <= _FAILURE_OPTIONS or {"0", "1"} <= set(options):
        message = f"fo={record.get('fo')}: it takes 0 or 1, and d and s beside them"
        remark = f"; {_flood(record, options)}" if record.uris("ruf") else ", and it is ignored without ruf"
        yield published.tidy("invalid_tag", message + remark, "RFC 9989 section 4.7")
    elif record.get("ruf") == "":
        yield published.tidy("syntax", "ruf has no value", "RFC 9989 section 4.8")
    elif record.get("ruf") is not None:
        yield published.tidy("failure_reports", _flood(record, options), "RFC 9991")
    elif record.get("fo") is not None:
        yield published.tidy("failure_reports", f"fo={record.get('fo')} is ignored without ruf", "RFC 9989 section 4.7")


def _flood(record: DmarcRecord, options: Sequence[str]) -> str:
    when = "that fails SPF or DKIM, even where DMARC passes" if "1" in options else "that fails"
    remark = "with many forged messages it floods the mailbox, and it shows their content"
    return f"ruf={record.get('ruf')}: receivers that honour it send a copy of each message {when}; {remark}"


def _destinations(published: Published, record: DmarcRecord) -> Iterator[Finding]:
    uris = record.uris("rua")
    if not uris:
        message = "no rua: nobody gets aggregate reports, the evidence for a stricter policy"
        domain = published.policy_domain
        remedy = f"`provisioner dmarc set {domain} --rua dmarc@{domain}`, or another address that somebody reads"
        yield published.finding("no_reports", Severity.INFO, message, remedy, "RFC 9990")
    for uri in uris:
        if uri.address is None:
            cause = "destinations are separated by commas" if uri.text.lower().count("mailto:") > 1 else _NO_MAILTO
            message = f"rua={uri.text}: {cause}"
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


def _words(published: Published, record: DmarcRecord) -> Iterator[Finding]:
    for tag, (allowed, default) in _WORDS.items():
        if record.get(tag) is not None and (record.get(tag) or "").lower() not in [*allowed]:
            message = f"{tag}={record.get(tag)} is neither {' nor '.join(allowed)}, receivers take {default}"
            yield published.finding("invalid_tag", Severity.WARNING, message, "", "RFC 9989 section 4.7")
    if (record.get("psd") or "").lower() == "y" and _is_registered(published.policy_domain):
        domain = published.policy_domain
        message = f"psd=y: {domain} is no public suffix, yet names below it become organizations of their own"
        yield published.finding("psd", Severity.WARNING, message, "remove psd", "RFC 9989 section 4.10.2")


def _is_registered(domain: DomainName) -> bool:
    """Say whether a name is, or lies below, one that somebody has registered; the others are public suffixes."""
    try:
        DomainName.parse(domain.ascii)
    except InputError:
        return False
    return True


def _ses(published: Published, record: DmarcRecord) -> Iterator[Finding]:
    guide = "SES developer guide, Complying with DMARC"
    if (record.get("aspf") or "").lower() == "s" and published.mail_from is not None:
        message = f"aspf=s: SPF of {published.mail_from} never aligns, it is below the domain; DKIM alone has to pass"
        yield published.finding("aspf_strict", Severity.WARNING, message, "remove aspf, or set aspf=r", guide)
    if (record.get("adkim") or "").lower() == "s":
        yield _strict_dkim(published, guide)


def _strict_dkim(published: Published, guide: str) -> Finding:
    message = "adkim=s: mail from addresses at names below the domain does not align with its DKIM signature"
    severity = Severity.WARNING if published.names_below else Severity.INFO
    who = f", as that from {', '.join(published.names_below)}" if published.names_below else ""
    return published.finding("adkim_strict", severity, message + who, "remove adkim, or set adkim=r", guide)
