"""`audit deploy` and `audit destroy`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

import typer

from provisioner.cli.frame.asking import TerminalConsent
from provisioner.cli.frame.changes import lines_of
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import DryRun, code_of_dry_run
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.terraform.pipeline import OPERATOR, Wanted
from provisioner.core.terraform.plan import describe_counts, describe_done
from provisioner.errors import InputError
from provisioner.usecases.audit.deploy import Agree, Deployment, deploy, destroy

app = commands()

COST = (
    "It costs about 2 USD a month (8 alarms, 4 metrics), and 1 USD for each million events, by the list prices of "
    "us-east-1 and without what AWS gives for free. A mail makes two events or more."
)
_WAITING = "Events that wait in the queue are lost: `provisioner audit collect` brings them into the archive first."
_SOME_FAILED = 4
_OPTIONS = "look at --dry-run, give --yes"


@command(
    app,
    "deploy",
    examples="""\
  provisioner audit deploy --dry-run
  provisioner audit deploy --operator ops@example.com
  provisioner audit deploy --collect-every 6h --region eu-west-1 --yes
  provisioner audit deploy --operator none""",
)
def _deploy(
    common: Common,
    collect_every: Annotated[
        str | None,
        typer.Option("--collect-every", metavar="DURATION", help="How often events are collected, 15m to 1d (1d)."),
    ] = None,
    operator: Annotated[
        str | None,
        typer.Option("--operator", metavar="ADDRESS", help="Whom alarms are mailed to; none for nobody."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: DryRun = False,
) -> int:
    """Make the way of SES's events into the archive, once per account and region, or bring it to the desired state.

    A topic, a queue with its dead letters, the collector with its schedule, alarms; and the archive, a bucket whose
    Terraform state is one of its own. Then each domain of this home in the account and region gets its event
    destination, by its own plan and with no other change; exit 4 when some failed. Domains that come later get it from
    new-domain. All that changes is listed, with what it costs, before the question. A second run
    changes nothing. What was asked is remembered: a later run without an option keeps it.
    """
    from provisioner.wiring.pipeline import open_pipeline  # noqa: PLC0415 - help is cheap

    region, wanted = common.needed_region("to deploy in"), Wanted.parse(collect_every, operator)
    with open_pipeline(common.settings(), common.progress()) as edges:
        done = deploy(edges, region, wanted, _agree("Deploy this?", COST, yes=yes), dry_run=dry_run)
    return _print(common, done, [COST], _deployed, dry_run=dry_run)


@command(
    app,
    "destroy",
    examples="""\
  provisioner audit destroy --dry-run
  provisioner audit destroy --region eu-west-1 --yes""",
)
def _destroy(
    common: Common,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: DryRun = False,
) -> int:
    """Take the way of SES's events away again: topic, queues, collector and alarms. The archive stays as it is.

    First the domains of this home stop publishing to it; exit 4 when some failed, and then all else stays. Nothing here
    deletes the bucket or an event in it. `audit deploy` goes on with the same archive.
    """
    from provisioner.wiring.pipeline import open_pipeline  # noqa: PLC0415 - help is cheap

    region = common.needed_region("to look in")
    with open_pipeline(common.settings(), common.progress()) as edges:
        done = destroy(edges, region, _agree("Destroy this?", _WAITING, yes=yes), dry_run=dry_run)
    return _print(common, done, [_WAITING], _destroyed, dry_run=dry_run)


def _agree(question: str, note: str, *, yes: bool) -> Agree:
    """Return what asks for the user's consent: by all that changes, with a note below it."""

    def agree(going: Deployment) -> None:
        where = f"the audit pipeline of {going.pipeline.region}"
        refusal = InputError("not_confirmed", f"{where}: nothing was touched without a confirmation", _OPTIONS)
        if not TerminalConsent(yes, refusal).given("\n".join([*_plan(going), "", note, question])):
            raise InputError("not_confirmed", f"{where}: nothing was touched", "repeat, or give --yes")

    return agree


def _print(
    common: Common, done: Deployment, notes: list[str], told: Callable[[Deployment], Iterator[str]], *, dry_run: bool
) -> int:
    if common.as_json:
        print_document(done.to_document())
    elif dry_run:
        print_text("\n".join([*_plan(done), *(notes if not done.empty else [])]))
    else:
        print_text("\n".join([*told(done), *_failures(done)]))
    if done.failed:
        return _SOME_FAILED
    return code_of_dry_run(changes=dry_run and not done.empty)


def _plan(going: Deployment) -> Iterator[str]:
    """Go through the lines of what would be done."""
    yield f"{_place(going)}: {describe_counts(going.counts) or 'no changes'}"
    yield from lines_of(going.actions)
    if going.domains:
        yield f"  {'-' if going.leaves else '+'} event destination of {', '.join(map(str, going.domains))}"


def _deployed(done: Deployment) -> Iterator[str]:
    yield f"{_place(done)}: {describe_done(done.counts) or 'no changes'}"
    yield f"  topic for events  {done.pipeline.topic_arn}"
    yield f"  archive           s3://{done.pipeline.bucket}"
    if done.domains:
        yield f"  domains           {len(done.domains) - len(done.failed)} publish to it from now on"
    yield f"  alarms            {done.pipeline.operator or 'mailed to nobody: --operator ADDRESS'}"
    if any(one["action"] in ("create", "replace") for one in done.actions if str(one["address"]).startswith(OPERATOR)):
        yield f"  AWS has mailed {done.pipeline.operator} a link: alarms come only after it was followed"


def _failures(done: Deployment) -> Iterator[str]:
    for failure in done.failed:
        yield f"failed: {failure}"
        if failure.error.hint:
            yield f"  {failure.error.hint}"
    if done.failed:
        yield f"{len(done.failed)} of {len(done.domains)} domains failed: repeat the command when they are mended"


def _destroyed(done: Deployment) -> Iterator[str]:
    if done.failed:
        yield f"{_place(done)}: nothing of it was taken away, as domains publish to it still"
        return
    yield f"{_place(done)}: {describe_done(done.counts) or 'nothing to do, it is not deployed'}"
    yield f"  the archive stays: s3://{done.pipeline.bucket}"


def _place(done: Deployment) -> str:
    return f"audit pipeline of {done.pipeline.region}, account {done.pipeline.account}"
