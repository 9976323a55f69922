"""The credentials that we hold."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.core.credentials import SmtpCredential
from provisioner.core.domain import DomainName
from provisioner.errors import ProvisionerError
from provisioner.ports import Edges
from provisioner.usecases.inspection import list_domains


def stored_credential(edges: Edges, domain: DomainName) -> SmtpCredential:
    """Return the domain's credential; raises `ProvisionerError` when none is kept."""
    credential = edges.store.load(domain)
    if credential is None:
        raise ProvisionerError(
            "no_credential",
            f"{domain}: no SMTP credential is stored at {edges.store.location(domain)}",
            f"make one with `provisioner new-domain {domain}`, or name the right --home, --region or PROVISIONER_STORE",
        )
    return credential


def stored_credentials(edges: Edges, domains: Sequence[DomainName]) -> list[SmtpCredential]:
    """Return the credentials of the domains, or of every domain of the home that has one when none is named."""
    if domains:
        return [stored_credential(edges, domain) for domain in domains]
    found = [edges.store.load(known.domain) for known in list_domains(edges)]
    return [credential for credential in found if credential is not None]
