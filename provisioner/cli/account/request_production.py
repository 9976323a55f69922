"""`account request-production`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from provisioner.cli.frame.asking import TerminalConsent, need_terminal
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.layout import indent, pairs
from provisioner.cli.frame.options import DryRun, code_of_dry_run
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.account.production import Asked, ProductionRequest, Stage, parse_contacts, parse_website
from provisioner.errors import InputError, Refused
from provisioner.usecases.account.production import file_request, prepare_request

app = commands()


@command(
    app,
    "request-production",
    examples="""\
  provisioner account request-production --website https://example.com/ --dry-run
  provisioner account request-production --website example.com --contact admin@example.com \
--use-case 'Receipts and password resets of our shops'""",
)
def _request_production(
    common: Common,
    website: Annotated[str | None, typer.Option("--website", metavar="URL", help="The site whose mail it is.")] = None,
    contact: Annotated[
        list[str] | None, typer.Option("--contact", metavar="ADDR", help="Whom AWS writes to as well (repeatable).")
    ] = None,
    use_case: Annotated[
        str | None, typer.Option("--use-case", metavar="TEXT", help="What mail it is, to whom, in your own words.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="File it without asking.")] = False,
    dry_run: DryRun = False,
) -> int:
    """Ask AWS to let mail out to everybody, not to verified recipients only.

    The description is made of your own words and of what is there: the domains of this home, how bounces and complaints
    are handled, DMARC, how much was sent. It is shown before it is filed. Where there is nothing to ask, because it was
    granted or asked for already, that is said; what AWS has denied cannot be asked again.
    """
    site = parse_website(website) if website else None
    contacts = parse_contacts(contact or ())
    if not (yes or dry_run):
        need_terminal(_refusal())
    world = common.account()
    asked = prepare_request(world, common.needed_region("to ask for"), site, contacts, use_case)
    if asked.request and not use_case:
        common.progress().warn("AWS decides by what mail it is and who gets it: say so with --use-case")
    if asked.request and not dry_run:
        _agree(asked.request, yes=yes)
        asked = file_request(world, asked)
    if common.as_json:
        print_document(asked.to_document())
    else:
        print_text("\n".join(_lines(asked)))
    return code_of_dry_run(changes=asked.stage is Stage.WOULD_FILE)


def _agree(request: ProductionRequest, *, yes: bool) -> None:
    if not TerminalConsent(yes, _refusal()).given(f"{_shown(request)}\n\nFile this request with AWS?"):
        raise Refused("not_confirmed", "nothing was filed", "change it with --use-case, and repeat")


def _refusal() -> InputError:
    return InputError("not_confirmed", "filing a request needs a confirmation", "look at --dry-run, give --yes")


def _lines(asked: Asked) -> Iterator[str]:
    ses = asked.ses
    case = f", case {ses.review_case}" if ses.review_case else ""
    yield {
        Stage.GRANTED: f"this account has production access in {ses.region}: nothing to do",
        Stage.PENDING: f"production access in {ses.region} was asked for, and AWS has not answered yet{case}",
        Stage.FILED: f"production access in {ses.region} was asked for: `provisioner account status` shows the answer",
        Stage.WOULD_FILE: f"production access in {ses.region} would be asked for",
    }[asked.stage]
    if asked.request:
        yield from ("", _shown(asked.request))


def _shown(request: ProductionRequest) -> str:
    contacts = ", ".join(map(str, request.contacts)) or "the account's own"
    head = pairs([("mail", "transactional"), ("website", request.website), ("contacts", contacts)])
    return f"{head}\n\n{indent(request.use_case)}"
