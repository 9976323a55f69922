"""A domain of which neither this home nor the tags of its SES identity know anything."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.provenance import is_ours
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import configuration_set_name, iam_user_name
from provisioner.errors import InputError, ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.decisions.zone import is_our_zone
from provisioner.usecases.mail_domain.destruction import Destruction


def nothing_there(edges: Edges, domain: DomainName, asked: Asked) -> Destruction:
    """Say that there is nothing to destroy, after a look at AWS by the names that our resources have.

    A zone of ours that stands is told: it was kept, or is left of a run that died. Raises `InputError("no_region")`
    when no region was named to look in, and `ProvisionerError("leftovers")` for what else is left of ours.
    """
    region = asked.region or asked.default_region
    if region is None:
        message = f"{domain}: this home knows nothing of it, and no AWS region was named to look in"
        raise InputError("no_region", message, "give --region, or set AWS_REGION, e.g. AWS_REGION=us-east-1")
    left = list(_leftovers(edges, domain, region))
    if left:
        message = f"{domain}: SES in {region} does not know it, but these of ours are left: {', '.join(left)}"
        hint = (
            "if it sends from another region, name that with --region; else "
            f"`provisioner new-domain {domain} --region {region}` takes them in, and then destroy-domain ends them"
        )
        raise ProvisionerError("leftovers", message, hint)
    zone = next((zone.id for zone in edges.zones.public_zones(domain.ascii) if _is_ours(edges, zone, domain)), None)
    return Destruction(domain, edges.account.caller().account, region, kept_zone=zone, known=False)


def _leftovers(edges: Edges, domain: DomainName, region: Region) -> Iterator[str]:
    if is_ours(edges.users.tags(iam_user_name(domain)) or {}, domain):
        yield f"IAM user {iam_user_name(domain)}"
    name = configuration_set_name(domain)
    if is_ours(edges.identities.configuration_set_tags(name, region) or {}, domain):
        yield f"configuration set {name}"


def _is_ours(edges: Edges, zone: HostedZone, domain: DomainName) -> bool:
    return is_our_zone(zone, domain, edges.zones.record_sets(zone.id))
