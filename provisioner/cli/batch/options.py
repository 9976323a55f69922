"""The options of `batch run`, and what they wish for."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.frame.common import Common
from provisioner.cli.frame.options import Cold, DryRun, NoSecret, Parallelism, TakeOver
from provisioner.core.account.rates import parse_rates
from provisioner.core.batch.shards import choose_shard
from provisioner.core.values.duration import parse_duration
from provisioner.usecases.batch.prepare import Wish
from provisioner.usecases.batch.runs import LATEST

ReportFiles = Annotated[
    list[Path] | None, typer.Option("--report", metavar="FILE", help="Write a report: .json, .csv or .html.")
]

_RUN_ID = re.compile(r"latest|\d{8}-\d{6}-[0-9a-f]{4}(\.\d+-of-\d+)?")


@dataclass(frozen=True, slots=True)
class Options:
    """The arguments and options of `batch run`, as typed."""

    manifest: Annotated[
        str | None, typer.Argument(metavar="MANIFEST", help="YAML, JSON or CSV; - for stdin. Default: that of the run.")
    ] = None
    parallelism: Parallelism = None
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the last run, or the one that --run names.")] = (
        False
    )
    run: Annotated[
        str | None, typer.Option("--run", metavar="NAME", help="Name of the run; one that exists is continued.")
    ] = None
    only_failed: Annotated[
        bool, typer.Option("--only-failed", help="Go on with the last run, but only with what failed in it.")
    ] = False
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="I/N", help="Do part I, counted from 0, of N parts.")
    ] = None
    shards: Annotated[
        int | None, typer.Option("--shards", min=1, metavar="N", help="Parts of an indexed job; it knows its index.")
    ] = None
    report: ReportFiles = None
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Begin no more domains after a failure.")] = False
    timeout: Annotated[str, typer.Option("--timeout", metavar="DURATION", help="What one domain may take at most.")] = (
        "30m"
    )
    api_rate: Annotated[
        str, typer.Option("--api-rate", metavar="SPEC", help="What AWS allows, e.g. route53=10:50,sesv2=1.")
    ] = ""
    ignore_quotas: Annotated[
        bool, typer.Option("--ignore-quotas", help="Begin even if the account has no room for all domains.")
    ] = False
    take_over: TakeOver = False
    cold: Cold = False
    no_secret: NoSecret = False
    dry_run: DryRun = False

    def parse(self, common: Common, environment: Mapping[str, str]) -> Wish:
        """Return the options as values; the environment tells which shard an array job does. Raises `InputError`."""
        return Wish(
            timeout=parse_duration(self.timeout),
            shard=choose_shard(self.shard, self.shards, environment),
            rates=parse_rates(self.api_rate),
            manifest=self.manifest,
            run=self.run if self.run is not None else LATEST if self._goes_on else _new_run(),
            resume=self._goes_on,
            parallelism=self.parallelism,
            cold=self.cold,
            only_failed=self.only_failed,
            fail_fast=self.fail_fast,
            take_over=self.take_over,
            chosen_region=common.chosen_region(),
            default_region=common.default_region(),
        )

    @property
    def _goes_on(self) -> bool:
        return self.resume or self.only_failed


def _new_run() -> str:
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def with_run(args: Sequence[str]) -> list[str]:
    """Give `--resume` its optional value: behind `=`, or the next word when it can only be a run."""
    words: list[str] = []
    for word in args:
        if words and words[-1] == "--resume" and _RUN_ID.fullmatch(word):
            words += ["--run", word]
        elif word.startswith("--resume="):
            words += ["--resume", "--run", word.removeprefix("--resume=")]
        else:
            words.append(word)
    return words
