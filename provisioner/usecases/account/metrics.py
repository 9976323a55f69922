"""Say how much mail went through a domain's configuration set, day by day."""

from __future__ import annotations

from provisioner.core.account.metrics import Days, span
from provisioner.core.account.publishing import SetMetrics
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import configuration_set_name
from provisioner.errors import InputError, LoggedOut, ProvisionerError
from provisioner.ports.account import AccountEdges
from provisioner.ports.edges import Edges


def metrics_of(
    world: AccountEdges, domain: DomainName, *, chosen: Region | None, default: Region | None, number: int
) -> SetMetrics:
    """Return the last so many days, in UTC, with what SES publishes of them and why it publishes no more.

    A home that knows nothing of the domain is no hindrance: its configuration set is found by its name.
    """
    region = chosen or _remembered(world.edges, domain) or default
    if region is None:
        raise InputError("no_region", f"{domain}: no AWS region was named", "give --region, or set AWS_REGION")
    name = configuration_set_name(domain)
    world.edges.account.check()
    notes, publishing = [], None
    try:
        publishing = world.sending.publishing(name, region)
    except LoggedOut:
        raise
    except ProvisionerError as error:
        if error.code != "access_denied":
            raise
        notes.append(f"could not look at what SES publishes of configuration set {name}: {error.message}")
    if publishing is None and not notes:
        message = f"{domain}: configuration set {name} does not exist in {region}"
        raise ProvisionerError("no_configuration_set", message, f"`provisioner new-domain {domain}` makes it")
    first, last = span(world.edges.clock.now().date(), number)
    days = Days.of(world.metrics.by_day(region, name, first, last), first, last)
    return SetMetrics(domain.ascii, region.name, name, days, [*notes, *(publishing.notes(days) if publishing else ())])


def _remembered(edges: Edges, domain: DomainName) -> Region | None:
    workspace = edges.workspaces.peek(domain)
    remembered = workspace.recall() if workspace else None
    return remembered.request.region if remembered else None
