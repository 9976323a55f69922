"""`batch MANIFEST` and `batch merge`: many domains in one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from provisioner.cli.batch import text
from provisioner.cli.batch.ask import Ask, with_run
from provisioner.cli.batch.view import choose_view
from provisioner.cli.frame.common import Common, command
from provisioner.cli.frame.machine import usual_parallelism
from provisioner.cli.frame.options import Cold, Parallelism, sharing_of
from provisioner.cli.frame.output import StderrProgress, print_document, print_text
from provisioner.cli.frame.signals import Signals
from provisioner.core.account.rates import Rate, parse_rates
from provisioner.core.batch.journal import RunState
from provisioner.core.batch.preflight import Preflight, servable
from provisioner.core.batch.report import BatchReport, Status
from provisioner.core.batch.shards import choose_shard
from provisioner.core.terraform.sharing import Sharing
from provisioner.core.values.duration import parse_duration
from provisioner.errors import Interrupted
from provisioner.usecases.batch.merge import merge
from provisioner.usecases.batch.preflight import in_region, preflight, refuse_too_much
from provisioner.usecases.batch.run import Control, Job, plan_batch, run_batch
from provisioner.usecases.parallel.stopping import Stop

if TYPE_CHECKING:
    from typer._click.core import Context

    from provisioner.ports.batch import BatchEdges

SOME_FAILED = 4

_CUT_SHORT = (Status.NOT_STARTED, Status.INTERRUPTED)
_SUBCOMMANDS = ("run", "merge", "-h", "--help")


class _RunByDefault(TyperGroup):
    """`batch domains.yaml` is `batch run domains.yaml`; `--resume ID` is `--resume --run ID`."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Put `run` in front unless a subcommand is named, and name the run that shall be resumed."""
        named = not args or args[0] in _SUBCOMMANDS
        return super().parse_args(ctx, with_run(args) if named else ["run", *with_run(args)])


app = typer.Typer(
    cls=_RunByDefault,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    help="Provision many domains in one run: `provisioner batch MANIFEST`.",
    epilog="""\
Examples:

\b
  provisioner batch domains.yaml
  provisioner batch domains.csv --dry-run
  provisioner batch --resume""",
)


@dataclass(frozen=True, slots=True)
class _Task:
    """One command line of `batch run`, read and checked."""

    common: Common
    world: BatchEdges
    job: Job
    name: str
    state: RunState
    rates: Mapping[str, Rate]


@dataclass(frozen=True, slots=True)
class _Watched:
    """A batch that is over, and whether the user ended it before its end."""

    report: BatchReport
    interrupted: bool


@command(
    app,
    "run",
    examples="""\
  provisioner batch domains.yaml --report report.html --report report.json
  provisioner batch domains.csv --dry-run
  provisioner batch - < domains.json
  provisioner batch --resume
  provisioner batch domains.yaml --run nightly --shard 0/3""",
)
def _run(
    common: Common,
    manifest: Annotated[
        str | None, typer.Argument(metavar="MANIFEST", help="YAML, JSON or CSV; - for stdin. Default: that of the run.")
    ] = None,
    parallelism: Parallelism = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the last run, or the one that --run names.")
    ] = False,
    run: Annotated[
        str | None, typer.Option("--run", metavar="NAME", help="Name of the run; one that exists is continued.")
    ] = None,
    only_failed: Annotated[
        bool, typer.Option("--only-failed", help="Go on with the last run, but only with what failed in it.")
    ] = False,
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="I/N", help="Do part I, counted from 0, of N parts.")
    ] = None,
    shards: Annotated[
        int | None, typer.Option("--shards", min=1, metavar="N", help="Parts of an indexed job; it knows its index.")
    ] = None,
    report: Annotated[
        list[Path] | None, typer.Option("--report", metavar="FILE", help="Write a report: .json, .csv or .html.")
    ] = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Begin no more domains after a failure.")] = False,
    timeout: Annotated[
        str, typer.Option("--timeout", metavar="DURATION", help="What one domain may take at most.")
    ] = "30m",
    api_rate: Annotated[
        str, typer.Option("--api-rate", metavar="SPEC", help="What AWS allows, e.g. route53=10:50,sesv2=1.")
    ] = "",
    ignore_quotas: Annotated[
        bool, typer.Option("--ignore-quotas", help="Begin even if the account has no room for all domains.")
    ] = False,
    cold: Cold = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
) -> int:
    """Provision every domain of a manifest, in parallel, and report what became of each.

    A failure is its domain's alone: exit 4, and --resume does what is left. Ctrl-C lets running domains finish, a
    second one interrupts Terraform, a third kills it. On AWS Batch and Kubernetes, each task of an array or indexed job
    does its shard.
    """
    from provisioner.wiring.batch import report_files, runs  # noqa: PLC0415 - help is cheap
    from provisioner.wiring.worlds import open_batch  # noqa: PLC0415 - help is cheap

    reports, files = report or [], report_files()
    files.check(reports)
    settings, limit = common.settings(), parse_duration(timeout)
    part = choose_shard(shard, shards, settings.environment)
    rates = {name: rate.share(part.total if part else 1) for name, rate in parse_rates(api_rate).items()}
    sharing = sharing_of(None, cold=cold, usual=Sharing.ALWAYS)
    ask = Ask(runs(settings), run, part, resume=resume or only_failed)
    wanted = in_region(ask.manifest(manifest), common.chosen_region(), common.default_region())
    with open_batch(settings, common.progress(), rates=rates, timeout=limit, sharing=sharing) as world:
        usual = min(usual_parallelism(len(wanted.part(ask.shard)), cold=cold), servable(rates, limit.total_seconds()))
        width = parallelism or usual
        job = Job(ask.run, wanted, ask.shard, width, limit, only_failed=only_failed, fail_fast=fail_fast)
        task = _Task(common, world, job, manifest or f"run {ask.run}", ask.state, rates)
        found = _looked_ahead(task, ignore_quotas=ignore_quotas)
        if dry_run:
            return _plan(task, found)
        ran = _watched(task, run_batch, found.domains)
    for path in reports:
        files.write(path, ran.report)
    if ran.interrupted:
        raise _interrupted(ran.report)
    return _print_report(common, ran.report)


