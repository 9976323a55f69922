"""The consent of those who shall get reports about a domain of somebody else (RFC 9990, external destinations)."""

from dataclasses import replace

from provisioner.core.dmarc.advice import Published
from provisioner.core.dmarc.protocol import external_report_name
from provisioner.core.dmarc.record import ReportUri
from provisioner.core.findings import Finding, Severity
from provisioner.core.values.domain_input import LONGEST_NAME


def authorisations(published: Published) -> tuple[tuple[ReportUri, str], ...]:
    """Return the destinations at other organizations, each with the name where they must publish their consent."""
    uris = [uri for record in published.records for tag in ("rua", "ruf") for uri in record.uris(tag)]
    named = [(uri, external_report_name(published.policy_domain, uri.address)) for uri in uris if uri.address]
    return tuple(dict.fromkeys((uri, name) for uri, name in named if name is not None))


def can_be_given(name: str) -> bool:
    """Say whether a consent can stand at this name: it must be one that DNS can hold."""
    return len(name) <= LONGEST_NAME


def unauthorised(published: Published, uri: ReportUri, name: str) -> Finding:
    """Return the finding about a destination without consent."""
    message = f"reports to {uri.text} are not sent: {name} must hold a TXT v=DMARC1, and it has no such record"
    remedy = f"publish there TXT {name} = v=DMARC1, or report to an address of the domain's own organization"
    if not can_be_given(name):
        message = f"reports to {uri.text} are not sent: no receiver can verify its consent, the name is too long"
        remedy = "report to an address of the domain's own organization"
    why = "RFC 9990, external destinations"
    finding = published.finding("report_unauthorised", Severity.WARNING, message, remedy, why)
    return replace(finding, evidence={"found": list(published.texts), "uri": uri.text, "name": name})
