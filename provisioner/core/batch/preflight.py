"""What a batch will need, said before anything is touched: room in the account, API calls, minutes, money, memory."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provisioner.core.account.rates import Rate
from provisioner.core.account.ses import SesAccount
from provisioner.core.account.stock import Room
from provisioner.core.asked.decisions import ResolvedZone
from provisioner.core.asked.request import ZoneMode
from provisioner.core.values.domain import DomainName

# Calls of Terraform and of this program together, counted against the sandbox, as (new domain, unchanged domain).
ROUTE53 = "route53"
CALLS: Mapping[str, tuple[int, int]] = {ROUTE53: (46, 20), "sesv2": (13, 7), "iam": (9, 3)}
SECONDS_NEW, SECONDS_KNOWN = 75, 15  # one domain on AWS: Route 53 takes up to a minute to be in sync, twice

# aws.amazon.com/route53/pricing: a hosted zone a month, the first 25 of an account and each further one
ZONE_PRICE, FURTHER_ZONE_PRICE, ZONES_AT_FULL_PRICE = 0.50, 0.10, 25


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the batch will cost: calls by service, minutes at least, dollars a month for what it adds."""

    calls: Mapping[str, int]
    minutes: int
    monthly_dollars: float

    def to_document(self) -> dict[str, Any]:
        """Return the `estimate` object."""
        return {"calls": dict(self.calls), "minutes": self.minutes, "monthly_dollars": self.monthly_dollars}


@dataclass(frozen=True, slots=True)
class Preflight:
    """What is known before anything is touched; `known` domains are provisioned already.

    `accounts` are what SES says of the account in each region.
    """

    domains: int
    known: int
    rooms: Sequence[Room]
    estimate: Estimate
    notes: Sequence[str] = field(default=())
    accounts: Sequence[SesAccount] = field(default=())

    def to_document(self) -> dict[str, Any]:
        """Return the `preflight` object."""
        return {
            "domains": self.domains,
            "known": self.known,
            "quotas": [room.to_document() for room in self.rooms],
            "estimate": self.estimate.to_document(),
            "notes": list(self.notes),
            "accounts": [account.to_document() for account in self.accounts],
        }


@dataclass(frozen=True, slots=True)
class Load:
    """What one domain asks of AWS: `known` is provisioned already, `external` keeps its records outside Route 53."""

    known: bool = False
    external: bool = False

    @property
    def seconds(self) -> int:
        """How long it takes alone."""
        return SECONDS_KNOWN if self.known or self.external else SECONDS_NEW

    def calls(self, service: str) -> int:
        """Return how many calls of a service it takes."""
        fresh, again = CALLS[service]
        return 0 if self.external and service == ROUTE53 else again if self.known else fresh


def needs_zone(domain: DomainName, asked: ZoneMode, decided: ResolvedZone | None, existing: Collection[str]) -> bool:
    """Say whether a hosted zone would be created, given the names of the public zones that exist."""
    if decided is not None:
        return decided.is_ours and domain.ascii not in existing
    if asked is ZoneMode.CREATE:
        return True
    return asked is ZoneMode.AUTO and not any(name in existing for name in (domain.ascii, *domain.parents()))


def estimate(loads: Sequence[Load], zones: Room, rates: Mapping[str, Rate], parallelism: int) -> Estimate:
    """Estimate a batch: the slower of AWS's rates and of waiting in `parallelism` lanes decides how long it takes."""
    calls = {service: sum(load.calls(service) for load in loads) for service in CALLS}
    at_the_limit = max(calls[service] / rate.per_second for service, rate in rates.items())
    waiting = sum(load.seconds for load in loads) / max(1, parallelism)
    minutes = math.ceil(max(at_the_limit, waiting) / 60)
    return Estimate(calls, minutes, _zone_dollars(zones.stock.used or 0, zones.adds))


def _zone_dollars(used: int, added: int) -> float:
    full = max(0, min(added, ZONES_AT_FULL_PRICE - used))
    return round(full * ZONE_PRICE + (added - full) * FURTHER_ZONE_PRICE, 2)
