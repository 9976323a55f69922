"""The command `destroy-domain`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from provisioner.cli.frame.asking import ask, need_terminal
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import DryRun, ShareDestroying, code_of_dry_run, parse_domain
from provisioner.cli.frame.output import print_document, print_text
from provisioner.cli.mail_domain import text
from provisioner.core.asked.command_line import Asked
from provisioner.core.terraform.sharing import Sharing
from provisioner.core.values.domain import DomainName
from provisioner.core.values.hints import with_place
from provisioner.errors import InputError, Interrupted, ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.destruction import Destruction

app = commands()

_SOME_FAILED = 4
_UNDERSTOOD = ("--region",)  # of the options of a domain


@dataclass(frozen=True, slots=True)
class _Ended:
    """How one of several domains ended: what was done, or why it was not."""

    domain: DomainName
    done: Destruction | None
    error: ProvisionerError | None = None

    def to_document(self, *, applied: bool) -> dict[str, object]:
        """Return one entry of `destroy-domain --json`."""
        if self.error is not None or self.done is None:
            error = self.error.to_document() if self.error else None
            return {"domain": self.domain.ascii, "destroyed": False, "error": error}
        return self.done.to_document(applied=applied) | {"error": None}


@command(
    app,
    "destroy-domain",
    examples="""\
  provisioner destroy-domain example.com --dry-run
  provisioner destroy-domain example.com
  provisioner destroy-domain example.com --yes --keep-zone
  provisioner destroy-domain example.com example.org
  provisioner destroy-domain --manifest leaving.yaml --dry-run""",
)
def _destroy_domain(
    common: Common,
    domains: Annotated[list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="The domains.")] = None,
    manifest: Annotated[
        str | None, typer.Option("--manifest", metavar="FILE", help="The domains of a manifest, as of `batch`.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the domain's name again.")] = False,
    keep_zone: Annotated[bool, typer.Option("--keep-zone", help="Leave a zone that we created in place.")] = False,
    yes_it_sends: Annotated[
        bool,
        typer.Option("--yes-it-sends", help="Go on although its keys were used in the last 7 days, or none can say."),
    ] = False,
    dry_run: DryRun = False,
    share: ShareDestroying = None,
) -> int:
    """Take domains off SES again, and only what is ours.

    That is the identity, our records, the configuration set, the IAM user and its keys. A hosted zone that we created
    goes too, unless it holds records that are not ours (exit 5) or --keep-zone is given. Records that we only extended
    are given back as they were. A lost workspace does not matter.

    All that goes is listed, with account and region, before the name is asked for. A domain that is neither here nor on
    AWS needs nothing (exit 0). Of several domains, one that fails does not keep the others (exit 4).
    """
    from provisioner.wiring.worlds import open_domain  # noqa: PLC0415 - help is cheap

    targets = _targets(common, domains or [], manifest)
    if not (yes or dry_run):
        need_terminal(_refusal(targets[0][0]))
    consent = Consent(keep_zone, yes_it_sends, dry_run)
    sharing = share or (Sharing.ALWAYS if dry_run else Sharing.NEVER)
    with open_domain(common.settings(), common.progress(), sharing=sharing) as edges:
        ended = list(_end_each(common, edges, targets, consent, yes=yes))
    if common.as_json:
        print_document({"domains": [one.to_document(applied=not dry_run) for one in ended]})
    return _exit_code(ended, dry_run=dry_run)


def _targets(common: Common, domains: Sequence[str], manifest: str | None) -> list[tuple[DomainName, Asked]]:
    """Return each domain once, with the region to look in when this home does not know it."""
    from provisioner.wiring.batch import read_manifest  # noqa: PLC0415 - help is cheap

    asked = Asked(region=common.chosen_region(), default_region=common.default_region())
    found = {parse_domain(domain): asked for domain in domains}
    for entry in read_manifest(manifest).entries if manifest is not None else ():
        region = entry.asked.region or asked.default_region
        found.setdefault(entry.domain, Asked(region=asked.region, default_region=region))
    if not found:
        raise InputError("no_domain", "no domain is named", "name domains, or a manifest with --manifest FILE")
    return list(found.items())


def _end_each(
    common: Common, edges: Edges, targets: Sequence[tuple[DomainName, Asked]], consent: Consent, *, yes: bool
) -> Iterator[_Ended]:
    for domain, asked in targets:
        try:
            agree = _agree if not yes else _need_no_answer
            done = destroy_domain(edges, domain, asked, consent, agree)
        except ProvisionerError as error:
            if len(targets) == 1 or isinstance(error, Interrupted):
                raise
            error.hint = with_place(error.hint, _UNDERSTOOD)
            edges.progress.warn(error.with_hint)
            yield _Ended(domain, None, error)
        else:
            if not common.as_json:
                print_text(text.destruction(done, dry_run=consent.dry_run))
            yield _Ended(domain, done)


def _exit_code(ended: Sequence[_Ended], *, dry_run: bool) -> int:
    failed = [one.error for one in ended if one.error]
    if failed:
        return failed[0].exit_code if len(failed) == len(ended) else _SOME_FAILED
    return code_of_dry_run(changes=dry_run and any(one.done and one.done.known for one in ended))


def _need_no_answer(_going: Destruction) -> None:
    """Do as --yes says."""


def _agree(going: Destruction) -> None:
    domain = going.domain
    answer = ask(text.question(going), _refusal(domain))
    if answer.strip().lower() not in (domain.ascii, domain.unicode):
        raise InputError("not_confirmed", f"{answer!r} is not {domain}; nothing was touched", "repeat, or give --yes")


def _refusal(domain: DomainName) -> InputError:
    return InputError("not_confirmed", f"{domain}: destroying needs a confirmation", "look at --dry-run, give --yes")
