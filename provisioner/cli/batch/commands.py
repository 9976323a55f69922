"""`batch MANIFEST` and `batch merge`: many domains in one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from provisioner.cli.batch import text
from provisioner.cli.batch.options import Options, ReportFiles, with_run
from provisioner.cli.batch.view import choose_view
from provisioner.cli.frame import unkept
from provisioner.cli.frame.common import Common, command, commands, group
from provisioner.cli.frame.machine import this_machine
from provisioner.cli.frame.options import code_of_dry_run, sharing_of
from provisioner.cli.frame.output import StderrProgress, print_document, print_text
from provisioner.cli.frame.signals import Signals
from provisioner.core.batch.batch import Batch
from provisioner.core.batch.preflight import Preflight
from provisioner.core.batch.report import BatchReport, Status
from provisioner.core.terraform.sharing import Sharing
from provisioner.errors import Interrupted, KeyNotKept, carrying
from provisioner.ports.batch import BatchEdges
from provisioner.usecases.batch.merge import merge
from provisioner.usecases.batch.preflight import preflight, refuse_too_much
from provisioner.usecases.batch.prepare import prepare
from provisioner.usecases.batch.run import Control, plan_batch, run_batch
from provisioner.usecases.parallel.stopping import Stop

if TYPE_CHECKING:
    from typer._click.core import Context

Work = Callable[[BatchEdges, Batch, Control], BatchReport]

SOME_FAILED = 4

_CUT_SHORT = (Status.NOT_STARTED, Status.INTERRUPTED)
_SUBCOMMANDS = ("run", "merge", "-h", "--help")


class _RunByDefault(TyperGroup):
    """`batch domains.yaml` is `batch run domains.yaml`; `--resume ID` is `--resume --run ID`."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Put `run` in front unless a subcommand is named, and name the run that shall be resumed."""
        named = not args or args[0] in _SUBCOMMANDS
        return super().parse_args(ctx, with_run(args) if named else ["run", *with_run(args)])


app = commands()
batch_group = group(
    app,
    "batch",
    "Provision many domains in one run: `provisioner batch MANIFEST`.",
    examples="""\
  provisioner batch domains.yaml
  provisioner batch domains.csv --dry-run
  provisioner batch --resume""",
    cls=_RunByDefault,
)


@command(
    batch_group,
    "run",
    examples="""\
  provisioner batch domains.yaml --report report.html --report report.json
  provisioner batch domains.csv --dry-run
  provisioner batch - < domains.json
  provisioner batch --resume
  provisioner batch domains.yaml --run nightly --shard 0/3""",
)
def _run(common: Common, options: Options) -> int:
    """Provision every domain of a manifest, in parallel, and report what became of each.

    A failure is its domain's alone: exit 4, and --resume does what is left. Ctrl-C lets running domains finish, a
    second one interrupts Terraform, a third kills it. On AWS Batch and Kubernetes, each task of an array or indexed job
    does its shard.
    """
    from provisioner.wiring.batch import read_manifest, report_files, runs  # noqa: PLC0415 - help is cheap
    from provisioner.wiring.worlds import open_batch  # noqa: PLC0415 - help is cheap

    files = report_files()
    files.check(options.report or [])
    settings = common.settings()
    wish = options.parse(common, settings.environment)
    batch = prepare(runs(settings), read_manifest, wish, this_machine())
    settings = replace(settings, fallback_region=batch.any_region or settings.fallback_region)
    sharing = sharing_of(None, cold=options.cold, usual=Sharing.ALWAYS)
    progress, rates, timeout = common.progress(), batch.rates, batch.timeout
    not_kept: list[KeyNotKept] = []
    with carrying(not_kept):
        with open_batch(settings, progress, rates=rates, timeout=timeout, sharing=sharing) as world:
            ahead = _look_ahead(common, world, batch, ignore_quotas=options.ignore_quotas)
            if options.dry_run:
                return _plan(common, world, batch, ahead)
            _warn_if_ephemeral(common, progress)
            done, interrupted = _watch(common, world, batch, run_batch, ahead.domains, not_kept)
        for path in options.report or []:
            files.write(path, done)
        if interrupted:
            raise _interruption(done)
    return _print_report(common, done, () if options.no_secret else not_kept)


def _warn_if_ephemeral(common: Common, progress: StderrProgress) -> None:
    notice = common.ephemeral_notice(printed=False)
    if notice:
        progress.warn(notice)


def _look_ahead(common: Common, world: BatchEdges, batch: Batch, *, ignore_quotas: bool) -> Preflight:
    ahead = preflight(world, batch)
    if not common.quiet:
        StderrProgress(quiet=False, verbose=False).note(text.preflight(ahead))
    if not ignore_quotas:
        refuse_too_much(ahead)
    return ahead


def _watch(
    common: Common, world: BatchEdges, batch: Batch, work: Work, domains: int, not_kept: list[KeyNotKept]
) -> tuple[BatchReport, bool]:
    """Run a batch or plan it, with a view of it; return its report, and whether Ctrl-C ended it before its end.

    New keys that could be neither stored nor deleted again are added to `not_kept`.
    """
    view, stop = choose_view(domains, quiet=common.quiet, verbose=common.verbose), Stop()
    signals = Signals(stop, view.say)
    with signals.take_over(), view.display():
        done = work(world, batch, Control(view, stop, signals.look, not_kept))
    return done, signals.seen and any(outcome.status in _CUT_SHORT for outcome in done.outcomes)


def _plan(common: Common, world: BatchEdges, batch: Batch, ahead: Preflight) -> int:
    done, interrupted = _watch(common, world, batch, plan_batch, len(batch.entries), [])
    if interrupted:
        raise Interrupted("interrupted", "interrupted while planning", "nothing was changed")
    if common.as_json:
        print_document({**done.to_document(), "preflight": ahead.to_document()})
    else:
        print_text(text.plans(done, in_full=common.verbose))
    planned = any(outcome.status is Status.PLANNED for outcome in done.outcomes)
    return SOME_FAILED if done.failed else code_of_dry_run(changes=planned)


def _print_report(common: Common, done: BatchReport, not_kept: Sequence[KeyNotKept] = ()) -> int:
    """Print what became of each domain, and the credentials that are kept nowhere, which no report file has."""
    if common.as_json:
        print_document(_with_credentials(done.to_document(), not_kept))
    else:
        print_text("\n\n".join([text.report(done), *unkept.in_text(not_kept)]))
    return 0 if all(outcome.finished for outcome in done.outcomes) else SOME_FAILED


def _with_credentials(document: dict[str, Any], not_kept: Sequence[KeyNotKept]) -> dict[str, Any]:
    credentials = {credential["domain"]: credential for credential in (one.credential() for one in not_kept)}
    for entry in document["domains"]:
        if entry["domain"] in credentials:
            entry["error"] = {**entry["error"], "credential": credentials[entry["domain"]]}
    return document


def _interruption(done: BatchReport) -> Interrupted:
    left = sum(not outcome.finished for outcome in done.outcomes)
    message = f"run {done.run} was interrupted: {left} of {len(done.outcomes)} domains are left"
    return Interrupted("interrupted", message, f"go on with `provisioner batch --resume={done.run}`")


@command(
    batch_group,
    "merge",
    examples="""\
  provisioner batch merge nightly.0-of-3 nightly.1-of-3 nightly.2-of-3 --report all.html
  provisioner batch merge reports/*.json --json""",
)
def _merge(
    common: Common,
    shards: Annotated[list[str], typer.Argument(metavar="SHARD", help="Runs, their directories, or JSON reports.")],
    report: ReportFiles = None,
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
