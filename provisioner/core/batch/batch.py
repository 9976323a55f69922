"""A batch as a value: what is to be done, under which name, and how fast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from provisioner.core.account.rates import Rate
from provisioner.core.batch.journal import RunState
from provisioner.core.batch.manifest import Entry, Manifest
from provisioner.core.batch.shards import Part, Shard


@dataclass(frozen=True, slots=True)
class Batch:
    """The domains of `shard` (None: all), `parallelism` at once, at most `timeout` each.

    A `run` that exists is continued: what it finished, as `state` tells, is not done again unless something else is
    asked now. `source` is what messages call the manifest; `rates` are those of AWS that are left to this process.
    """

    run: str
    manifest: Manifest
    shard: Shard | None
    parallelism: int
    timeout: timedelta
    only_failed: bool = False
    fail_fast: bool = False
    source: str = "the manifest"
    rates: Mapping[str, Rate] = field(default_factory=dict)
    state: RunState = field(default_factory=RunState)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The domains that are this process's to do."""
        return self.manifest.entries_of(self.shard)

    @property
    def part(self) -> Part:
        """Which part of the manifest they are."""
        return Part(self.manifest.digest, len(self.manifest.entries), self.shard)

    @property
    def any_region(self) -> str | None:
        """One of the regions that the manifest names; all are in one partition of AWS."""
        return next((entry.asked.region.name for entry in self.manifest.entries if entry.asked.region), None)

    @property
    def to_do(self) -> Sequence[Entry]:
        """Those of them that are not finished."""
        return self.state.to_do(self.entries, only_failed=self.only_failed)
