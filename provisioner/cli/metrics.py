"""The command `metrics`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer

from provisioner.cli.frame.archive import world_of
from provisioner.cli.frame.chart import chart, percent
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import Domain, parse_domain
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.account.metrics import COUNTS, LONGEST, RATES, Metric, Values
from provisioner.core.account.publishing import SetMetrics
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError
from provisioner.usecases.account.metrics import Regions, metrics_of
from provisioner.usecases.audit.read import count_days

app = commands()


@command(
    app,
    "metrics",
    examples="""\
  provisioner metrics example.com
  provisioner metrics example.com --days 30 --json""",
)
def _metrics(
    common: Common,
    domain: Domain,
    days: Annotated[
        int, typer.Option("--days", min=1, max=LONGEST, metavar="N", help="How many days, with today (UTC).")
    ] = 14,
) -> None:
    """Show how much mail went out for a domain, bounced and was complained of, by day.

    It is what CloudWatch has of the domain's configuration set. SES publishes the rates there; counts it publishes only
    where the set has an event destination to CloudWatch, which AWS bills. Without one they come from the archive of
    events, where there is one.
    """
    name = parse_domain(domain)
    found = metrics_of(
        common.account(),
        name,
        Regions(common.chosen_region(), common.default_region()),
        days,
        archived=lambda region, first, last: _archived(common, name, region, (first, last)),
    )
    if common.as_json:
        print_document(found.to_document())
    else:
        print_text("\n".join(_lines(found)))


def _archived(common: Common, domain: DomainName, region: Region, days: tuple[date, date]) -> Values:
    world = world_of(common)
    try:
        return count_days(world, world.archive(lambda: region, None), domain, *days)
    except ProvisionerError as error:
        # Who may not see whether there is a bucket is told that it is forbidden, also where there is none.
        tell = world.progress.detail if error.code in ("no_archive", "access_denied") else world.progress.warn
        tell(f"the archive of events could not be looked at: {error.message}")
        return {}


def _lines(found: SetMetrics) -> Iterator[str]:
    days, place = found.days, f"configuration set {found.configuration_set} in {found.region}"
    yield f"{found.domain}: {place}, {len(days.listed)} days (UTC)"
    shown = [*(COUNTS if days.has(COUNTS) else ()), *(RATES if days.has(RATES) else ())]
    if shown:
        yield from ("", chart(days, shown), "", *_totals(found))
    yield from (f"note: {note}" for note in found.notes)


def _totals(found: SetMetrics) -> Iterator[str]:
    counts = [f"{found.days.total(m)} {m.word}" for m in COUNTS if found.days.total(m) is not None]
    if counts:
        yield f"in all: {', '.join(counts)}"
    rates = [(m, found.days.latest(m)) for m in (Metric.BOUNCE_RATE, Metric.COMPLAINT_RATE)]
    known = [f"{m.word.replace('_', ' ')} {percent(value)}" for m, value in rates if value is not None]
    if known:
        yield f"last: {', '.join(known)}"
