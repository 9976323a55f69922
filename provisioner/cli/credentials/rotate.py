"""`credentials rotate`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.credentials import text
from provisioner.cli.frame import unkept
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import (
    DryRun,
    NoSecret,
    SenderName,
    code_of_dry_run,
    parse_domain,
    parse_if_given,
    parse_sender,
)
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.credentials.rotation_csv import as_csv
from provisioner.core.credentials.rotation_report import Rotated
from provisioner.core.values.domain import DomainName
from provisioner.core.values.duration import parse_duration
from provisioner.errors import InputError, carrying
from provisioner.usecases.credentials.due import Turns, rotate_due, users_of
from provisioner.usecases.credentials.rotate import GRACE, Step, Wish, rotate
from provisioner.usecases.credentials.stored import smtp_user
from provisioner.wiring.output import check_output, write_output

app = commands()

SOME_FAILED = 4


@dataclass(frozen=True, slots=True)
class Steps:
    """Which step."""

    prepare: Annotated[bool, typer.Option("--prepare", help="Make a second key and hand its password over.")] = False
    confirm: Annotated[bool, typer.Option("--confirm", help="Prove the new password, and make it the default.")] = False
    retire: Annotated[bool, typer.Option("--retire", help="Switch the old key off; later, delete it.")] = False
    cancel: Annotated[bool, typer.Option("--cancel", help="Go back to the old key, while it is there.")] = False
    grace: Annotated[
        str | None,
        typer.Option("--grace", metavar="DURATION", help="How long the old key stays off before it goes (24h)."),
    ] = None
    yes_it_sends: Annotated[
        bool, typer.Option("--yes-it-sends", help="Retire the old key although it was used, or none can say.")
    ] = False

    @property
    def asked(self) -> Iterator[Step]:
        """The steps that are asked for."""
        given = {
            Step.PREPARE: self.prepare,
            Step.CONFIRM: self.confirm,
            Step.RETIRE: self.retire,
            Step.CANCEL: self.cancel,
        }
        return (step for step, is_given in given.items() if is_given)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Which users, when it is not one."""

    due: Annotated[
        str | None,
        typer.Option("--due", metavar="AGE", help="Each user whose key is older, e.g. 90d; senders are among them."),
    ] = None
    every: Annotated[bool, typer.Option("--all", help="With --due: of every domain of this home.")] = False
    report: Annotated[
        list[Path] | None,
        typer.Option("--report", metavar="FILE", help="With --due: a report without passwords, FILE.json or FILE.csv."),
    ] = None


@command(
    app,
    "rotate",
    examples="""\
  provisioner credentials rotate example.com
  provisioner credentials rotate example.com --prepare
  provisioner credentials rotate example.com --sender shop --confirm
  provisioner credentials rotate example.com --retire --grace 48h
  provisioner credentials rotate --due 90d --all --prepare --report prepared.csv
  provisioner credentials rotate --due 90d --all --confirm""",
)
def _rotate(
    common: Common,
    steps: Steps,
    fleet: Fleet,
    domains: Annotated[list[str] | None, typer.Argument(metavar="DOMAIN", help="The domain.")] = None,
    sender: SenderName = None,
    no_secret: NoSecret = False,
    dry_run: DryRun = False,
) -> int:
    """Replace an SMTP password without an outage: --prepare, --confirm, --retire; without a step, say how far it is.

    --prepare makes a second access key and hands its password over; both work. --confirm logs in with the new one, says
    when the old one was last used, and makes the new one the default. --retire switches the old key off, and deletes it
    when it is called again after --grace. --cancel goes back to the old key as long as it is there.

    Each step can be repeated, also after a run that died. With --due several users take the step, each for itself: exit
    4 when some failed.
    """
    wish, names, only = (
        _wish(steps, dry_run=dry_run),
        [parse_domain(name) for name in domains or []],
        parse_sender(sender),
    )
    age = _age(fleet, names)
    reports = _reports(fleet)
    edges = common.edges()
    if age is None:
        return _print_one(common, rotate(edges, smtp_user(edges, names[0], only), wish), no_secret=no_secret)
    turns = rotate_due(edges, users_of(edges, names, only), age, wish)
    with carrying(turns.not_kept):
        for path, render in reports.items():
            write_output(path, render(turns))
    return _print_all(common, turns, no_secret=no_secret, dry_run=dry_run)


def _print_one(common: Common, done: Rotated, *, no_secret: bool) -> int:
    if common.as_json:
        print_document(done.to_document(with_secret=not no_secret))
    else:
        print_text(text.rotated(done, with_secret=not no_secret))
    return code_of_dry_run(changes=done.dry_run and done.changed)


def _print_all(common: Common, turns: Turns, *, no_secret: bool, dry_run: bool) -> int:
    if common.as_json:
        print_document(turns.to_document(with_secret=not no_secret))
    else:
        print_text("\n\n".join([text.turns(turns), *unkept.in_text(() if no_secret else turns.not_kept)]))
    if turns.counts["failed"]:
        return SOME_FAILED
    return code_of_dry_run(changes=dry_run and turns.counts["changed"] > 0)


def _reports(fleet: Fleet) -> Mapping[Path, Callable[[Turns], str]]:
    """Return how each report is written; raises `InputError` for one that could not be written in the end."""
    if fleet.report and fleet.due is None:
        raise InputError("report_of_one", "--report is of many users, and --due was not given", "give --due, e.g. 90d")
    for path in fleet.report or ():
        if path.suffix.lower() not in _REPORTS:
            hint = f"end its name in one of: {', '.join(_REPORTS)}"
            raise InputError("invalid_report", f"--report {path}: its name does not say what it shall be", hint)
        check_output(path, "--report")
    return {path: _REPORTS[path.suffix.lower()] for path in fleet.report or ()}


def _as_json(turns: Turns) -> str:
    return json.dumps(turns.to_document(with_secret=False), indent=2) + "\n"


def _as_csv(turns: Turns) -> str:
    return as_csv([turn.to_document(with_secret=False) for turn in turns.turns])


_REPORTS: Mapping[str, Callable[[Turns], str]] = {".json": _as_json, ".csv": _as_csv}


def _wish(steps: Steps, *, dry_run: bool) -> Wish:
    asked = list(steps.asked)
    if len(asked) > 1:
        given = " and ".join(f"--{step}" for step in asked)
        raise InputError("one_step", f"{given} exclude each other", "give one step at a time")
    grace = parse_if_given(parse_duration, steps.grace)
    return Wish(asked[0] if asked else None, GRACE if grace is None else grace, steps.yes_it_sends, dry_run)


def _age(fleet: Fleet, names: Sequence[DomainName]) -> timedelta | None:
    """Return how old a key is that is due, None for one user of whatever age."""
    if fleet.due is None:
        if fleet.every or len(names) != 1:
            raise InputError(
                "one_domain", "without --due it is one domain at a time", "name one domain, or give --due, e.g. 90d"
            )
        return None
    if bool(names) == fleet.every:
        raise InputError("domains_or_all", "--due takes domains, or --all, and not both", "name domains, or give --all")
    return parse_duration(fleet.due)
