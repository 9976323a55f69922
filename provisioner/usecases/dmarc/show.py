"""The DMARC record that applies to a domain, where receivers find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from provisioner.core.dmarc.advice import Published, advise, authorisations, unauthorised
from provisioner.core.dmarc.discovery import Applicable, Step, discover
from provisioner.core.dmarc.protocol import tree_walk
from provisioner.core.dmarc.record import only_record
from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges

LookUp = Callable[[str, str], DnsAnswer]


@dataclass(frozen=True, slots=True)
class Shown:
    """The record that applies, and what is to improve in it."""

    applicable: Applicable
    findings: tuple[Finding, ...]

    def to_document(self) -> dict[str, Any]:
        """Return the document of `dmarc show --json`; `found_at` is None when no record applies."""
        found = self.applicable.found
        record = found.record if found else None
        return {
            "domain": self.applicable.domain.ascii,
            "found_at": found.name if found else None,
            "inherited": self.applicable.is_inherited,
            "policy": self.applicable.policy,
            "record": str(record) if record else None,
            "tags": dict(record.tags) if record else {},
            "walk": [{"name": step.name, "values": list(step.texts)} for step in self.applicable.walk],
            "findings": [finding.to_document() for finding in self.findings],
        }


def show(edges: Edges, domain: DomainName) -> Shown:
    """Walk up the tree as receivers do; raises `ProvisionerError("dns_unreachable")` when DNS does not answer."""
    applicable = applicable_record(edges.resolver.lookup, domain)
    return Shown(applicable, advice(edges, applicable, _mail_from(edges, domain)))


def applicable_record(look_up: LookUp, domain: DomainName) -> Applicable:
    """Return the record that applies; raises `ProvisionerError("dns_unreachable")` when DNS does not answer."""
    steps: list[Step] = []
    for name in tree_walk(domain.ascii):
        texts = texts_at(look_up, name)
        steps.append(Step(name, texts, only_record(texts)))
        if steps[0].record is not None:
            break
    return discover(domain, steps)


def dmarc_findings(edges: Edges, spec: MailDomain, applicable: Applicable) -> tuple[Finding, ...]:
    """Return the advice on the DMARC record that applies, as receivers find it."""
    findings = advice(edges, applicable, spec.mail_from)
    if applicable.found is None and not findings:
        message = "no DMARC record applies, large receivers want one of every sender"
        command = ("dmarc", "set", spec.domain.ascii, "--policy", "none")
        published = Published(applicable.own.name, applicable.own.texts, spec.domain, spec.mail_from)
        return (published.repaired_by(command, "none", Severity.ERROR, message, "RFC 9989"),)
    return findings


def advice(edges: Edges, applicable: Applicable, mail_from: str | None) -> tuple[Finding, ...]:
    """Return what to improve at the domain's own name, and in the record that applies."""
    steps = dict.fromkeys(step for step in (applicable.own, applicable.found) if step)
    findings: list[Finding] = []
    for step in steps:
        policy_domain = DomainName(step.domain)  # may be a suffix, which `parse` refuses
        published = Published(step.name, step.texts, policy_domain, mail_from)
        findings += [*advise(published), *_without_consent(edges, published)]
    return tuple(findings)


def _without_consent(edges: Edges, published: Published) -> list[Finding]:
    findings = []
    for uri, name in authorisations(published):
        match edges.resolver.lookup(name, "TXT"):
            case Found(values) if any(only_record([value]) for value in values):
                continue
            case Unreachable(reason):
                findings.append(unauthorised(published, uri, name, f"DNS does not say whether it does: {reason}"))
            case Found() | Absent():
                findings.append(unauthorised(published, uri, name))
    return findings


def texts_at(look_up: LookUp, name: str) -> tuple[str, ...]:
    """Return the TXT values of a name; raises `ProvisionerError("dns_unreachable")` when DNS does not answer."""
    match look_up(name, "TXT"):
        case Found(values):
            return values
        case Absent():
            return ()
        case Unreachable(reason):
            message = f"TXT {name}: DNS does not answer: {reason}"
            raise ProvisionerError("dns_unreachable", message, "check the network and PROVISIONER_DNS_SERVER, repeat")


def _mail_from(edges: Edges, domain: DomainName) -> str | None:
    workspace = edges.workspaces.peek(domain)
    remembered = workspace.recall() if workspace else None
    return domain.child(remembered.request.mail_from) if remembered else None
