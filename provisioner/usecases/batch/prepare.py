"""From what is wished to what is to be done: which run, whose manifest, which part of it, how much at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from provisioner.core.account.rates import Rate
from provisioner.core.batch.batch import Batch
from provisioner.core.batch.journal import RunState, read
from provisioner.core.batch.manifest import Manifest
from provisioner.core.batch.parallelism import Machine, servable, usual_parallelism
from provisioner.core.batch.shards import Shard
from provisioner.core.values.region import Region
from provisioner.errors import InputError
from provisioner.ports.batch import Runs
from provisioner.usecases.batch.preflight import in_region
from provisioner.usecases.batch.run import INPUT
from provisioner.usecases.batch.runs import LATEST, latest_run, no_such_run

ReadManifest = Callable[[str], Manifest]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user asks of a batch.

    `manifest` is a file, `-`, or None for the one that the run kept; `run` a name or `latest`, and `resume` says that
    it must exist. `rates` are the account's, of which each of `shard.total` processes takes its share. Without a
    `parallelism` the machine and the rates decide. Domains without a region get the chosen one, else the default.
    `take_over` holds for every domain of this attempt.
    """

    manifest: str | None
    run: str
    resume: bool
    shard: Shard | None
    timeout: timedelta
    rates: Mapping[str, Rate]
    parallelism: int | None = None
    cold: bool = False
    only_failed: bool = False
    fail_fast: bool = False
    take_over: bool = False
    chosen_region: Region | None = None
    default_region: Region | None = None


def prepare(runs: Runs, read_manifest: ReadManifest, wish: Wish, machine: Machine) -> Batch:
    """Return the batch that is wished for; raises `InputError` for a run or a manifest that is not there."""
    run = latest_run(runs) if wish.run == LATEST else _name_of_shard(wish.run, wish.shard)
    state = _read_state(runs, run, must_exist=wish.resume)
    shard = wish.shard or (state.begun.part.shard if state.begun else None)
    manifest = read_manifest(wish.manifest) if wish.manifest is not None else _kept_manifest(runs, run, state)
    manifest = in_region(_permitted(manifest, wish), wish.chosen_region, wish.default_region)
    _refuse_two_partitions(manifest, wish)
    rates = {name: rate.share(wish.shard.total if wish.shard else 1) for name, rate in wish.rates.items()}
    return Batch(
        run=run,
        manifest=manifest,
        shard=shard,
        parallelism=wish.parallelism or _usual(len(manifest.entries_of(shard)), wish, rates, machine),
        timeout=wish.timeout,
        only_failed=wish.only_failed,
        fail_fast=wish.fail_fast,
        source=wish.manifest or f"run {run}",
        rates=rates,
        state=state,
    )


def _refuse_two_partitions(manifest: Manifest, wish: Wish) -> None:
    """Refuse regions of which no credentials can be good for all: each partition has accounts of its own."""
    ours = wish.chosen_region or wish.default_region
    named = {region for region in (ours, *(entry.asked.region for entry in manifest.entries)) if region}
    apart = {region.partition: region.name for region in sorted(named)}
    if len(apart) > 1:
        raise InputError(
            "two_partitions",
            f"{' and '.join(apart.values())} are in different partitions of AWS, with accounts of their own",
            "make one manifest for each partition, and set AWS_REGION to one of its regions",
        )


def _read_state(runs: Runs, run: str, *, must_exist: bool) -> RunState:
    state = read(runs.lines(run))
    if must_exist and state.begun is None:
        raise no_such_run(runs, f"there is no run {run} to go on with")
    return state


def _name_of_shard(name: str, shard: Shard | None) -> str:
    """Give each shard a run of its own under the name that they share."""
    suffix = f".{shard.index}-of-{shard.total}" if shard else ""
    return name if name.endswith(suffix) else name + suffix


def _kept_manifest(runs: Runs, run: str, state: RunState) -> Manifest:
    kept = runs.load(run, INPUT) if state.begun else None
    if kept is None:
        raise InputError("no_manifest", "no manifest is named", "give a file, - for standard input, or --resume")
    return Manifest.from_document(kept)


def _permitted(manifest: Manifest, wish: Wish) -> Manifest:
    """Return the manifest with what the command line permits for each of its domains, which is never kept."""
    if not wish.take_over:
        return manifest
    return Manifest(tuple(replace(e, asked=replace(e.asked, take_over=True)) for e in manifest.entries))


def _usual(domains: int, wish: Wish, rates: Mapping[str, Rate], machine: Machine) -> int:
    return min(usual_parallelism(domains, machine, cold=wish.cold), servable(rates, wish.timeout.total_seconds()))
