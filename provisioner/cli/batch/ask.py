"""Which run of a batch a command line means, new or begun before, and whose manifest."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from provisioner.core.batch.journal import read
from provisioner.core.batch.manifest import Manifest
from provisioner.core.batch.shards import Shard
from provisioner.errors import InputError
from provisioner.ports.batch import Runs
from provisioner.usecases.batch.run import INPUT
from provisioner.usecases.batch.runs import LATEST, latest_run

_RUN_ID = re.compile(r"latest|\d{8}-\d{6}-[0-9a-f]{4}(\.\d+-of-\d+)?")


def with_run(args: Sequence[str]) -> list[str]:
    """Give `--resume` its optional value: behind `=`, or the next word when it can only be a run."""
    found: list[str] = []
    for word in args:
        if found and found[-1] == "--resume" and _RUN_ID.fullmatch(word):
            found += ["--run", word]
        elif word.startswith("--resume="):
            found += ["--resume", "--run", word.removeprefix("--resume=")]
        else:
            found.append(word)
    return found


class Ask:
    """Which run a command line means, and what its journal knows."""

    def __init__(self, runs: Runs, given: str | None, shard: Shard | None, *, resume: bool) -> None:
        self._runs = runs
        self.run = _chosen(runs, given, shard, resume=resume)
        self.state = read(runs.lines(self.run))
        if resume and self.state.begun is None:
            hint = "look into runs/ under the home, or name the right --home"
            raise InputError("no_such_run", f"there is no run {self.run} to go on with", hint)
        self.shard = shard if shard or self.state.begun is None else self.state.begun.shard

    def manifest(self, source: str | None) -> Manifest:
        """Return the manifest that is named, else the one that the run kept."""
        from provisioner.wiring.batch import read_manifest  # noqa: PLC0415 - help is cheap

        if source is not None:
            return read_manifest(source)
        kept = self._runs.load(self.run, INPUT) if self.state.begun else None
        if kept is None:
            raise InputError("no_manifest", "no manifest is named", "give a file, - for standard input, or --resume")
        return Manifest.from_document(kept)


def _chosen(runs: Runs, given: str | None, shard: Shard | None, *, resume: bool) -> str:
    if given is not None and given != LATEST:
        return _of_shard(given, shard)
    if not resume and given is None:
        now = datetime.now(UTC)
        return _of_shard(f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}", shard)
    return latest_run(runs)


def _of_shard(name: str, shard: Shard | None) -> str:
    """Give each shard a run of its own under the name that they share."""
    suffix = f".{shard.index}-of-{shard.total}" if shard else ""
    return name if name.endswith(suffix) else name + suffix
