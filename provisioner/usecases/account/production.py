"""Ask AWS for production access in one region: once, and with what is really there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from provisioner.core.account.metrics import Days, span
from provisioner.core.account.production import Asked, Practice, ProductionRequest, Stage, parse_website, use_case_text
from provisioner.core.account.ses import SesAccount
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.region import Region
from provisioner.errors import InputError, LoggedOut, ProvisionerError, Refused
from provisioner.ports.account import AccountEdges
from provisioner.usecases.account.status import DAYS
from provisioner.usecases.home import KnownDomain, list_domains


def prepare_request(
    world: AccountEdges, region: Region, website: str | None, contacts: Sequence[EmailAddress], words: str | None
) -> Asked:
    """Return what is to be asked, or that there is nothing to ask; nothing is changed.

    Raises `Refused("production_denied")` where AWS has said no: by the API it cannot be asked again.
    """
    world.edges.account.check()
    ses = world.edges.identities.ses_account(region)
    _refuse_what_cannot_be_asked(ses)
    if ses.production:
        return Asked(ses, Stage.GRANTED)
    if ses.review == "PENDING":
        return Asked(ses, Stage.PENDING)
    domains = [known for known in list_domains(world.edges) if known.request.region == region]
    site = parse_website(website) if website else _only_website(domains)
    text = use_case_text(words, _practice(world, region, ses, domains))
    return Asked(ses, Stage.WOULD_FILE, ProductionRequest(site, tuple(contacts), text))


def file_request(world: AccountEdges, asked: Asked) -> Asked:
    """File what was prepared; what needs no asking stays as it is."""
    if asked.request is None:
        return asked
    world.sending.request_production(asked.ses.region, asked.request)
    return Asked(asked.ses, Stage.FILED, asked.request)


def _refuse_what_cannot_be_asked(ses: SesAccount) -> None:
    if ses.unseen is not None:
        message = f"whether production access was asked for already cannot be seen: {ses.unseen}"
        raise ProvisionerError("access_denied", message, "allow ses:GetAccount")
    if not ses.production and ses.review == "DENIED":
        case = f", case {ses.review_case}" if ses.review_case else ""
        message = f"AWS has denied production access in {ses.region}{case}; by the API it cannot be asked again"
        raise Refused("production_denied", message, f"answer the case in the Support Center, or ask at {ses.console}")


def _only_website(domains: Sequence[KnownDomain]) -> str:
    if len(domains) != 1:
        message = "AWS wants to see the website whose mail it is, and none was named"
        raise InputError("no_website", message, "give --website URL")
    return f"https://{domains[0].domain.ascii}/"


def _practice(world: AccountEdges, region: Region, ses: SesAccount, domains: Sequence[KnownDomain]) -> Practice:
    policies = Counter(_dmarc(known) for known in domains if known.decisions is not None)
    names = [known.domain.ascii for known in domains]
    return Practice(names, policies, ses.suppressed_reasons, _days(world, region))


def _dmarc(known: KnownDomain) -> str:
    policy = known.spec().dmarc
    return f"p={policy}" if policy else "kept by its owner"


def _days(world: AccountEdges, region: Region) -> Days | None:
    first, last = span(world.edges.clock.now().date(), DAYS)
    try:
        return Days.of(world.metrics.by_day(region, None, first, last), first, last)
    except LoggedOut:
        raise
    except ProvisionerError as error:
        world.edges.progress.warn(f"how much was sent is left out of the request: {error.message}")
        return None