def _looked_ahead(task: _Task, *, ignore_quotas: bool) -> Preflight:
    job = task.job
    to_do = task.state.to_do(job.entries, only_failed=job.only_failed)
    found = preflight(task.world, task.name, to_do, task.rates, job.parallelism)
    if not task.common.quiet:
        StderrProgress(quiet=False, verbose=False).note(text.preflight(found))
    if not ignore_quotas:
        refuse_too_much(found)
    return found


def _watched(task: _Task, work: Callable[[BatchEdges, Job, Control], BatchReport], total: int) -> _Watched:
    """Run a batch or plan it, with a view of it, and with Ctrl-C in our hands."""
    view, stop = choose_view(total, quiet=task.common.quiet, verbose=task.common.verbose), Stop()
    signals = Signals(stop, view.say)
    with signals.watched(), view.shown():
        done = work(task.world, task.job, Control(view, stop, signals.look))
    return _Watched(done, interrupted=signals.seen and not done.complete)


def _plan(task: _Task, found: Preflight) -> int:
    planned = _watched(task, plan_batch, len(task.job.entries))
    done = planned.report
    if planned.interrupted and any(outcome.status in _CUT_SHORT for outcome in done.outcomes):
        raise Interrupted("interrupted", "interrupted while planning", "nothing was changed")
    if task.common.as_json:
        print_document({**done.to_document(), "preflight": found.to_document()})
    else:
        print_text(text.plans(done))
    return SOME_FAILED if done.failed else 0


def _print_report(common: Common, done: BatchReport) -> int:
    if common.as_json:
        print_document(done.to_document())
    else:
        print_text(text.report(done))
    return 0 if all(outcome.finished for outcome in done.outcomes) else SOME_FAILED


def _interrupted(done: BatchReport) -> Interrupted:
    left = sum(not outcome.finished for outcome in done.outcomes)
    message = f"run {done.run} was interrupted: {left} of {len(done.outcomes)} domains are left"
    return Interrupted("interrupted", message, f"go on with `provisioner batch --resume={done.run}`")


@command(
    app,
    "merge",
    examples="""\
  provisioner batch merge nightly.0-of-3 nightly.1-of-3 nightly.2-of-3 --report all.html
  provisioner batch merge reports/*.json --json""",
)
def _merge(
    common: Common,
    shards: Annotated[list[str], typer.Argument(metavar="SHARD", help="Runs, their directories, or JSON reports.")],
    report: Annotated[
        list[Path] | None, typer.Option("--report", metavar="FILE", help="Write a report: .json, .csv or .html.")
    ] = None,
) -> int:
    """Make one report of all shards of a batch.

    They must all be there, at their end, and of the same manifest; exit 3 while one is missing.
    """
    from provisioner.wiring.batch import report_files, runs  # noqa: PLC0415 - help is cheap

    files = report_files()
    files.check(report or [])
    done = merge(runs(common.settings()), shards)
    for path in report or []:
        files.write(path, done)
    return _print_report(common, done)
