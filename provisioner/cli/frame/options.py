"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from provisioner.core.asked.senders import Senders
from provisioner.core.terraform.sharing import Sharing
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError, NotDesired

Value = TypeVar("Value")

Domain = Annotated[str, typer.Argument(metavar="DOMAIN", help="The domain, e.g. example.com or münchen.de.")]
SenderName = Annotated[str | None, typer.Option("--sender", metavar="NAME", help="A sender's instead of the domain's.")]
Wait = Annotated[
    str | None,
    typer.Option("--wait", metavar="DURATION", help="Wait for verification, e.g. 10m; exit 3 if it is still pending."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done; exit 3 when there are changes.")]
NoSecret = Annotated[bool, typer.Option("--no-secret", help="Leave the SMTP password out of the output.")]


TakeOver = Annotated[
    bool, typer.Option("--take-over", help="Manage resources of our names from now on although they lack our tags.")
]
Cold = Annotated[bool, typer.Option("--cold", help="Let each Terraform start a provider of its own.")]
_SHARE = "Which runs of Terraform share one AWS provider; always is fastest, but no interrupt stops a shared one"
Share = Annotated[Sharing | None, typer.Option("--share", help=f"{_SHARE} (default: reads).")]
ShareDestroying = Annotated[Sharing | None, typer.Option("--share", help=f"{_SHARE} (default: never).")]
Parallelism = Annotated[
    int | None, typer.Option("--parallelism", min=1, metavar="N", help="Domains at once (default: by memory, cores).")
]


def sharing_of(share: Sharing | None, *, cold: bool, usual: Sharing) -> Sharing:
    """Return which runs of Terraform share a provider; raises `InputError` when `--cold` and `--share` contradict."""
    if not cold:
        return share or usual
    if share not in (None, Sharing.NEVER):
        message = f"--cold is --share never, and --share {share} was given too"
        raise InputError("cold_or_share", message, "leave one of them out")
    return Sharing.NEVER


def code_of_dry_run(*, changes: bool) -> int:
    """Return the exit code of a run that only says what would be done."""
    return NotDesired.exit_code if changes else 0


def parse_domain(text: str) -> DomainName:
    """Return the domain of an argument."""
    return DomainName.parse(text)


def parse_address(text: str | None) -> EmailAddress | None:
    """Return the address of an option, None when it was not given."""
    return parse_if_given(EmailAddress.parse, text)


def parse_sender(name: str | None) -> str | None:
    """Return the name of a sender, None when it was not given; raises `InputError`."""
    return parse_if_given(Senders.parse_name, name)


def parse_if_given(parse: Callable[[str], Value], text: str | None) -> Value | None:
    """Return the value of an option, None when it was not given."""
    return None if text is None else parse(text)
