"""What the account holds of a kind, and how much room a quota leaves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a quota counts, in the words of the user."""

    ZONES = "hosted zones"
    USERS = "IAM users"
    IDENTITIES = "SES identities"
    CONFIGURATION_SETS = "configuration sets"

    @property
    def action(self) -> str:
        """The permission without which they cannot be counted."""
        return _ACTIONS[self]


_ACTIONS = {
    Kind.ZONES: "route53:ListHostedZones",
    Kind.USERS: "iam:ListUsers",
    Kind.IDENTITIES: "ses:ListEmailIdentities",
    Kind.CONFIGURATION_SETS: "ses:ListConfigurationSets",
}


@dataclass(frozen=True, slots=True)
class Stock:
    """What the account (and region) has of one kind, and how many it may have.

    `names` and `used` are None when we may not look. `assumed` says that `limit` is AWS's documented default, because
    the account's own could not be read.
    """

    kind: Kind
    limit: int
    assumed: bool
    used: int | None = None
    names: frozenset[str] | None = None
    region: str | None = None

    def to_document(self) -> dict[str, Any]:
        """Return one entry of `limits`."""
        return {
            "kind": self.kind.value,
            "region": self.region,
            "used": self.used,
            "limit": self.limit,
            "limit_is_default": self.assumed,
        }


@dataclass(frozen=True, slots=True)
class Room:
    """A stock and what the batch adds to it."""

    stock: Stock
    adds: int

    @property
    def missing(self) -> int:
        """How many too many there would be; 0 when it fits or nobody knows."""
        return 0 if self.stock.used is None else max(0, self.stock.used + self.adds - self.stock.limit)

    def to_document(self) -> dict[str, Any]:
        """Return one entry of `quotas`."""
        stock = self.stock
        return {
            "kind": stock.kind.value,
            "region": stock.region,
            "used": stock.used,
            "adds": self.adds,
            "limit": stock.limit,
            "limit_is_default": stock.assumed,
        }
