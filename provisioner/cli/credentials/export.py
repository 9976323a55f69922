"""`credentials export`."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import SenderName, parse_domain, parse_sender
from provisioner.cli.frame.output import print_text
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.forms.plain import render
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError
from provisioner.ports.edges import Edges
from provisioner.usecases.batch.runs import finished_domains
from provisioner.usecases.credentials.stored import login, smtp_user, stored_credential, stored_credentials

app = commands()


class Format(StrEnum):
    """What `export` can write."""

    JSON = "json"
    ENV = "env"
    CSV = "csv"


@command(
    app,
    "export",
    examples="""\
  provisioner credentials export example.com --format env > example.com.env
  provisioner credentials export example.com --sender shop --format env > shop.env
  provisioner credentials export --format csv > all.csv
  provisioner credentials export --run latest --format csv > batch.csv""",
)
def _export(
    common: Common,
    domains: Annotated[list[str] | None, typer.Argument(metavar="DOMAIN", help="Default: every domain.")] = None,
    fmt: Annotated[Format | None, typer.Option("--format", help="What to write (default: json).")] = None,
    run: Annotated[
        str | None, typer.Option("--run", metavar="NAME", help="The domains that this batch run finished, or latest.")
    ] = None,
    sender: SenderName = None,
) -> None:
    """Write SMTP credentials, with their passwords, in the form that a consumer reads.

    Those of the domains' senders are among them, each with the name of its sender. JSON has them in a list,
    "credentials", whatever their number. The env format holds one: the domain's own, or with --sender that sender's.
    """
    names, only, chosen = [parse_domain(domain) for domain in domains or []], parse_sender(sender), _format(common, fmt)
    edges = common.edges()
    if run is not None:
        held = _of_run(common, run, names, chosen, only)
    elif chosen is Format.ENV:
        held = [_the_one(edges, names, only)]
    else:
        held = stored_credentials(edges, names, only)
    print_text(render([login(edges, credential) for credential in held], chosen))


def _format(common: Common, fmt: Format | None) -> Format:
    if common.as_json and fmt not in (None, Format.JSON):
        message = f"--json and --format {fmt} exclude each other: stdout is one JSON document, or that form"
        raise InputError("json_or_format", message, f"leave out --json for {fmt}, or --format for JSON")
    return fmt or Format.JSON


def _the_one(edges: Edges, named: Sequence[DomainName], sender: str | None) -> SmtpCredential:
    if len(named) != 1:
        raise InputError(
            "one_domain", "the env format holds one domain", "name one domain, or use --format csv or json"
        )
    return stored_credential(edges, smtp_user(edges, named[0], sender))


def _of_run(
    common: Common, run: str, named: Sequence[DomainName], fmt: Format, sender: str | None
) -> Sequence[SmtpCredential]:
    """Return the credentials of a batch; with env, which holds one, the domains' own only."""
    from provisioner.wiring.batch import runs  # noqa: PLC0415 - the help does not pay for the adapters

    if named:
        raise InputError("run_or_domains", "--run and domains exclude each other", "name a run, or domains")
    finished = finished_domains(runs(common.settings()), run)
    every = stored_credentials(common.edges(), finished) if finished else []
    one_a_domain = sender is not None or fmt is Format.ENV
    return [credential for credential in every if credential.sender == sender or not one_a_domain]
