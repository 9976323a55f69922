"""`credentials derive`."""

from __future__ import annotations

import sys

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.credentials.password import derive, validate_secret
from provisioner.errors import InputError

app = commands()


@command(
    app,
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
