"""Where the account stands with SES in one region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provisioner.core.account.metrics import Days
from provisioner.core.account.reputation import rates_of
from provisioner.core.account.ses import SesAccount
from provisioner.core.account.stock import Stock


@dataclass(frozen=True, slots=True)
class Unseen:
    """A part that could not be looked at, and why."""

    part: str
    reason: str

    def to_document(self) -> dict[str, str]:
        """Return the part as JSON has it."""
        return {"part": self.part, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """What `account status` tells; `days` None when CloudWatch did not let us look.

    `elsewhere` are other regions in which this home has domains: SES is another account in each.
    """

    account: str
    ses: SesAccount
    days: Days | None
    stocks: Sequence[Stock]
    unseen: Sequence[Unseen]
    elsewhere: Sequence[str] = ()

    def to_document(self) -> dict[str, object]:
        """Return the document of `account status --json`."""
        return {
            "account": self.account,
            **self.ses.to_document(),
            "reputation": self._reputation(),
            "limits": [stock.to_document() for stock in self.stocks],
            "days": None if self.days is None else [day.to_document() for day in self.days.listed],
            "totals": None if self.days is None else self.days.totals,
            "notes": list(self.ses.notes),
            "not_seen": [one.to_document() for one in self.unseen],
            "other_regions": list(self.elsewhere),
        }

    def _reputation(self) -> dict[str, object] | None:
        if self.days is None:
            return None
        return {rate.metric.word: rate.to_document() for rate in rates_of(self.days)}
