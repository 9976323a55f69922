"""`dmarc show|set|tidy|advance`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.frame import layout
from provisioner.cli.frame.asking import TerminalConsent
from provisioner.cli.frame.common import Common, command, commands, group
from provisioner.cli.frame.layout import findings_text
from provisioner.cli.frame.options import Domain, DryRun, code_of_dry_run, parse_address, parse_domain
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.change import Wanted
from provisioner.core.dmarc.evidence import Need
from provisioner.core.values.duration import parse_duration
from provisioner.errors import InputError
from provisioner.ports.edges import Edges
from provisioner.usecases.dmarc.advance import Advance, Grounds, preview_advance
from provisioner.usecases.dmarc.preview import Preview
from provisioner.usecases.dmarc.set import carry_out, preview_set, preview_tidy
from provisioner.usecases.dmarc.show import Shown, show

app = commands()
dmarc = group(
    app,
    "dmarc",
    "Show, set, tidy and advance the DMARC policy of a domain.",
    examples="  provisioner dmarc show example.com\n  provisioner dmarc set example.com --policy quarantine",
)

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
_Result = Preview | Advance


@command(
    dmarc, "show", examples="  provisioner dmarc show example.com\n  provisioner dmarc show blog.example.com --json"
)
def _show(common: Common, domain: Domain) -> None:
    """Show the record that applies to a domain, where receivers find it, and what to improve in it."""
    shown = show(common.edges(), parse_domain(domain))
    if common.as_json:
        print_document(shown.to_document())
    else:
        print_text(_record_text(shown))


@command(
    dmarc,
    "set",
    examples="""\
  provisioner dmarc set example.com --policy quarantine
  provisioner dmarc set example.com --policy reject --rua dmarc@example.com --dry-run
  provisioner dmarc set example.com --rua dmarc@example.com
  provisioner dmarc set example.com --policy none --sp reject --yes""",
)
def _set(
    common: Common,
    domain: Domain,
    policy: Annotated[
        DmarcPolicy | None, typer.Option("--policy", help="What to do with mail that fails (default: as it is).")
    ] = None,
    rua: Annotated[str | None, typer.Option("--rua", metavar="ADDR", help="Where aggregate reports go.")] = None,
    sp: Annotated[DmarcPolicy | None, typer.Option("--sp", help="The policy of names below the domain.")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Change policy or report address of a domain's record, and keep everything else in it.

    A record of ours is changed as new-domain would, one of the domain's owner exactly where it stands. For a zone that
    is not in this account, says what to publish.
    """
    edges = common.edges()
    change = preview_set(edges, parse_domain(domain), Wanted(policy, parse_address(rua), sp))
    return _finish(common, edges, change, dry_run=dry_run, yes=yes)


@command(
    dmarc, "tidy", examples="  provisioner dmarc tidy example.com --dry-run\n  provisioner dmarc tidy example.com --yes"
)
def _tidy(common: Common, domain: Domain, dry_run: DryRun = False, yes: Yes = False) -> int:
    """Take out of a domain's record what only does harm: removed tags, failure reports, tags and records twice."""
    edges = common.edges()
    return _finish(common, edges, preview_tidy(edges, parse_domain(domain)), dry_run=dry_run, yes=yes)


