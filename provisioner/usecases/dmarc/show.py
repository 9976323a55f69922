"""The DMARC record that applies to a domain, where receivers find it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from provisioner.core.checks.dmarc import Setting, check
from provisioner.core.dmarc.discovery import Applicable, look_up
from provisioner.core.dns.answers import Absent, Found, Unreachable
from provisioner.core.dns.ask import Ask, remembering
from provisioner.core.findings import Finding
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges

_REPEAT = "check the network and PROVISIONER_DNS_SERVER, repeat"


@dataclass(frozen=True, slots=True)
class Shown:
    """The record that applies, and what is to improve in it."""

    applicable: Applicable
    findings: tuple[Finding, ...]

    def to_document(self) -> dict[str, Any]:
        """Return the document of `dmarc show --json`; `found_at` is None when no record applies."""
        found = self.applicable.found
        record = found.record if found else None
        walk = self.applicable.walk[:1] if self.applicable.own.record else self.applicable.walk
        return {
            "domain": self.applicable.domain.ascii,
            "found_at": found.name if found else None,
            "inherited": self.applicable.is_inherited,
            "policy": self.applicable.policy,
            "record": str(record) if record else None,
            "tags": dict(record.tags) if record else {},
            "walk": [{"name": step.name, "values": list(step.texts)} for step in walk],
            "findings": [finding.to_document() for finding in self.findings],
        }


def show(edges: Edges, domain: DomainName) -> Shown:
    """Walk up the tree as receivers do; raises `ProvisionerError("dns_unreachable")` when DNS does not answer."""
    ask = remembering(edges.resolver.lookup)
    applicable = applicable_record(ask, domain)
    found = check(domain, Setting(_mail_from(edges, domain)), ask)
    return Shown(applicable, tuple(with_what_can_be_run(edges, finding) for finding in found))


def with_what_can_be_run(edges: Edges, finding: Finding) -> Finding:
    """Return the finding without its `dmarc` command where that is about a domain that is not ours to change."""
    group, _, domain, *_ = (*(finding.command or ()), "", "", "")
    if group != "dmarc" or edges.workspaces.peek(DomainName(domain)):
        return finding
    return replace(finding, command=None, remedy=f"change it where DNS of {domain} is kept")


def applicable_record(ask: Ask, domain: DomainName) -> Applicable:
    """Return the record that applies; raises `ProvisionerError("dns_unreachable")` when DNS does not answer."""
    match look_up(domain, ask):
        case Unreachable(reason):
            raise ProvisionerError("dns_unreachable", reason, _REPEAT)
        case Applicable() as applicable:
            return applicable


def texts_at(ask: Ask, name: str) -> tuple[str, ...]:
    """Return the TXT values of a name; raises `ProvisionerError("dns_unreachable")` when DNS does not answer."""
    match ask(name, "TXT"):
        case Found(values):
            return values
        case Absent():
            return ()
        case Unreachable(reason):
            message = f"TXT {name}: DNS does not answer: {reason}"
            raise ProvisionerError("dns_unreachable", message, _REPEAT)


def _mail_from(edges: Edges, domain: DomainName) -> str | None:
    workspace = edges.workspaces.peek(domain)
    remembered = workspace.recall() if workspace else None
    return domain.child(remembered.request.mail_from) if remembered else None
