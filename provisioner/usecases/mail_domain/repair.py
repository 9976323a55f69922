"""Put right at an identity what Terraform does not see: signing that is off, and records that SES looks for no more."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.repairs import Repair, repairs_of
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.ports.edges import Edges


def repair(edges: Edges, domain: DomainName, region: Region, identity: IdentityStatus | None) -> tuple[Repair, ...]:
    """Do what the identity needs, telling each, and return it; what needs nothing is not touched."""
    needed = repairs_of(identity)
    for one in needed:
        edges.progress.step(f"{domain}: {one}")
        _do(edges, domain, region, one)
    return needed


def tell_if_in_vain(
    edges: Edges, domain: DomainName, repairs: Sequence[Repair], identity: IdentityStatus | None
) -> None:
    """Warn when the identity still needs what was done, with the way that is left: it may only be a moment late."""
    if set(repairs) & set(repairs_of(identity)):
        edges.progress.warn(
            f"{domain}: SES was told to and has not changed its mind yet: look in some minutes with "
            f"`provisioner status {domain}`; if it stays so, delete the SES identity {domain} in the console, and "
            f"`provisioner new-domain {domain}` makes it anew, with other DKIM records"
        )


def _do(edges: Edges, domain: DomainName, region: Region, one: Repair) -> None:
    match one:
        case Repair.SIGN:
            edges.identities.sign(domain, region)
        case Repair.LOOK_FOR_DKIM:
            edges.identities.look_for_dkim(domain, region)
        case Repair.LOOK_FOR_MAIL_FROM:
            edges.identities.look_for_mail_from(domain, region)