@command(
    dmarc,
    "advance",
    examples="""\
  provisioner dmarc advance example.com --reports ./dmarc-reports/
  provisioner dmarc advance example.com --reports a.xml.gz --reports b.zip --min-days 7 --dry-run
  provisioner dmarc advance example.com --force --yes""",
)
def _advance(
    common: Common,
    domain: Domain,
    reports: Annotated[
        list[Path] | None,
        typer.Option("--reports", metavar="PATH", help="Aggregate reports: a file or a directory; repeatable."),
    ] = None,
    min_messages: Annotated[int, typer.Option("--min-messages", min=1, help="Messages that must be reported.")] = 100,
    min_days: Annotated[int, typer.Option("--min-days", min=1, help="Days that reports must cover.")] = 14,
    min_aligned: Annotated[
        float, typer.Option("--min-aligned", min=0, max=100, help="Per cent that must be aligned.")
    ] = 98.0,
    max_unreadable: Annotated[
        float, typer.Option("--max-unreadable", min=0, max=100, help="Per cent of the reports that may be unreadable.")
    ] = 10.0,
    within: Annotated[str, typer.Option("--within", metavar="DURATION", help="How old reports may be.")] = "90d",
    force: Annotated[bool, typer.Option("--force", help="Go on without enough evidence.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> int:
    """Go one step from none to quarantine to reject, when aggregate reports show that it is safe; else exit 5.

    Shows the aligned share of the domain's mail, and the sources whose mail would break.
    """
    need = Need(min_messages, min_days, min_aligned / 100, max_unreadable / 100)
    grounds = Grounds(tuple(reports or ()), need, parse_duration(within), force)
    edges = common.edges()
    return _finish(common, edges, preview_advance(edges, parse_domain(domain), grounds), dry_run=dry_run, yes=yes)


def _finish(common: Common, edges: Edges, result: _Result, *, dry_run: bool, yes: bool) -> int:
    """Show the change, ask, make it, and print it."""
    change = result.preview if isinstance(result, Advance) else result
    if change.changed and change.standing.elsewhere is None and not dry_run:
        _confirm(change, yes=yes)
        carry_out(edges, change)
    if common.as_json:
        print_document(result.to_document(applied=not dry_run))
    else:
        print_text("\n".join(_lines(change, dry_run=dry_run)))
    return code_of_dry_run(changes=dry_run and change.changed)


def _confirm(change: Preview, *, yes: bool) -> None:
    domain = change.standing.domain
    message = f"{domain}: this change needs a confirmation"
    consent = TerminalConsent(yes, InputError("not_confirmed", message, "look at --dry-run, give --yes"))
    if not consent.given("\n".join((*_difference(change), f"Change the DMARC record of {domain}?"))):
        raise InputError("not_confirmed", f"{domain}: nothing was changed", "repeat, or give --yes")


def _lines(change: Preview, *, dry_run: bool) -> Iterable[str]:
    if not change.changed:
        yield f"{change.standing.domain}: no changes; TXT {change.name} = {' | '.join(change.after)}"
        return
    if change.standing.elsewhere is not None:
        yield f"{change.standing.domain}: nothing was changed; change the record where it is kept"
    elif change.standing.owner == "external":
        yield f"{change.standing.domain}: publish this at your DNS host"
    else:
        yield f"{change.standing.domain}: {'would change' if dry_run else 'changed'}"
    yield from _difference(change)


def _difference(change: Preview) -> Iterable[str]:
    yield f"  TXT {change.name}"
    yield from (f"  - {value}" for value in change.standing.texts if value not in change.after)
    yield from (f"  + {value}" for value in change.after if value not in change.standing.texts)
    yield from (f"  note: {note}" for note in _notes(change))


def _notes(change: Preview) -> Iterable[str]:
    if change.standing.elsewhere is not None:
        yield change.standing.elsewhere.reason
    elif change.changed and change.standing.owner == "ours":
        domain = change.standing.domain
        yield f"all else that differs at the domain is put right too, see `provisioner plan {domain}`"
    yield from change.notes


def _record_text(shown: Shown) -> str:
    applicable = shown.applicable
    if applicable.found is None:
        head = [("record", "none applies")]
    else:
        where = f"{applicable.found.name}{' (inherited)' if applicable.is_inherited else ''}"
        head = [("record", " | ".join(applicable.found.texts)), ("found at", where), *_effect(applicable.policy)]
    parts = [layout.pairs(head)]
    if shown.findings:
        parts.append(findings_text(shown.findings))
    return "\n\n".join(parts)


def _effect(policy: DmarcPolicy | None) -> list[tuple[str, str]]:
    return [("policy", str(policy) if policy else "none at all, the record has no effect")]
