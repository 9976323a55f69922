"""The command `destroy-domain`."""

from __future__ import annotations

from typing import Annotated

import typer

from provisioner.cli.frame.asking import ask
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import Domain, DryRun, ShareDestroying, code_of_dry_run, parse_domain
from provisioner.cli.frame.output import print_document, print_text
from provisioner.cli.mail_domain import text
from provisioner.core.asked.command_line import Asked
from provisioner.core.terraform.sharing import Sharing
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain

app = commands()


@command(
    app,
    "destroy-domain",
    examples="""\
  provisioner destroy-domain example.com
  provisioner destroy-domain example.com --yes --keep-zone
  provisioner destroy-domain example.com --dry-run""",
)
def _destroy_domain(
    common: Common,
    domain: Domain,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the domain's name again.")] = False,
    keep_zone: Annotated[bool, typer.Option("--keep-zone", help="Leave a zone that we created in place.")] = False,
    yes_it_sends: Annotated[
        bool,
        typer.Option("--yes-it-sends", help="Go on although its keys were used in the last 7 days, or none can say."),
    ] = False,
    dry_run: DryRun = False,
    share: ShareDestroying = Sharing.NEVER,
) -> int:
    """Take a domain off SES again, and only what is ours.

    That is the identity, our records, the configuration set, the IAM user and its keys. A hosted zone that we created
    goes too, unless it holds records that are not ours (exit 5) or --keep-zone is given.
    Records that we only extended are given back as they were. A lost workspace does not matter.
    """
    from provisioner.wiring.worlds import open_domain  # noqa: PLC0415 - help is cheap

    name = parse_domain(domain)
    asked = Asked(region=common.chosen_region(), default_region=common.default_region())
    if not (yes or dry_run):
        _confirm(name)
    with open_domain(common.settings(), common.progress(), sharing=share) as edges:
        done = destroy_domain(edges, name, asked, Consent(keep_zone, yes_it_sends, dry_run))
    if common.as_json:
        print_document(done.to_document())
    else:
        print_text(text.destruction(done, dry_run=dry_run))
    return code_of_dry_run(changes=dry_run and not done.plan.empty)


def _confirm(domain: DomainName) -> None:
    refusal = InputError("not_confirmed", f"{domain}: destroying needs a confirmation", "give --yes")
    answer = ask(f"This ends all mail from {domain}. Type its name to go on", refusal)
    if answer.strip().lower() not in (domain.ascii, domain.unicode):
        raise InputError("not_confirmed", f"{answer!r} is not {domain}; nothing was touched", "repeat, or give --yes")
