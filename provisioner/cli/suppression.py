"""The commands on the account's suppression list."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.frame.archive import Place, world_of
from provisioner.cli.frame.asking import TerminalConsent
from provisioner.cli.frame.common import Common, command, commands, group
from provisioner.cli.frame.options import DryRun, code_of_dry_run, parse_domain, parse_if_given
from provisioner.cli.frame.output import print_document, print_text, table
from provisioner.core.account.suppression import (
    Action,
    Line,
    Named,
    Suppressed,
    addresses_of,
    lines_of,
    parse_reason,
    parse_since,
)
from provisioner.core.values.region import Region
from provisioner.errors import InputError, Refused
from provisioner.usecases.account.suppression import (
    add_suppressed,
    find_suppressed,
    list_suppressed,
    remove_suppressed,
)
from provisioner.usecases.audit.read import recipients_not_to_mail

app = commands()
suppression = group(
    app,
    "suppression",
    "The addresses to which SES sends nothing for this account.",
    examples="""\
  provisioner suppression list --reason COMPLAINT
  provisioner suppression remove ada@example.net""",
)

_PURPOSE = "whose suppression list is meant"
_STDIN = "-"
_REASON = typer.Option("--reason", metavar="REASON", help="BOUNCE or COMPLAINT.")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a command line."""

    named: Annotated[
        list[str] | None, typer.Argument(metavar="ADDR...", help="The addresses; - reads them from stdin, one a line.")
    ] = None
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="A file of addresses, one a line; # begins a comment.")
    ] = None

    def read(self, *, new: bool) -> list[str]:
        """Return them all, each once; raises `InputError` with all that cannot be one."""
        lines = [line for text in self.named or () for line in _lines(text)]
        lines += lines_of(_text(self.file), str(self.file)) if self.file else []
        if not lines:
            raise InputError("no_address", "no address was named", "name some, or give --file FILE, or - for stdin")
        return addresses_of(lines, new=new)


@command(
    suppression,
    "list",
    examples="""\
  provisioner suppression list
  provisioner suppression list --reason BOUNCE --since 2026-11-01 --json
  provisioner suppression list --domain example.com""",
)
def _list(
    common: Common,
    reason: Annotated[str | None, _REASON] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="What changed since then, e.g. 2026-11-01.")
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option("--domain", metavar="DOMAIN", help="Only recipients of this domain's mail, by the events kept."),
    ] = None,
    place: Place = None,
) -> None:
    """List the addresses to which SES sends nothing, the newest first.

    With --domain only those to whom mail of the domain bounced for good, who complained of it, or whom SES left out of
    it, as the archive of events has it.
    """
    why, start = parse_if_given(parse_reason, reason), parse_if_given(parse_since, since)
    whose, region = parse_if_given(parse_domain, domain), common.needed_region(_PURPOSE)
    if place is not None and whose is None:
        raise InputError("archive_without_domain", "--archive is looked at for a domain only", "give --domain too")
    entries = list_suppressed(common.account(), region, why, start)
    if whose:
        world = world_of(common)
        theirs = recipients_not_to_mail(world, world.archive(lambda: region, place), whose)
        entries = [entry for entry in entries if entry.address.lower() in theirs]
    if common.as_json:
        print_document({"region": region.name, "addresses": [entry.to_document() for entry in entries]})
    else:
        print_text(_table(entries) if entries else _nothing(region, narrowed=why or start or whose))


def _nothing(region: Region, *, narrowed: object) -> str:
    return f"the suppression list of {region} {'has no such address' if narrowed else 'is empty'}"


@command(
    suppression,
    "get",
    examples="""\
  provisioner suppression get ada@example.net
  provisioner suppression get --file addresses.txt --json""",
)
def _get(common: Common, addresses: Addresses) -> None:
    """Say whether addresses are on the list, why and since when, in whatever case SES keeps them."""
    wanted, region = addresses.read(new=False), common.needed_region(_PURPOSE)
    _tell(common, region, find_suppressed(common.account(), region, wanted), dry_run=False)


