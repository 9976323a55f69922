"""What a batch needs beyond the edges of its domains."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from provisioner.core.account.stock import Stock
from provisioner.core.values.region import Region
from provisioner.ports.edges import Edges


class Journal(Protocol):
    """The journal of one run, held by one process."""

    def append(self, event: Mapping[str, Any]) -> None:
        """Write one event and return when it is on disk; raises `ProvisionerError` when it cannot be written."""


class Runs(Protocol):
    """The batch runs of a home, under `$PROVISIONER_HOME/runs/<id>/`."""

    def open(self, run: str) -> AbstractContextManager[Journal]:
        """Hold a run, made when it does not exist; raises `ProvisionerError` when another process holds it."""

    def lines(self, run: str) -> Iterable[str]:
        """Return the lines of a run's journal; none when there is no such run."""

    def latest(self) -> str | None:
        """Return the id of the run that was worked on last, None when there was none."""

    def save(self, run: str, name: str, document: Mapping[str, Any]) -> str:
        """Keep a JSON document (`input` or `completion`) with the run, atomically; return its path."""

    def load(self, run: str, name: str) -> Mapping[str, Any] | None:
        """Return a document of the run, None when there is none; `run` may be a path to it."""


class Inventory(Protocol):
    """What the account holds, looked at as a whole before a batch."""

    def stocks(self, regions: Collection[Region]) -> Sequence[Stock]:
        """Return hosted zones, IAM users, and each region's SES identities and configuration sets, with their limits.

        Afterwards several threads may use the edges for these regions.
        """


@dataclass(frozen=True, slots=True)
class BatchEdges:
    """What a batch needs beyond the edges of its domains."""

    edges: Edges
    inventory: Inventory
    runs: Runs
