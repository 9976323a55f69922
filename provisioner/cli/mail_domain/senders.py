"""The group `sender`: what the options of `new-domain`, `pause` and `resume` do for senders, by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

from provisioner.cli.frame.asking import ask, need_terminal
from provisioner.cli.frame.common import Common, command, commands, group
from provisioner.cli.frame.options import Domain, DryRun, NoSecret, code_of_dry_run, parse_domain
from provisioner.cli.frame.output import print_document, print_text
from provisioner.cli.mail_domain import senders_text, text
from provisioner.cli.mail_domain.pause import region_asked, tell
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.senders import SenderChange, Senders
from provisioner.core.mail_domain.report import DomainReport
from provisioner.core.mail_domain.standing import parse_reason
from provisioner.core.terraform.sharing import Sharing
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError
from provisioner.usecases.mail_domain.new_domain import Planned, new_domain, plan_domain
from provisioner.usecases.mail_domain.pause import pause, resume
from provisioner.usecases.mail_domain.senders import LeavingSender, leaving_senders, list_senders, senders_of, with_keys

app = commands()
group_of_senders = group(
    app,
    "sender",
    "List, add, remove, pause and resume the senders of a domain.",
    examples="""\
  provisioner sender list
  provisioner sender add example.com shop=orders
  provisioner sender remove example.com shop
  provisioner sender pause example.com shop --reason 'too many bounces'""",
)

_TOLD = ("domain", "region", "changed", "changes", "next_steps")  # of the document of `new-domain`

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of the sender, e.g. shop.")]


@command(
    group_of_senders,
    "list",
    examples="""\
  provisioner sender list
  provisioner sender list example.com example.org --keys
  provisioner sender list --json | jq -r '.senders[].address'""",
)
def _list(
    common: Common,
    domains: Annotated[list[str] | None, typer.Argument(metavar="DOMAIN", help="Default: every domain.")] = None,
    keys: Annotated[bool, typer.Option("--keys", help="Ask IAM how old the access key of each is.")] = False,
) -> None:
    """List the senders of domains, or of every domain of this home.

    Each with its address, its IAM user, whether it may send, and where its credential is stored. SES is not asked, and
    IAM only with --keys: whether a sender is paused is as a command of this home last saw it.
    """
    names, edges = [parse_domain(domain) for domain in domains or []], common.edges()
    listed = list_senders(edges, names)
    listed = with_keys(edges, listed) if keys else listed
    if common.as_json:
        print_document({"senders": [sender.to_document() for sender in listed]})
    else:
        print_text(senders_text.listing(listed, edges.clock.now() if keys else None))


@command(
    group_of_senders,
    "add",
    examples="""\
  provisioner sender add example.com shop=orders
  provisioner sender add example.com shop=orders scanner=scan --dry-run
  provisioner sender add example.com shop=orders --json | jq -r '.senders[0].smtp.password'""",
)
def _add(
    common: Common,
    domain: Domain,
    senders: Annotated[
        list[str],
        typer.Argument(metavar="NAME=LOCALPART", help="A sender, and what stands before the @ of its only address."),
    ],
    dry_run: DryRun = False,
    no_secret: NoSecret = False,
) -> int:
    """Add senders to a domain, each with an IAM user and SMTP credentials of its own, for one address only.

    The same as `new-domain DOMAIN --sender NAME=LOCALPART`, for a domain that is there. A sender that is there already
    is as it should be; with another address it gets that one, and keeps its password.
    """
    name, asked = parse_domain(domain), _asked(common, senders, ())
    names = asked.senders.put.names if isinstance(asked.senders, SenderChange) else ()
    senders_of(common.edges(), name, asked)
    if dry_run:
        return _print_plan(common, _planned(common, name, asked), {})
    done = _done(common, name, asked)
    if common.as_json:
        listed = done.to_document(with_secret=not no_secret)["senders"]
        print_document(_document(done) | {"senders": [one for one in listed if one["name"] in names]})
    else:
        print_text(text.report_of_senders(done, names, with_secret=not no_secret))
    return 0


@command(
    group_of_senders,
    "remove",
    examples="""\
  provisioner sender remove example.com shop --dry-run
  provisioner sender remove example.com shop
  provisioner sender remove example.com shop scanner --yes""",
)
def _remove(
    common: Common,
    domain: Domain,
    names: Annotated[list[str], typer.Argument(metavar="NAME", help="The names of the senders, e.g. shop.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the names again.")] = False,
    dry_run: DryRun = False,
) -> int:
    """Take senders away from a domain: their access keys, their IAM users, their stored credentials, nothing else.

    The same as `new-domain DOMAIN --no-sender NAME`, after showing what goes and asking for the name again. A sender
    that is not there needs nothing (exit 0).
    """
    name, asked = parse_domain(domain), _asked(common, (), names)
    gone = asked.dropped_senders
    there = senders_of(common.edges(), name, asked)
    if not set(gone) & set(there.names):
        return _nothing_to_remove(common, name, gone)
    going = _going(common, name, there, gone, asked_for=not (yes or dry_run))
    if dry_run:
        return _print_plan(common, _planned(common, name, asked), _gone(going), going)
    if not yes:
        _agree(name, going)
    done = _done(common, name, asked)
    if common.as_json:
        print_document(_document(done) | _gone(going))
    else:
        print_text(text.report_of_senders(done, (), with_secret=False))
    return 0


@command(
    group_of_senders,
    "pause",
    examples="""\
  provisioner sender pause example.com shop --reason 'too many bounces'
  provisioner sender pause example.com shop --dry-run""",
)
def _pause(
    common: Common,
    domain: Domain,
    name: Name,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why, for whoever asks later.")] = None,
    dry_run: DryRun = False,
) -> int:
    """Stop a sender from sending; the same as `pause DOMAIN --sender NAME`."""
    user, words = _user(domain, name), None if reason is None else parse_reason(reason)
    done = pause(common.edges(), user, region_asked(common), words, dry_run=dry_run)
    return tell(common, done, dry_run=dry_run)


@command(
    group_of_senders,
    "resume",
    examples="  provisioner sender resume example.com shop\n  provisioner sender resume example.com shop --dry-run",
)
def _resume(common: Common, domain: Domain, name: Name, dry_run: DryRun = False) -> int:
    """Let a sender send again; the same as `resume DOMAIN --sender NAME`."""
    done = resume(common.edges(), _user(domain, name), region_asked(common), dry_run=dry_run)
    return tell(common, done, dry_run=dry_run)


def _user(domain: str, name: str) -> SmtpUser:
    return SmtpUser(parse_domain(domain), Senders.parse_name(name))


def _asked(common: Common, put: Sequence[str], drop: Sequence[str]) -> Asked:
    return replace(region_asked(common), senders=SenderChange.parse(put, tuple(dict.fromkeys(drop))))


def _done(common: Common, domain: DomainName, asked: Asked) -> DomainReport:
    from provisioner.wiring.worlds import open_domain  # noqa: PLC0415 - help is cheap

    with open_domain(common.settings(), common.progress(), sharing=Sharing.READS) as edges:
        notice = common.ephemeral_notice()
        if notice:
            edges.progress.warn(notice)
        return new_domain(edges, domain, asked)


def _planned(common: Common, domain: DomainName, asked: Asked) -> Planned:
    from provisioner.wiring.worlds import open_domain  # noqa: PLC0415 - help is cheap

    with open_domain(common.settings(), common.progress(), sharing=Sharing.ALWAYS) as edges:
        return plan_domain(edges, domain, asked)


def _document(done: DomainReport) -> dict[str, Any]:
    document = done.to_document(with_secret=False)
    return {member: document[member] for member in _TOLD}


def _gone(going: Sequence[LeavingSender]) -> dict[str, Any]:
    keys = [{"iam_user": one.user.iam_user, "id": key} for one in going for key, _ in one.access_keys]
    return {"removed": [one.user.sender for one in going], "access_keys": keys}


def _print_plan(common: Common, planned: Planned, gone: dict[str, Any], going: Sequence[LeavingSender] = ()) -> int:
    if common.as_json:
        print_document(planned.to_document() | gone)
    else:
        print_text("\n".join([text.plan(planned), *senders_text.going(going)]))
    return code_of_dry_run(changes=bool(going) or not planned.empty)


def _nothing_to_remove(common: Common, domain: DomainName, names: Collection[str]) -> int:
    if common.as_json:
        print_document({"domain": domain.ascii, "changed": False, "removed": [], "access_keys": [], "next_steps": []})
    else:
        print_text(f"{domain}: nothing to do, it has no sender {' or '.join(names)}")
    return 0


def _going(
    common: Common, domain: DomainName, there: Senders, names: Collection[str], *, asked_for: bool
) -> tuple[LeavingSender, ...]:
    """Return what goes with the senders, after making sure that there is somebody to ask."""
    if asked_for:
        need_terminal(_refusal(domain))
    return leaving_senders(common.edges(), domain, there, names)


def _agree(domain: DomainName, going: Sequence[LeavingSender]) -> None:
    answer = ask(senders_text.question(domain, going), _refusal(domain))
    if set(answer.replace(",", " ").split()) != {one.user.sender for one in going}:
        wanted = " ".join(str(one.user.sender) for one in going)
        raise InputError("not_confirmed", f"{answer!r} is not {wanted}; nothing was touched", "repeat, or give --yes")


def _refusal(domain: DomainName) -> InputError:
    message = f"{domain}: taking a sender away needs a confirmation"
    return InputError("not_confirmed", message, "look at --dry-run, give --yes")
