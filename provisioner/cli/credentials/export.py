"""`credentials export`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import SenderName, parse_address, parse_domain, parse_sender
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.credentials.credential import Login, SmtpCredential
from provisioner.core.credentials.forms.catalogue import FORMS, Format, render
from provisioner.core.credentials.security import security_of
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError
from provisioner.ports.edges import Edges
from provisioner.usecases.batch.runs import finished_domains
from provisioner.usecases.credentials.stored import (
    login,
    pending_credentials,
    smtp_user,
    stored_credential,
    stored_credentials,
)
from provisioner.wiring.output import check_output, write_output

app = commands()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a form shall say in place of what is usual."""

    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            metavar="PORT",
            help="Where 587 is blocked: 2587 or 25 (STARTTLS), 465 or 2465 (TLS); default: 587.",
        ),
    ] = None
    from_address: Annotated[
        str | None,
        typer.Option("--from", metavar="ADDR", help="The From address that a form sets; default: a usual one."),
    ] = None
    pending: Annotated[
        bool, typer.Option("--pending", help="The new one that `rotate --prepare` has made, not the one in use.")
    ] = False


@command(
    app,
    "export",
    examples="""\
  provisioner credentials export example.com --format env --output example.com.env
  provisioner credentials export example.com --format wp-mail-smtp --from info@example.com --output smtp.php
  provisioner credentials export example.com --sender shop --format postfix --port 2587 --output shop.postfix
  provisioner credentials export example.com --pending --format dotenv-url --output new.env
  provisioner credentials export example.com --format k8s-secret | kubectl apply -f -
  provisioner credentials export --format csv --output all.csv
  provisioner credentials export --run latest --format csv --output batch.csv""",
)
def _export(
    common: Common,
    domains: Annotated[list[str] | None, typer.Argument(metavar="DOMAIN", help="Default: every domain.")] = None,
    fmt: Annotated[Format | None, typer.Option("--format", help="What to write (default: json).")] = None,
    run: Annotated[
        str | None, typer.Option("--run", metavar="NAME", help="The domains that this batch run finished, or latest.")
    ] = None,
    sender: SenderName = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write it there, readable by you only, and not to stdout."),
    ] = None,
    *,
    chosen: Chosen,
) -> None:
    """Write SMTP credentials, with their passwords, in the form that a consumer reads.

    json, csv, msmtp and k8s-secret hold any number: those of the domains' senders are among them, each with the name of
    its sender. Every other format holds one: the domain's own, or with --sender that sender's.

    While a password is being replaced, --pending writes the new one.
    """
    form = _format(common, fmt, output)
    address, port = parse_address(chosen.from_address), _checked(chosen.port)
    check_output(output)
    names, only = [parse_domain(domain) for domain in domains or []], parse_sender(sender)
    held = _held(common, names, run, only, form, pending=chosen.pending)
    _hand_over(common, [_as_chosen(one, address, port) for one in held], form, output)


def _held(
    common: Common, names: Sequence[DomainName], run: str | None, sender: str | None, form: Format, *, pending: bool
) -> Sequence[Login]:
    edges = common.edges()
    if run is not None:
        held = _of_run(common, run, names, form, sender, pending=pending)
    elif FORMS[form].one:
        held = [_the_one(edges, names, sender, form, Slot.PENDING if pending else Slot.CURRENT)]
    elif pending:
        held = pending_credentials(edges, names, sender)
    else:
        held = stored_credentials(edges, names, sender)
    return [login(edges, one) for one in held]


def _format(common: Common, fmt: Format | None, output: Path | None) -> Format:
    if common.as_json and output is None and fmt not in (None, Format.JSON):
        message = f"--json and --format {fmt} exclude each other: stdout is one JSON document, or that form"
        hint = f"leave out --json for {fmt}, or --format for JSON, or write the form to a file with --output"
        raise InputError("json_or_format", message, hint)
    return fmt or Format.JSON


def _checked(port: int | None) -> int | None:
    if port is not None:
        security_of(port)
    return port


def _as_chosen(held: Login, address: EmailAddress | None, port: int | None) -> Login:
    addressed = held if address is None else held.sending_as(address)
    return addressed if port is None else addressed.through(port)


def _hand_over(common: Common, logins: Sequence[Login], form: Format, output: Path | None) -> None:
    text = render(logins, form)
    if output is None:
        print_text(text)
        return
    write_output(output, text)
    if common.as_json:
        listed = [login.to_document(with_secret=False) for login in logins]
        print_document({"output": str(output.absolute()), "format": form, "credentials": listed})
    count = "1 credential" if len(logins) == 1 else f"{len(logins)} credentials"
    common.progress().note(f"wrote {count} to {output} ({form}, readable by you only)")


def _the_one(edges: Edges, named: Sequence[DomainName], sender: str | None, form: Format, slot: Slot) -> SmtpCredential:
    if len(named) != 1:
        hint = "name one domain, or use --format csv or json"
        raise InputError("one_domain", f"the {form} format holds one domain", hint)
    return stored_credential(edges, smtp_user(edges, named[0], sender), slot)


def _of_run(
    common: Common, run: str, named: Sequence[DomainName], form: Format, sender: str | None, *, pending: bool
) -> Sequence[SmtpCredential]:
    """Return the credentials of a batch; of a format that holds one, the domains' own only."""
    from provisioner.wiring.batch import runs  # noqa: PLC0415 - the help does not pay for the adapters

    if named:
        raise InputError("run_or_domains", "--run and domains exclude each other", "name a run, or domains")
    finished = finished_domains(runs(common.settings()), run)
    stored = pending_credentials if pending else stored_credentials
    every = stored(common.edges(), finished) if finished else []
    one_a_domain = sender is not None or FORMS[form].one
    return [credential for credential in every if credential.sender == sender or not one_a_domain]
