"""Whether the reports that a DMARC record asks for arrive: the receiver's consent, and a host that takes mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provisioner.core.dmarc.advice import Published
from provisioner.core.dmarc.consent import authorisations, can_be_given, unauthorised
from provisioner.core.dmarc.record import DmarcRecord, ReportUri
from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.core.dns.ask import Ask
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.mail_domain.receiving import is_null_mx
from provisioner.core.values.domain import DomainName

_REPEAT = "check the network and PROVISIONER_DNS_SERVER, then repeat"


def reports(published: Published, ask: Ask) -> tuple[Finding, ...]:
    """Judge the destinations of the one record at a name; nothing where there is none, or several."""
    if len(published.records) != 1:
        return ()
    hosts = {uri.address.domain: uri for uri in published.records[0].uris("rua") if uri.address}
    hosts.pop(published.mail_from or "", None)  # there SES takes the mail, which is another finding
    for host in hosts:
        _mail_at(host, ask)  # asked for before anything is judged
    refused = tuple(_without_consent(published, ask))
    return (*refused, *(_below(one, refused) for one in _without_mail(published, hosts, ask)))


def _without_consent(published: Published, ask: Ask) -> Iterator[Finding]:
    needed = authorisations(published)
    answers = [ask(name, "TXT") if can_be_given(name) else Absent(nxdomain=True) for _, name in needed]
    for (uri, name), answer in zip(needed, answers, strict=True):
        match answer:
            case Found(values) if any(DmarcRecord.parse(value) for value in values):
                continue
            case Unreachable(reason):
                message = f"whether {name} consents to reports to {uri.text}, DNS does not say: {reason}"
                yield _not_run(published, message, reason)
            case _:
                yield unauthorised(published, uri, name)


def _below(finding: Finding, refused: tuple[Finding, ...]) -> Finding:
    """Put what is wrong with a host below its missing consent: without that, nothing is sent there at all."""
    uri = finding.evidence.get("uri")
    if all(one.id != "dmarc.report_unauthorised" or one.evidence["uri"] != uri for one in refused):
        return finding
    return replace(finding, severity=Severity.INFO, remedy="", caused_by="dmarc.report_unauthorised")


def _without_mail(published: Published, hosts: dict[str, ReportUri], ask: Ask) -> Iterator[Finding]:
    for host, uri in hosts.items():
        mx, *addresses = _mail_at(host, ask)
        is_null = isinstance(mx, Found) and all(map(is_null_mx, mx.values))
        answers = [mx] if is_null else [mx, *addresses]
        if any(isinstance(answer, Found) for answer in answers) and not is_null:
            continue
        silent = next((answer for answer in answers if isinstance(answer, Unreachable)), None)
        if silent:
            message = f"whether {host} takes the reports to {uri.text}, DNS does not say: {silent.reason}"
            yield _not_run(published, message, silent.reason)
        else:
            yield _unreachable(published, host, uri, is_null=is_null)


def _mail_at(host: str, ask: Ask) -> tuple[DnsAnswer, ...]:
    return tuple(ask(host, rtype) for rtype in ("MX", "A", "AAAA"))


def _unreachable(published: Published, host: str, uri: ReportUri, *, is_null: bool) -> Finding:
    """Return the finding about a host without mail: of the domain's own it is said elsewhere too, and only told."""
    why = "says by its null MX that it takes no mail" if is_null else "has neither MX nor address"
    message = f"reports to {uri.text} do not arrive: {host} {why}"
    is_own = DomainName(host).organizational == published.policy_domain.organizational
    severity = Severity.INFO if is_own else Severity.WARNING
    remedy, evidence = "report to an address that receives mail", {"found": list(published.texts), "uri": uri.text}
    finding = published.finding("rua_unreachable", severity, message, remedy, "RFC 5321 section 5.1")
    return replace(finding, evidence=evidence)


def _not_run(published: Published, message: str, reason: str) -> Finding:
    evidence = {"found": list(published.texts), "reason": reason}
    return Finding(NOT_RUN, Severity.WARNING, f"TXT {published.name}", message, _REPEAT, evidence=evidence)
