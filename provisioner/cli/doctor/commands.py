"""`doctor`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

import typer

from provisioner.cli.doctor.options import Options
from provisioner.cli.doctor.text import changes_text, diagnosis_text, overview, repair_question, shared_text
from provisioner.cli.frame import unkept
from provisioner.cli.frame.asking import TerminalConsent, need_terminal
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.machine import this_machine
from provisioner.cli.frame.options import parse_domain
from provisioner.cli.frame.output import StderrProgress, print_document, print_text
from provisioner.cli.frame.signals import Signals
from provisioner.core.batch.parallelism import MOST_PARALLEL, usual_parallelism
from provisioner.core.checks.catalogue import CHECKS, Check, expecting
from provisioner.core.checks.diagnosis import Changes, Diagnosis, shared_by_all
from provisioner.core.terraform.sharing import Sharing
from provisioner.core.values.domain import DomainName
from provisioner.core.values.duration import parse_duration
from provisioner.errors import (
    InputError,
    Interrupted,
    KeyNotKept,
    NotDesired,
    ProvisionerError,
    carrying,
    keys_not_kept,
)
from provisioner.ports.doctor import DoctorEdges
from provisioner.usecases.doctor.changes import changed
from provisioner.usecases.doctor.many import diagnosed_all
from provisioner.usecases.doctor.repair import repaired
from provisioner.usecases.doctor.senders import with_senders
from provisioner.usecases.mail_domain.new_domain import Planned
from provisioner.usecases.parallel.stopping import Stop, Urgency
from provisioner.usecases.parallel.workers import Workers

app = commands()


@command(
    app,
    "doctor",
    examples="""\
  provisioner doctor example.com
  provisioner doctor example.com --repair
  provisioner doctor example.com --watch 30m
  provisioner doctor example.com --senders
  provisioner doctor --all --changes --quiet
  provisioner doctor --all --report doctor.html
  provisioner doctor example.com --json | jq '.domains[].findings[] | select(.severity == "error")'""",
)
def _doctor(
    common: Common,
    options: Options,
    domains: Annotated[list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="The domains.")] = None,
) -> int:
    """Find the cause why mail of domains does not arrive; exit 3 when there is an error.

    Looks at the zone's own name servers, SES, IAM, the SMTP login, the account and this machine's clock. One cause is
    one finding, with what follows from it below; what could not be looked at is said, and is never taken for good or
    bad. Nothing is changed without --repair, and no message is sent.

    With --changes nothing is printed when nothing changed: for a nightly job.

    With --senders a table below says which IAM users may send as the domain, its own and any other of the account, and
    when each key was last used. Who sent which mail is told by `audit query senders`, once there are events.
    """
    from provisioner.wiring.doctor import report_files  # noqa: PLC0415 - help is cheap

    limit, files = parse_duration(options.watch) if options.watch else timedelta(), report_files()
    files.check(options.report or [])
    _refuse_silent_repair(options)
    _refuse_senders_of_changes(options)
    due = parse_duration(options.due) if options.due else None
    checks = expecting(CHECKS, production=options.production_expected, due=due)
    world = common.doctor()
    names = _names(world, domains or [], options)
    looking = _Looking(common, world, limit, checks, options)
    with carrying(looking.not_kept):
        found = looking.repaired(looking.at(names)) if options.repair else looking.at(names)
        found = with_senders(world, found) if options.senders else found
        since = {one.domain: changed(world, one) for one in found} if options.changes else {}
        for path in options.report or []:
            files.write(path, found)
    _print(common, options, found, since, looking.not_kept)
    return 0 if all(one.healthy for one in found) else NotDesired.exit_code


def _print(
    common: Common,
    options: Options,
    found: Sequence[Diagnosis],
    since: Mapping[DomainName, Changes],
    not_kept: Sequence[KeyNotKept],
) -> None:
    """Print what was found, and the credentials that are kept nowhere, which no report file has."""
    if common.as_json:
        more = {name: changes.to_document() for name, changes in since.items()}
        errors = {str(error["credential"]["domain"]): {"error": error} for error in map(unkept.document, not_kept)}
        entries = [one.to_document() | more.get(one.domain, {}) | errors.get(one.domain.ascii, {}) for one in found]
        print_document({"domains": entries})
    elif text := "\n\n".join([*_parts(options, found, since), *unkept.in_text(not_kept)]):
        print_text(text)


def _parts(options: Options, found: Sequence[Diagnosis], since: Mapping[DomainName, Changes]) -> Iterator[str]:
    if options.changes:
        yield from (changes_text(one, since[one.domain]) for one in found if since[one.domain].any)
        return
    shared = shared_by_all(found)
    if shared:
        yield shared_text(shared, len(found))
    yield from (diagnosis_text(one, without=shared) for one in found)
    if options.all_domains:
        yield overview(found) if found else "no domains"


def _names(world: DoctorEdges, domains: Sequence[str], options: Options) -> list[DomainName]:
    """Return each domain once; raises `InputError` when none is named, or both some and all."""
    if options.all_domains == bool(domains):
        hint = "`provisioner doctor example.com`, or `provisioner doctor --all` for every domain of this home"
        message = "both domains and --all are given" if domains else "no domain is named"
        raise InputError("no_domain" if not domains else "domains_and_all", message, hint)
    named = [parse_domain(domain) for domain in domains]
    return list(dict.fromkeys(named or [workspace.domain for workspace in world.edges.workspaces.all()]))


def _refuse_silent_repair(options: Options) -> None:
    if options.yes and not options.repair:
        raise InputError("yes_to_nothing", "--yes agrees to what --repair shows", "give --repair too")
    if options.repair and not options.yes:
        need_terminal(_unconfirmed())


def _refuse_senders_of_changes(options: Options) -> None:
    if options.senders and options.changes:
        message = "--changes says only what is new or mended, --senders who may send at all"
        raise InputError("senders_and_changes", message, "give one of the two")


def _unconfirmed() -> InputError:
    return InputError("not_confirmed", "a repair needs a confirmation", "look without --repair, or give --yes")


@dataclass(frozen=True, slots=True)
class _Looking:
    """Looks at domains as the options say, and repairs what they allow.

    `not_kept` are new keys of a repair that could be neither stored nor deleted again.
    """

    common: Common
    world: DoctorEdges
    limit: timedelta
    checks: Sequence[Check]
    options: Options
    not_kept: list[KeyNotKept] = field(default_factory=list)

    def at(self, names: Sequence[DomainName]) -> list[Diagnosis]:
        """Look at the domains side by side."""
        stop = Stop(first=Urgency.INTERRUPT)
        signals = Signals(stop, self.common.progress().note)
        usual = usual_parallelism(len(names) or MOST_PARALLEL, this_machine(), cold=False, reads=True)
        workers = Workers(self.options.parallelism or usual, stop, signals.look)
        with signals.take_over():
            return diagnosed_all(self.world, names, self.checks, workers, self.limit)

    def repaired(self, found: Sequence[Diagnosis]) -> list[Diagnosis]:
        """Repair one domain after the other, and look again at those where something was done."""
        done = {one.domain for one in found if one.repairable and self._repaired(one)}
        again = {one.domain: one for one in self.at([one.domain for one in found if one.domain in done])}
        return [again.get(one.domain, one) for one in found]

    def _repaired(self, diagnosis: Diagnosis) -> bool:
        from provisioner.wiring.worlds import open_domain  # noqa: PLC0415 - help is cheap

        progress = self.common.progress()

        def agree(planned: Planned) -> bool:
            # What is asked about is seen, however quiet the run.
            shown = progress if self.options.yes else StderrProgress(quiet=False, verbose=False)
            shown.note(repair_question(diagnosis, planned))
            return TerminalConsent(self.options.yes, _unconfirmed()).given("Repair it?")

        try:
            with open_domain(self.common.settings(), progress, sharing=Sharing.READS) as edges:
                return repaired(edges, diagnosis, agree)
        except Interrupted:
            raise
        except ProvisionerError as error:
            self.not_kept.extend(keys_not_kept(error))
            progress.warn(f"{diagnosis.domain}: not repaired: {error.with_hint}")
            return False
