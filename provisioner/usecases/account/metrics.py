"""Say how much mail went through a domain's configuration set, day by day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from provisioner.core.account.metrics import COUNTS, Days, Values, span
from provisioner.core.account.publishing import SetMetrics
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import configuration_set_name
from provisioner.errors import InputError, LoggedOut, ProvisionerError
from provisioner.ports.account import AccountEdges
from provisioner.ports.edges import Edges


@dataclass(frozen=True, slots=True)
class Regions:
    """The region of an option, which wins, and that of the environment, which a domain's own goes before."""

    chosen: Region | None
    default: Region | None


def metrics_of(
    world: AccountEdges,
    domain: DomainName,
    regions: Regions,
    number: int,
    archived: Callable[[Region, date, date], Values] = lambda *_: {},
) -> SetMetrics:
    """Return the last so many days, in UTC, with what SES publishes of them and why it publishes no more.

    A home that knows nothing of the domain is no hindrance: its configuration set is found by its name. `archived` is
    asked for the counts, from the first day to the last, where CloudWatch has none.
    """
    region = regions.chosen or _remembered(world.edges, domain) or regions.default
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
    values = world.metrics.by_day(region, name, first, last)
    days = Days.of(values, first, last)
    if not days.has(COUNTS) and (kept := archived(region, first, last)):
        days = Days.of({**values, **kept}, first, last)
        notes.append("the counts are from the archive of events, one for each recipient")
    return SetMetrics(domain.ascii, region.name, name, days, [*notes, *(publishing.notes(days) if publishing else ())])


def _remembered(edges: Edges, domain: DomainName) -> Region | None:
    workspace = edges.workspaces.peek(domain)
    remembered = workspace.recall() if workspace else None
    return remembered.request.region if remembered else None
