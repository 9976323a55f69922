"""The commands `pause` and `resume`."""

from __future__ import annotations

from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import Domain, DryRun, SenderName, parse_domain, parse_if_given, parse_sender
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.asked.command_line import Asked
from provisioner.core.mail_domain.standing import parse_reason
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import NotDesired
from provisioner.usecases.mail_domain.pause import Switched, pause, resume

app = commands()


@command(
    app,
    "pause",
    examples="""\
  provisioner pause example.com --reason 'too many bounces'
  provisioner pause example.com --sender shop
  provisioner pause example.com --dry-run""",
)
def _pause(
    common: Common,
    domain: Domain,
    sender: SenderName = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why, for whoever asks later.")] = None,
    dry_run: DryRun = False,
) -> int:
    """Stop a domain, or one of its senders, from sending.

    Nothing but `resume` lets it send again: whatever else runs leaves it paused. A domain is paused with all of its
    senders, by its configuration set; a sender alone by a policy of its IAM user that denies everything. Passwords stay
    as they are. A second time changes nothing but the reason.
    """
    user, words = _user(domain, sender), parse_if_given(parse_reason, reason)
    done = pause(common.edges(), user, region_asked(common), words, dry_run=dry_run)
    return tell(common, done, dry_run=dry_run)


@command(
    app,
    "resume",
    examples="""\
  provisioner resume example.com
  provisioner resume example.com --sender shop""",
)
def _resume(common: Common, domain: Domain, sender: SenderName = None, dry_run: DryRun = False) -> int:
    """Let a domain, or one of its senders, send again.

    A sender that was paused for itself stays paused when its domain is resumed. A second time changes nothing.
    """
    done = resume(common.edges(), _user(domain, sender), region_asked(common), dry_run=dry_run)
    return tell(common, done, dry_run=dry_run)


def _user(domain: str, sender: str | None) -> SmtpUser:
    return SmtpUser(parse_domain(domain), parse_sender(sender))


def region_asked(common: Common) -> Asked:
    """Return in which region a domain is looked for that this home does not know."""
    return Asked(region=common.chosen_region(), default_region=common.default_region())


def tell(common: Common, done: Switched, *, dry_run: bool) -> int:
    """Print how it stands now, and return the exit code."""
    if common.as_json:
        print_document(done.to_document())
    else:
        print_text(_text(done, dry_run=dry_run))
    return NotDesired.exit_code if dry_run and done.changed else 0


def _text(done: Switched, *, dry_run: bool) -> str:
    stands = "may send" if done.standing.may_send else f"{done.standing}"
    if not done.changed:
        return f"{done.user}: {stands} already"
    return f"{done.user}: {'would be changed: ' if dry_run else ''}{stands}"
