"""What puts a finding right, in one place for all checks."""

from dataclasses import replace

from provisioner.core.findings import Finding
from provisioner.core.values.domain import DomainName


def by_new_domain(domain: DomainName, does: str, finding: Finding) -> Finding:
    """Return the finding with `new-domain`, whose plan puts it right without taking anything from anybody."""
    remedy = f"`provisioner new-domain {domain}` {does}"
    return replace(finding, remedy=remedy, command=("new-domain", domain.ascii), repairable=True)
