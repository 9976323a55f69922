"""The command `send-test`."""

from __future__ import annotations

from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import Domain, SenderName, parse_address, parse_domain, parse_if_given, parse_sender
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.credentials.simulator import Simulator
from provisioner.core.credentials.trial import parse_subject
from provisioner.core.values.address import EmailAddress
from provisioner.errors import InputError
from provisioner.usecases.credentials.send_test import send_test

app = commands()


@command(
    app,
    "send-test",
    examples="""\
  provisioner send-test example.com
  provisioner send-test example.com --to me@example.org --from info@example.com --subject "Is it there?"
  provisioner send-test example.com --sender shop --simulator bounce
  provisioner send-test example.com --json | jq -r .message_id""",
)
def _send_test(
    common: Common,
    domain: Domain,
    to: Annotated[str | None, typer.Option("--to", metavar="ADDR", help="Who gets the message.")] = None,
    simulator: Annotated[
        Simulator | None, typer.Option("--simulator", help="SES's mailbox simulator gets it (default: success).")
    ] = None,
    sender: SenderName = None,
    sent_from: Annotated[
        str | None, typer.Option("--from", metavar="ADDR", help="From an address of the domain (default: test@).")
    ] = None,
    subject: Annotated[str | None, typer.Option("--subject", metavar="TEXT", help="What stands over it.")] = None,
) -> None:
    """Send one message through a domain's SMTP credentials.

    It goes the way that the domain's website would send it: over SMTP, with the stored user name and password; why SES
    refuses it is looked up. With --sender it goes out from that sender's address, with its password. Without --to it
    goes to SES's mailbox simulator, which takes mail of everybody, also while the account is in SES's sandbox, and
    counts in no rate.
    """
    name, recipient = parse_domain(domain), _recipient(to, simulator)
    trial = send_test(
        common.edges(),
        name,
        recipient,
        parse_sender(sender),
        sent_from=parse_address(sent_from),
        subject=parse_if_given(parse_subject, subject),
    )
    if common.as_json:
        print_document(trial.to_document())
    else:
        print_text(f"accepted: {trial.reply}")
    if to is None:
        common.progress().note(f"what becomes of it: {(simulator or Simulator.SUCCESS).fate}")


def _recipient(to: str | None, simulator: Simulator | None) -> EmailAddress:
    if to is None:
        return (simulator or Simulator.SUCCESS).address
    if simulator is not None:
        message = "--to and --simulator exclude each other: each names who gets the message"
        raise InputError("to_or_simulator", message, "leave one of them out")
    return EmailAddress.parse(to)
