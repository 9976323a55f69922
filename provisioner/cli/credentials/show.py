"""`credentials show`."""

from __future__ import annotations

from provisioner.cli.credentials import text
from provisioner.cli.frame import layout
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import Domain, NoSecret, SenderName, parse_domain, parse_sender
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.credentials.rotation import Stage
from provisioner.core.credentials.rotation_report import stage_document
from provisioner.usecases.credentials.slots import stored_rotation
from provisioner.usecases.credentials.stored import login, smtp_user, stored_credential

app = commands()


@command(
    app,
    "show",
    examples="""\
  provisioner credentials show example.com
  provisioner credentials show example.com --sender shop
  provisioner credentials show example.com --json""",
)
def _show(common: Common, domain: Domain, sender: SenderName = None, no_secret: NoSecret = False) -> None:
    """Show the SMTP credential of a domain, or of one of its senders, and how far its rotation is.

    AWS is asked for the credential only, where it is kept there; `credentials rotate` looks at the access keys too.
    """
    name, one, edges = parse_domain(domain), parse_sender(sender), common.edges()
    credential = stored_credential(edges, smtp_user(edges, name, one))
    members = login(edges, credential).to_document(with_secret=not no_secret)
    members["stored_in"] = edges.store.location(credential.user)
    seen = stored_rotation(edges, credential)
    if common.as_json:
        print_document(members | {"rotation": stage_document(seen)})
    else:
        members["rotation"] = text.stage(seen) if seen.stage is not Stage.NONE else None
        print_text(layout.details({name: value for name, value in members.items() if value is not None}))
