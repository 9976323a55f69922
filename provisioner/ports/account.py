"""What the commands on the account as a whole need beyond the edges of a domain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from provisioner.core.account.metrics import Values
from provisioner.core.account.production import ProductionRequest
from provisioner.core.account.publishing import Publishing
from provisioner.core.account.suppression import Reason, Suppressed
from provisioner.core.values.region import Region
from provisioner.ports.batch import Inventory
from provisioner.ports.edges import Edges


class Metrics(Protocol):
    """CloudWatch, as far as SES publishes there."""

    def by_day(self, region: Region, configuration_set: str | None, first: date, last: date) -> Values:
        """Return what is known of each metric by day, in UTC, of a configuration set, or of the account without one."""


class SuppressionList(Protocol):
    """The addresses to which SES sends nothing for this account, each region's own."""

    def listed(self, region: Region, reason: Reason | None, since: datetime | None) -> Iterator[Suppressed]:
        """Go through the list, page by page: entries of this reason, changed since then."""

    def entry(self, address: str, region: Region) -> Suppressed | None:
        """Return the entry of exactly this address, None when there is none."""

    def put(self, address: str, reason: Reason, region: Region) -> None:
        """Put an address on the list, or give it another reason."""

    def delete(self, address: str, region: Region) -> None:
        """Take exactly this address off the list; one that is not there any more does not matter."""


class Sending(Protocol):
    """SES v2, as far as the account and its configuration sets are concerned."""

    def publishing(self, configuration_set: str, region: Region) -> Publishing | None:
        """Return what is published of a configuration set, None when it does not exist."""

    def suppress_by(self, region: Region, reasons: Sequence[str]) -> None:
        """Let exactly these reasons put addresses on the account's suppression list; other settings of it stay."""

    def request_production(self, region: Region, request: ProductionRequest) -> None:
        """Ask for production access; raises `Refused("review_open")` when AWS has a request already."""


@dataclass(frozen=True, slots=True)
class AccountEdges:
    """The world of the commands on the account."""

    edges: Edges
    inventory: Inventory
    metrics: Metrics
    sending: Sending
    suppression: SuppressionList
