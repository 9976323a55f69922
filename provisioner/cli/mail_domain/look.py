"""The commands that only look: list, show, status."""

from __future__ import annotations

from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import Domain, Wait, parse_domain
from provisioner.cli.frame.output import print_document, print_error, print_text
from provisioner.cli.mail_domain import text
from provisioner.core.values.duration import parse_duration
from provisioner.errors import NotDesired
from provisioner.usecases.home import list_domains, recall
from provisioner.usecases.mail_domain.status import look_at

app = commands()


@command(app, "list", examples="  provisioner list\n  provisioner list --json | jq -r '.domains[].domain'")
def _list(common: Common) -> None:
    """List the domains of this home.

    AWS is not asked. Whether a domain is paused is as new-domain, batch, drift, pause or resume last saw it from here.
    """
    domains = [known.to_document() for known in list_domains(common.edges())]
    if common.as_json:
        print_document({"domains": domains})
    else:
        print_text(text.known_domains(domains))


@command(app, "show", examples="  provisioner show example.com\n  provisioner show example.com --json")
def _show(common: Common, domain: Domain) -> None:
    """Show what was asked for a domain and what it should be.

    AWS is not asked.
    """
    edges = common.edges()
    known = recall(edges, parse_domain(domain))
    document = known.details(edges.store)
    if common.as_json:
        print_document(document)
    else:
        print_text(text.request(document))


@command(
    app,
    "status",
    examples="""\
  provisioner status example.com
  provisioner status example.com example.org --json
  provisioner status example.com --check
  provisioner status example.com --wait 1h""",
)
def _status(
    common: Common,
    domains: Annotated[list[str], typer.Argument(metavar="DOMAIN", help="The domains.")],
    wait: Wait = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 unless every domain may send.")] = False,
) -> int:
    """Ask AWS and DNS how domains stand.

    With --wait, until they are verified; exit 3 if they are still pending then. With --check, exit 3 unless each is
    verified, nothing of it is paused, SES lets the account write to everybody, and its day's quota is not used up.

    A domain that cannot be looked at does not hide the others: it is named behind them, and the exit code is that of
    its error.
    """
    names, limit = [parse_domain(domain) for domain in domains], parse_duration(wait) if wait else None
    looked = look_at(common.edges(), names, limit)
    if common.as_json:
        print_document(looked.to_document())
    else:
        print_text(text.statuses(looked.statuses))
    if looked.error is not None:
        print_error(looked.error, as_json=False)
        return looked.error.exit_code
    pending = limit is not None and not all(status.settled for status in looked.statuses)
    unfit = check and not all(status.may_send for status in looked.statuses)
    return NotDesired.exit_code if pending or unfit else 0
