"""The command `send-test`."""

from __future__ import annotations

from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import Domain, SenderName, parse_domain, parse_sender
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.values.address import EmailAddress
from provisioner.usecases.credentials.send_test import send_test

app = commands()


@command(
    app,
    "send-test",
    examples="""\
  provisioner send-test example.com --to me@example.org
  provisioner send-test example.com --sender shop --to me@example.org""",
)
def _send_test(
    common: Common,
    domain: Domain,
    to: Annotated[str, typer.Option("--to", metavar="ADDR", help="Who gets the message.")],
    sender: SenderName = None,
) -> None:
    """Send one message through a domain's SMTP credentials.

    It goes the way that the domain's website would send it: over SMTP, with the stored user name and password. With
    --sender it goes out from that sender's address, with its password.
    """
    name, recipient = parse_domain(domain), EmailAddress.parse(to)
    reply = send_test(common.edges(), name, recipient, parse_sender(sender))
    if common.as_json:
        print_document({"domain": name.ascii, "to": str(recipient), "reply": reply})
    else:
        print_text(f"accepted: {reply}")
