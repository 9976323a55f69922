"""What the commands on the account as a whole need beyond the edges of a domain."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from provisioner.core.account.metrics import Values
from provisioner.core.values.region import Region
from provisioner.ports.batch import Inventory
from provisioner.ports.edges import Edges


class Metrics(Protocol):
    """CloudWatch, as far as SES publishes there."""

    def by_day(self, region: Region, configuration_set: str | None, first: date, last: date) -> Values:
        """Return what is known of each metric by day, in UTC, of a configuration set, or of the account without one."""


@dataclass(frozen=True, slots=True)
class AccountEdges:
    """The world of the commands on the account."""

    edges: Edges
    inventory: Inventory
    metrics: Metrics
