"""`audit query`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer

from provisioner.cli.frame.archive import Place, archive_of, world_of
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import parse_address, parse_domain, parse_if_given
from provisioner.cli.frame.output import print_document, print_text, table
from provisioner.core.audit.questions import QUESTIONS, find_question
from provisioner.core.values.spreadsheet import as_csv
from provisioner.core.values.wording import on_one_line, quoted
from provisioner.errors import InputError, NotDesired
from provisioner.usecases.audit.gather import Span
from provisioner.usecases.audit.query import Answered, Asked, query

app = commands()


class Format(StrEnum):
    """How an answer is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@command(
    app,
    "query",
    examples="""\
  provisioner audit query bounces --from 2026-11-01
  provisioner audit query senders --address info@example.com
  provisioner audit query suppressed --domain example.com --format csv
  provisioner audit query --sql "SELECT type, count(*) FROM events GROUP BY type" --archive ./archive""",
)
def _query(
    common: Common,
    name: Annotated[str | None, typer.Argument(metavar="[QUESTION]", help=f"One of {', '.join(QUESTIONS)}.")] = None,
    sql: Annotated[str | None, typer.Option("--sql", metavar="SQL", help="A question of your own (DuckDB).")] = None,
    domain: Annotated[str | None, typer.Option("--domain", metavar="DOMAIN", help="Of one domain only.")] = None,
    address: Annotated[str | None, typer.Option("--address", metavar="ADDR", help="Of `senders`: the address.")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="The first day, e.g. 2026-11-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The last day, e.g. 2026-11-30.")] = None,
    place: Place = None,
    form: Annotated[Format, typer.Option("--format", help="How to print the answer.")] = Format.TABLE,
) -> int:
    """Ask the archive of events. Exit 3 when some of it is damaged; the answer is without that then.

    bounces: mail, bounces and complaints by domain and week. reasons: the most frequent answers of receiving servers.
    recipient-domains: where mail fails most. senders: who sends as an address, by SMTP user and source address.
    suppressed: the recipients of a domain that nothing should be sent to any more.

    With --sql the table is events, one row for each event and recipient: dt, at, type, domain, configuration_set,
    caller, source_ip, message_id, "from", recipient, kind, sub_type, status, diagnostic, feedback, complained, id, and
    raw, the event as SES sent it (JSON). Quote "from" and "at".
    """
    asked = _asked(name, sql, domain, address, Span(_day("--from", first), _day("--to", last)))
    world = world_of(common)
    archive = archive_of(common, world, place)
    answered = query(archive, world.copies(archive), world.engine, asked, world.progress)
    _print(answered, Format.JSON if common.as_json else form)
    return NotDesired.exit_code if answered.damaged else 0


def _asked(name: str | None, sql: str | None, domain: str | None, address: str | None, span: Span) -> Asked:
    whose = parse_if_given(parse_domain, domain)
    of_domain = whose.ascii if whose else None
    if (name is None) == (sql is None):
        hint = f"name one of {', '.join(QUESTIONS)}, or give --sql"
        raise InputError("no_question", "exactly one question is needed", hint)
    if sql is not None:
        return Asked(sql, {}, span, of_domain)
    question = find_question(name or "")
    if question.needs_domain and of_domain is None:
        raise InputError("no_domain", f"{name} asks of one domain", "give --domain")
    if address is not None and not question.takes_address:
        raise InputError("unexpected_address", f"{name} does not ask of an address", "leave --address out")
    values: Mapping[str, Any] = {"address": str(parse_address(address) or "") or None} if question.takes_address else {}
    return Asked(question.sql, values, span, of_domain)


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InputError(
            "invalid_date", f"{option} {quoted(text or '')} is no date", "give one such as 2026-11-01"
        ) from None


def _print(answered: Answered, form: Format) -> None:
    document = answered.to_document()
    if form is Format.JSON:
        print_document(document)
        return
    columns = document["columns"]
    rows = [["" if row[name] is None else str(row[name]) for name in columns] for row in document["rows"]]
    if form is Format.CSV:
        print_text(as_csv(columns, rows))
    else:
        head = [name.upper() for name in columns]
        print_text(table(head, [[on_one_line(cell) for cell in row] for row in rows]) if rows else "no events")
