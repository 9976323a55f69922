"""`credentials show|export|derive`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from provisioner.cli.frame import layout
from provisioner.cli.frame.common import Common, command, commands, group
from provisioner.cli.frame.options import Domain, NoSecret, SenderName, parse_domain, parse_sender
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.forms.plain import render
from provisioner.core.credentials.password import derive, validate_secret
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError
from provisioner.ports.edges import Edges
from provisioner.usecases.batch.runs import finished_domains
from provisioner.usecases.credentials.stored import login, smtp_user, stored_credential, stored_credentials

app = commands()
credentials = group(
    app,
    "credentials",
    "Show, export or derive SMTP credentials.",
    examples="""\
  provisioner credentials show example.com
  provisioner credentials show example.com --sender shop
  provisioner credentials export example.com --format env
  provisioner credentials derive --region eu-west-1 < secret-access-key.txt""",
)


class Format(StrEnum):
    """What `export` can write."""

    JSON = "json"
    ENV = "env"
    CSV = "csv"


@command(
    credentials,
    "show",
    examples="""\
  provisioner credentials show example.com
  provisioner credentials show example.com --sender shop
  provisioner credentials show example.com --json""",
)
def _show(common: Common, domain: Domain, sender: SenderName = None, no_secret: NoSecret = False) -> None:
    """Show the SMTP credential of a domain, or of one of its senders."""
    name, one, edges = parse_domain(domain), parse_sender(sender), common.edges()
    credential = stored_credential(edges, smtp_user(edges, name, one))
    members = login(edges, credential).to_document(with_secret=not no_secret)
    members["stored_in"] = edges.store.location(credential.user)
    if common.as_json:
        print_document(members)
    else:
        print_text(layout.details({name: value for name, value in members.items() if value is not None}))


@command(
    credentials,
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


@command(
    credentials,
    "derive",
    examples="""\
  provisioner credentials derive --region eu-west-1 < secret-access-key.txt
  pass show aws/smtp | provisioner credentials derive --region us-east-1""",
)
def _derive(common: Common) -> None:
    """Derive the SMTP password of a secret access key that is read from stdin; nothing is stored or sent anywhere.

    Quotes around it, or the name of a variable before it, may stay; what cannot be a secret access key is refused (2).
    """
    region = common.chosen_region() or common.default_region()
    if region is None:
        raise InputError("no_region", "the SMTP password depends on the region, and none was named", "give --region")
    password = derive(validate_secret(_secret_from_stdin()).reveal(), region.name)
    if common.as_json:
        print_document({"region": region.name, "host": region.smtp_host, "password": password})
    else:
        print_text(password)


def _secret_from_stdin() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Secret access key", hide_input=True, err=True))
    return sys.stdin.buffer.read().decode("utf-8", "replace")  # what is not UTF-8 is refused as no key, not as a defect
