"""Runs and the inventory of an account in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from provisioner.core.account.stock import Kind, Stock
from provisioner.core.batch.journal import encode
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError


class FakeRuns:
    """Batch runs in memory; `breaks_after` lets appends fail, as a full disk does."""

    def __init__(self) -> None:
        self.journals: dict[str, list[str]] = {}
        self.documents: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._appends = 0
        self._breaks_after: int | None = None

    def breaks_after(self, appends: int) -> FakeRuns:
        self._breaks_after = appends
        return self

    @contextmanager
    def open(self, run: str) -> Iterator[FakeRuns]:
        self._open = self.journals.setdefault(run, [])
        yield self

    def append(self, event: Mapping[str, Any]) -> None:
        self._appends += 1
        if self._breaks_after is not None and self._appends > self._breaks_after:
            raise ProvisionerError("disk_full", "journal.jsonl: No space left on device")
        self._open.append(encode(event))

    def lines(self, run: str) -> Iterable[str]:
        return list(self.journals.get(run, ()))

    def latest(self) -> str | None:
        return list(self.journals)[-1] if self.journals else None

    def save(self, run: str, name: str, document: Mapping[str, Any]) -> str:
        self.documents[run, name] = document
        return f"runs/{run}/{name}.json"

    def load(self, run: str, name: str) -> Mapping[str, Any] | None:
        return self.documents.get((run, name))


class FakeInventory:
    """An account with nothing in it, until told otherwise."""

    def __init__(self) -> None:
        self.kinds: dict[Kind, Stock] = {}
        self.regions: set[str] = set()

    def has(self, kind: Kind, names: Collection[str], *, limit: int, assumed: bool = False) -> FakeInventory:
        self.kinds[kind] = Stock(kind, limit, assumed, len(names), frozenset(names))
        return self

    def hides(self, kind: Kind) -> FakeInventory:
        self.kinds[kind] = Stock(kind, 500, assumed=True)
        return self

    def stocks(self, regions: Collection[Region]) -> Sequence[Stock]:
        self.regions = {region.name for region in regions}
        return [self.kinds.get(kind, Stock(kind, 500, False, 0, frozenset())) for kind in Kind]