@command(
    suppression,
    "add",
    examples="""\
  provisioner suppression add ada@example.net --reason COMPLAINT
  provisioner suppression add --file gone.txt --reason BOUNCE --dry-run""",
)
def _add(common: Common, addresses: Addresses, reason: Annotated[str, _REASON], dry_run: DryRun = False) -> int:
    """Put addresses on the list, so that SES sends nothing to them any more; a second time changes nothing.

    SES does not allow it in its sandbox.
    """
    why, wanted, region = parse_reason(reason), addresses.read(new=True), common.needed_region(_PURPOSE)
    done = add_suppressed(common.account(), region, wanted, why, dry_run=dry_run)
    return _tell(common, region, done, dry_run=dry_run)


@command(
    suppression,
    "remove",
    examples="""\
  provisioner suppression remove ada@example.net
  provisioner suppression remove --file mended.txt --yes
  provisioner suppression list --json | jq -r '.addresses[].address' | provisioner suppression remove - --yes""",
)
def _remove(
    common: Common,
    addresses: Addresses,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before several are removed.")] = False,
    dry_run: DryRun = False,
) -> int:
    """Take addresses off the list, so that SES sends to them again; one that is not on it does not matter.

    An entry is removed in whatever case SES keeps it. Before several are removed it asks.
    """
    wanted, region = addresses.read(new=False), common.needed_region(_PURPOSE)
    world = common.account()
    found = find_suppressed(world, region, wanted)
    number = sum(len(one.entries) for one in found)
    if number > 1 and not dry_run:
        _agree(number, region, yes=yes)
    return _tell(common, region, remove_suppressed(world, region, found, dry_run=dry_run), dry_run=dry_run)


def _agree(number: int, region: Region, *, yes: bool) -> None:
    refusal = InputError("not_confirmed", f"removing {number} addresses needs a confirmation", "give --yes")
    question = f"SES in {region} will send to {number} addresses again. Remove them from the suppression list?"
    if not TerminalConsent(yes, refusal).given(question):
        raise Refused("not_confirmed", "nothing was removed", "repeat, and answer with yes")


def _lines(text: str) -> list[Line]:
    if text == _STDIN:
        return lines_of(sys.stdin.buffer.read().decode("utf-8", "replace"), "stdin")
    return [Line("argument", text)]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("unreadable_file", f"{path}: {error}", "name a readable text file") from error


def _tell(common: Common, region: Region, done: Sequence[Named], *, dry_run: bool) -> int:
    changed = any(one.changes for one in done)
    if common.as_json:
        addresses = [one.to_document() for one in done]
        print_document({"region": region.name, "changed": changed, "addresses": addresses})
    else:
        print_text("\n".join(line for one in done for line in _said(one, dry_run=dry_run)))
    return code_of_dry_run(changes=dry_run and changed)


def _said(one: Named, *, dry_run: bool) -> list[str]:
    would = "would be " if dry_run and one.changes else ""
    if one.action is Action.ADDED:
        return [f"{one.address}: {would}added, {one.reason}"]
    if one.action is Action.CHANGED:
        return [f"{one.address}: {would}changed from {one.entries[0].reason} to {one.reason}"]
    if not one.entries:
        return [f"{one.address}: not on the list"]
    word = {Action.REMOVED: f"{would}removed", Action.UNCHANGED: "on the list already"}.get(one.action, "on the list")
    return [f"{one.address}: {word}, {_entry(one.address, entry)}" for entry in one.entries]


def _entry(named: str, entry: Suppressed) -> str:
    exact = "" if entry.address == named else f" as {entry.address}"
    return f"{entry.reason} of {entry.updated:%Y-%m-%d %H:%M} UTC{exact}"


def _table(entries: Sequence[Suppressed]) -> str:
    rows = [(entry.address, entry.reason.value, f"{entry.updated:%Y-%m-%d %H:%M}") for entry in entries]
    return table(("ADDRESS", "REASON", "SINCE (UTC)"), rows)
