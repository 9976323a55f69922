"""`credentials verify`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from provisioner.cli.frame import layout
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import SenderName, parse_domain, parse_sender
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.credentials.verdict import Verdict, Verification
from provisioner.core.values.secret import Secret
from provisioner.errors import InputError, NotDesired
from provisioner.usecases.credentials.verify import verify_login, verify_stored

app = commands()


@command(
    app,
    "verify",
    examples="""\
  provisioner credentials verify example.com
  provisioner credentials verify example.com --sender shop --json
  provisioner credentials verify --user-name AKIAIOSFODNN7EXAMPLE --region eu-west-1 < smtp-password.txt
  pass show smtp/shop | provisioner credentials verify --user-name AKIAIOSFODNN7EXAMPLE --region eu-west-1""",
)
def _verify(
    common: Common,
    domain: Annotated[str | None, typer.Argument(metavar="DOMAIN", help="A domain whose credential is kept.")] = None,
    sender: SenderName = None,
    user_name: Annotated[
        str | None,
        typer.Option("--user-name", metavar="ID", help="Another login's user name; its password comes on stdin."),
    ] = None,
) -> int:
    """Say whether an SMTP login works and, when it does not, why; exit 3 unless it is ok.

    It logs in at SES, by STARTTLS and with TLS from the start, and sends nothing. What the password is by its looks
    is said before; why SES refuses a login is looked up as far as AWS may be asked. With --user-name the password of
    any other login is read from stdin, for the region of --region.
    """
    verification = _stored(common, domain, sender) if user_name is None else _given(common, domain, sender, user_name)
    if common.as_json:
        print_document(verification.to_document())
    else:
        print_text(f"{verification.verdict}\n{layout.findings_text(verification.findings)}")
    return 0 if verification.verdict is Verdict.OK else NotDesired.exit_code


def _stored(common: Common, domain: str | None, sender: str | None) -> Verification:
    if domain is None:
        message = "neither a domain nor a user name was given"
        raise InputError("no_login", message, "name a domain, or give --user-name ID and its password on stdin")
    return verify_stored(common.edges(), parse_domain(domain), parse_sender(sender), common.chosen_region())


def _given(common: Common, domain: str | None, sender: str | None, user_name: str) -> Verification:
    if domain is not None or sender is not None:
        message = "a domain or sender, whose credential is kept, and --user-name exclude each other"
        raise InputError("stored_or_given", message, "leave --user-name out, or the domain and --sender")
    region = common.chosen_region() or common.default_region()
    if region is None:
        raise InputError("no_region", "an SMTP password is for one region, and none was named", "give --region")
    edges = common.edges()
    return verify_login(edges, user_name, _password_from_stdin(), region)


def _password_from_stdin() -> Secret:
    if sys.stdin.isatty():
        text = str(typer.prompt("SMTP password", hide_input=True, err=True))
    else:  # what is not UTF-8 is no password, and not a defect
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
        text = text.removesuffix("\n").removesuffix("\r")  # the end of the line that a file or `echo` has
    if not text:
        raise InputError("no_password", "no password came on stdin", "pipe it in: it is never taken as an argument")
    return Secret(text)
