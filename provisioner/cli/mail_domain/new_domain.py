"""The commands `new-domain` and `plan`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from provisioner.cli.frame.asking import TerminalConsent
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import (
    Cold,
    Domain,
    DryRun,
    NoSecret,
    Share,
    Wait,
    code_of_dry_run,
    parse_domain,
    sharing_of,
)
from provisioner.cli.frame.output import print_document, print_text
from provisioner.cli.mail_domain import text
from provisioner.cli.mail_domain.wish import Wish
from provisioner.core.asked.command_line import Asked
from provisioner.core.mail_domain.report import ZoneReport
from provisioner.core.terraform.sharing import Sharing
from provisioner.core.values.domain import DomainName
from provisioner.core.values.duration import parse_duration
from provisioner.errors import InputError, NotDesired
from provisioner.ports.consent import Consent
from provisioner.usecases.follow_up import FollowUp, follow_up
from provisioner.usecases.mail_domain.new_domain import Planned, new_domain, plan_domain

app = commands()


@command(
    app,
    "new-domain",
    examples="""\
  provisioner new-domain example.com
  provisioner new-domain example.com --customer 'Ada Lovelace' --contact ada@example.org --wait 10m
  provisioner new-domain example.com --tag Team=web --tag CostCenter=0042
  provisioner new-domain example.com --sender shop=orders --sender scanner=scan
  provisioner new-domain blog.example.com --zone adopt --dmarc quarantine --dmarc-rua dmarc@example.com
  provisioner new-domain example.com --zone external --json | jq .records""",
)
def _new_domain(
    common: Common,
    domain: Domain,
    wish: Wish,
    update_registrar: Annotated[
        bool, typer.Option("--update-registrar", help="Set the zone's name servers in Route 53 Domains (asks first).")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Agree to --update-registrar, and to what --take-over replaces.")
    ] = False,
    wait: Wait = None,
    dry_run: DryRun = False,
    no_secret: NoSecret = False,
    share: Share = None,
    cold: Cold = False,
) -> int:
    """Put a domain on Amazon SES, or bring it to the desired state.

    Creates (or adopts) the hosted zone, the SES identity with DKIM, MAIL FROM, SPF and DMARC records, a configuration
    set, and an IAM user that can send as this domain only; then prints its SMTP credentials. Each --sender gets an IAM
    user and credentials of its own, for one address. A second run changes nothing. What was asked is remembered: a
    later run without an option keeps it.
    """
    from provisioner.wiring.worlds import open_domain  # noqa: PLC0415 - help is cheap

    name, limit = parse_domain(domain), parse_duration(wait) if wait else None
    asked = wish.parse(common)
    sharing = sharing_of(share, cold=cold, usual=Sharing.READS)
    if dry_run:
        return _print_plan(common, _planned(common, name, asked, cold=sharing is Sharing.NEVER))
    with open_domain(common.settings(), common.progress(), sharing=sharing) as edges:
        notice = common.ephemeral_notice()
        if notice:
            edges.progress.warn(notice)
        made = new_domain(edges, name, replace(asked, confirmed=yes))
    consent = _registrar_consent(made.zone, yes=yes) if update_registrar else None
    end = follow_up(edges, made, limit, consent, common.doctor)
    if common.as_json:
        print_document(end.report.to_document(with_secret=not no_secret))
    else:
        print_text(text.report(end.report, with_secret=not no_secret))
    return _exit_code(end)


def _registrar_consent(zone: ZoneReport, *, yes: bool) -> Consent:
    message = f"{zone.name}: the name servers at the registrar were not touched"
    return TerminalConsent(yes, InputError("not_confirmed", message, "give --yes"))


def _exit_code(end: FollowUp) -> int:
    if end.error:
        return end.error.exit_code
    return NotDesired.exit_code if end.pending else 0


def _planned(common: Common, domain: DomainName, asked: Asked, *, cold: bool) -> Planned:
    from provisioner.wiring.worlds import open_domain  # noqa: PLC0415 - help is cheap

    sharing = sharing_of(None, cold=cold, usual=Sharing.ALWAYS)
    with open_domain(common.settings(), common.progress(), sharing=sharing) as edges:
        return plan_domain(edges, domain, asked)


def _print_plan(common: Common, planned: Planned) -> int:
    if common.as_json:
        print_document(planned.to_document())
    else:
        print_text(text.plan(planned))
    return code_of_dry_run(changes=not planned.empty)


@command(
    app,
    "plan",
    examples="""\
  provisioner plan example.com
  provisioner plan example.com --dmarc reject
  provisioner plan example.com --json | jq .changes""",
)
def _plan(common: Common, domain: Domain, wish: Wish, cold: Cold = False) -> int:
    """Say what new-domain would do; exit 3 when there are changes.

    Nothing is changed and nothing is remembered.
    """
    name, asked = parse_domain(domain), wish.parse(common)
    return _print_plan(common, _planned(common, name, asked, cold=cold))
