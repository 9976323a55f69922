"""Say where the account stands with SES in one region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.core.account.metrics import Days, span
from provisioner.core.account.ses import SesAccount
from provisioner.core.account.status import AccountStatus, Unseen
from provisioner.core.account.stock import Stock
from provisioner.core.values.region import Region
from provisioner.errors import LoggedOut, ProvisionerError
from provisioner.ports.account import AccountEdges
from provisioner.usecases.home import list_domains

DAYS = 14
_METRICS = "what was sent, and the rates of bounces and complaints"


def account_status(world: AccountEdges, region: Region) -> AccountStatus:
    """Look at all of it; a part that may not be looked at is named with the reason, and the others are told."""
    edges = world.edges
    account = edges.account.caller().account
    edges.progress.step(f"{region}: asking SES and CloudWatch how the account stands")
    ses = edges.identities.ses_account(region)
    days, unseen = _days(world, region)
    edges.progress.step(f"{region}: counting what there is")
    stocks = world.inventory.stocks([region])
    unseen_parts = [*_of_ses(ses), *unseen, *_of_stocks(stocks)]
    others = {known.request.region.name for known in list_domains(edges)} - {region.name}
    return AccountStatus(account, ses, days, stocks, unseen_parts, sorted(others))


def _days(world: AccountEdges, region: Region) -> tuple[Days | None, list[Unseen]]:
    first, last = span(world.edges.clock.now().date(), DAYS)
    try:
        return Days.of(world.metrics.by_day(region, None, first, last), first, last), []
    except LoggedOut:
        raise
    except ProvisionerError as error:
        return None, [Unseen(_METRICS, error.message)]


def _of_ses(ses: SesAccount) -> Iterator[Unseen]:
    if ses.unseen is not None:
        yield Unseen("what SES lets the account do", ses.unseen)


def _of_stocks(stocks: Sequence[Stock]) -> Iterator[Unseen]:
    for stock in stocks:
        if stock.used is None:
            yield Unseen(f"how many {stock.kind} there are", f"AWS does not say, allow {stock.kind.action} to see it")
