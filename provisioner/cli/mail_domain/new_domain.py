"""The commands over domains: new-domain, plan, destroy-domain, list, show, status, send-test, version."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import typer

from provisioner.cli.frame.common import Cold, Common, command, parse_address, parse_domain
from provisioner.cli.frame.output import print_document, print_table, print_text
from provisioner.cli.mail_domain import text
from provisioner.cli.mail_domain.follow_up import RegistrarWish, followed
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.options import customer_name, delegation_set_id, mail_from_label
from provisioner.core.asked.request import DmarcPolicy, Spf, ZoneMode
from provisioner.core.asked.senders import SenderChange, sender_name
from provisioner.core.asked.tags import TagChange
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.duration import parse_duration
from provisioner.errors import InputError, NotDesired
from provisioner.usecases.credentials.send_test import send_test
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import Planned, new_domain, plan_domain
from provisioner.usecases.mail_domain.status import list_domains, remembered, status_of, versions

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Domain = Annotated[str, typer.Argument(metavar="DOMAIN", help="The domain, e.g. example.com or münchen.de.")]
Zone = Annotated[ZoneMode | None, typer.Option("--zone", help="Where the records go (default: auto).")]
Contact = Annotated[str | None, typer.Option("--contact", metavar="ADDR", help="Whom to tell about this domain.")]
Customer = Annotated[str | None, typer.Option("--customer", metavar="NAME", help="Whose it is: the tag Customer.")]
MailFrom = Annotated[
    str | None, typer.Option("--mail-from", metavar="LABEL", help="Label of the MAIL FROM domain (default: bounce).")
]
Dmarc = Annotated[DmarcPolicy | None, typer.Option("--dmarc", help="DMARC policy (default: none).")]
DmarcRua = Annotated[
    str | None, typer.Option("--dmarc-rua", metavar="ADDR", help="Where DMARC aggregate reports go (default: nowhere).")
]
SpfChoice = Annotated[
    Spf | None, typer.Option("--spf", help="skip: publish no SPF record at the domain; MAIL FROM carries its own.")
]
DelegationSet = Annotated[
    str | None, typer.Option("--delegation-set", metavar="ID", help="Reusable delegation set of a created zone.")
]
Tag = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="KEY=VALUE", help="A tag of your own on all that takes tags (repeatable)."),
]
NoTag = Annotated[
    list[str] | None, typer.Option("--no-tag", metavar="KEY", help="Take a tag of your own away again (repeatable).")
]
SenderOption = Annotated[
    list[str] | None,
    typer.Option(
        "--sender",
        metavar="NAME=LOCALPART",
        help="A further SMTP user that sends as LOCALPART@DOMAIN only, upper and lower case as given (repeatable).",
    ),
]
NoSender = Annotated[
    list[str] | None,
    typer.Option("--no-sender", metavar="NAME", help="Take a sender away again, with its password (repeatable)."),
]
SenderName = Annotated[str | None, typer.Option("--sender", metavar="NAME", help="A sender's instead of the domain's.")]
TakeOver = Annotated[
    bool, typer.Option("--take-over", help="Manage resources of our names from now on although they lack our tags.")
]
AllowDelete = Annotated[
    list[str] | None,
    typer.Option("--allow-delete", metavar="ADDRESS", help="Let a plan delete or replace this resource (repeatable)."),
]
Wait = Annotated[
    str | None,
    typer.Option("--wait", metavar="DURATION", help="Wait for verification, e.g. 10m; exit 3 if it is still pending."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
NoSecret = Annotated[bool, typer.Option("--no-secret", help="Leave the SMTP password out of the output.")]


@dataclass(frozen=True, slots=True)
class Given:
    """The options of `new-domain` and `plan`, as typed."""

    zone: ZoneMode | None
    contact: str | None
    customer: str | None
    mail_from: str | None
    dmarc: DmarcPolicy | None
    dmarc_rua: str | None
    spf: Spf | None
    delegation_set: str | None
    tag: list[str] | None
    no_tag: list[str] | None
    sender: list[str] | None
    no_sender: list[str] | None
    take_over: bool
    allow_delete: list[str] | None

    def asked(self, common: Common) -> Asked:
        """Return the options, parsed."""
        return Asked(
            region=common.chosen_region(),
            default_region=common.default_region(),
            zone=self.zone,
            contact=parse_address(self.contact),
            customer=_read(customer_name, self.customer),
            mail_from=_read(mail_from_label, self.mail_from),
            dmarc=self.dmarc,
            dmarc_rua=parse_address(self.dmarc_rua),
            delegation_set=_read(delegation_set_id, self.delegation_set),
            spf=self.spf,
            tags=TagChange.parse(self.tag or (), self.no_tag or ()),
            senders=SenderChange.parse(self.sender or (), self.no_sender or ()),
            take_over=self.take_over,
            allow_delete=tuple(self.allow_delete or ()),
        )


def parse_sender(name: str | None) -> str | None:
    """Return the name of a sender, if one was given; raises `InputError`."""
    return _read(sender_name, name)


def _read(parse: Callable[[str], str], text: str | None) -> str | None:
    return None if text is None else parse(text)


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
    zone: Zone = None,
    contact: Contact = None,
    customer: Customer = None,
    mail_from: MailFrom = None,
    dmarc: Dmarc = None,
    dmarc_rua: DmarcRua = None,
    spf: SpfChoice = None,
    delegation_set: DelegationSet = None,
    tag: Tag = None,
    no_tag: NoTag = None,
    sender: SenderOption = None,
    no_sender: NoSender = None,
    take_over: TakeOver = False,
    allow_delete: AllowDelete = None,
    update_registrar: Annotated[
        bool, typer.Option("--update-registrar", help="Set the zone's name servers in Route 53 Domains (asks first).")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before the registrar is changed.")] = False,
    wait: Wait = None,
    dry_run: DryRun = False,
    no_secret: NoSecret = False,
    cold: Cold = False,
) -> int:
    """Put a domain on Amazon SES, or bring it to the desired state.

    Creates (or adopts) the hosted zone, the SES identity with DKIM, MAIL FROM, SPF and DMARC records, a configuration
    set, and an IAM user that can send as this domain only; then prints its SMTP credentials. Each --sender gets an IAM
    user and credentials of its own, for one address. A second run changes nothing. What was asked is remembered: a
    later run without an option keeps it.
    """
    from provisioner.wiring.settings import open_warm  # noqa: PLC0415 - help is cheap

    name, limit = parse_domain(domain), parse_duration(wait) if wait else None
    given = Given(
        zone,
        contact,
        customer,
        mail_from,
        dmarc,
        dmarc_rua,
        spf,
        delegation_set,
        tag,
        no_tag,
        sender,
        no_sender,
        take_over,
        allow_delete,
    )
    asked = given.asked(common)
    if dry_run:
        _print_plan(common, _planned(common, name, asked, cold=cold))
        return 0
    with open_warm(common.settings(), common.progress(), cold=cold, applies=True) as edges:
        notice = common.ephemeral_notice()
        if notice:
            edges.progress.warn(notice)
        made = new_domain(edges, name, asked)
    report, code = followed(edges, made, limit, RegistrarWish(update_registrar, yes))
    if common.as_json:
        print_document(report.to_document(with_secret=not no_secret))
    else:
        print_text(text.report(report, with_secret=not no_secret))
    return code


def _planned(common: Common, domain: DomainName, asked: Asked, *, cold: bool) -> Planned:
    from provisioner.wiring.settings import open_warm  # noqa: PLC0415 - help is cheap

    with open_warm(common.settings(), common.progress(), cold=cold) as edges:
        return plan_domain(edges, domain, asked)


def _print_plan(common: Common, planned: Planned) -> None:
    if common.as_json:
        print_document(planned.to_document())
    else:
        print_text(text.planned(planned))


@command(
    app,
    "plan",
    examples="""\
  provisioner plan example.com
  provisioner plan example.com --dmarc reject
  provisioner plan example.com --json | jq .changes""",
)
def _plan(
    common: Common,
    domain: Domain,
    zone: Zone = None,
    contact: Contact = None,
    customer: Customer = None,
    mail_from: MailFrom = None,
    dmarc: Dmarc = None,
    dmarc_rua: DmarcRua = None,
    spf: SpfChoice = None,
    delegation_set: DelegationSet = None,
    tag: Tag = None,
    no_tag: NoTag = None,
    sender: SenderOption = None,
    no_sender: NoSender = None,
    take_over: TakeOver = False,
    allow_delete: AllowDelete = None,
    cold: Cold = False,
) -> int:
    """Say what new-domain would do; exit 3 when there are changes.

    Nothing is changed and nothing is remembered.
    """
    given = Given(
        zone,
        contact,
        customer,
        mail_from,
        dmarc,
        dmarc_rua,
        spf,
        delegation_set,
        tag,
        no_tag,
        sender,
        no_sender,
        take_over,
        allow_delete,
    )
    name, asked = parse_domain(domain), given.asked(common)
    planned = _planned(common, name, asked, cold=cold)
    _print_plan(common, planned)
    return 0 if planned.plan.empty else NotDesired.exit_code


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
        bool, typer.Option("--yes-it-sends", help="Go on although the domain sent mail in the last 7 days.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Take a domain off SES again, and only what is ours.

    That is the identity, our records, the configuration set, the IAM user and its keys. A hosted zone that we created
    goes too, unless it holds records that are not ours (exit 5) or --keep-zone is given.
    Records that we only extended are given back as they were. A lost workspace does not matter.
    """
    name = parse_domain(domain)
    asked = Asked(region=common.chosen_region(), default_region=common.default_region())
    if not (yes or dry_run):
        _confirm(name)
    done = destroy_domain(common.edges(), name, asked, Consent(keep_zone, yes_it_sends, dry_run))
    if common.as_json:
        print_document(done.to_document())
    else:
        print_text(text.destroyed(done, dry_run=dry_run))


def _confirm(domain: DomainName) -> None:
    if not sys.stdin.isatty():
        raise InputError("not_confirmed", f"{domain}: destroying needs a confirmation", "give --yes")
    answer = typer.prompt(f"This ends all mail from {domain}. Type its name to go on", err=True)
    if answer.strip().lower() not in (domain.ascii, domain.unicode):
        raise InputError("not_confirmed", f"{answer!r} is not {domain}; nothing was touched", "repeat, or give --yes")


@command(app, "list", examples="  provisioner list\n  provisioner list --json | jq -r '.domains[].domain'")
def _list(common: Common) -> None:
    """List the domains of this home.

    AWS is not asked.
    """
    found = [known.to_document() for known in list_domains(common.edges())]
    if common.as_json:
        print_document({"domains": found})
    else:
        rows = [(d["domain"], d["region"], d["zone"] or "-", d["customer"] or "-", d["contact"] or "-") for d in found]
        print_table(("DOMAIN", "REGION", "ZONE", "CUSTOMER", "CONTACT"), rows)


@command(app, "show", examples="  provisioner show example.com\n  provisioner show example.com --json")
def _show(common: Common, domain: Domain) -> None:
    """Show what was asked for a domain and what it should be.

    AWS is not asked.
    """
    edges = common.edges()
    known = remembered(edges, parse_domain(domain))
    document = known.details(edges.store)
    if common.as_json:
        print_document(document)
    else:
        print_text(text.remembered(document))


@command(
    app,
    "status",
    examples="""\
  provisioner status example.com
  provisioner status example.com example.org --json
  provisioner status example.com --wait 1h""",
)
def _status(
    common: Common,
    domains: Annotated[list[str], typer.Argument(metavar="DOMAIN", help="The domains.")],
    wait: Wait = None,
) -> int:
    """Ask AWS and DNS how domains stand.

    With --wait, until they are verified; exit 3 if they are still pending then.
    """
    names, limit = [parse_domain(domain) for domain in domains], parse_duration(wait) if wait else None
    edges = common.edges()
    found = [status_of(edges, name, limit) for name in names]
    if common.as_json:
        print_document({"domains": [status.to_document() for status in found]})
    else:
        print_text(text.statuses(found))
    return 0 if limit is None or all(status.settled for status in found) else NotDesired.exit_code


@command(
    app,
    "send-test",
    examples="""\
  provisioner send-test example.com --to me@example.org
  provisioner send-test example.com --sender shop --to me@example.org""",
)
def _send_test(
    common: Common,
    domain: Domain,
    to: Annotated[str, typer.Option("--to", metavar="ADDR", help="Who gets the message.")],
    sender: SenderName = None,
) -> None:
    """Send one message through a domain's SMTP credentials.

    It goes the way that the domain's website would send it: over SMTP, with the stored user name and password. With
    --sender it goes out from that sender's address, with its password.
    """
    name, recipient = parse_domain(domain), EmailAddress.parse(to)
    reply = send_test(common.edges(), name, recipient, parse_sender(sender))
    if common.as_json:
        print_document({"domain": name.ascii, "to": str(recipient), "reply": reply})
    else:
        print_text(f"accepted: {reply}")


@command(app, "version", examples="  provisioner version\n  provisioner version --json")
def _version(common: Common) -> None:
    """Say which Terraform, provider and mirror would be used."""
    document = versions(common.edges())
    if common.as_json:
        print_document(document)
    else:
        print_text(text.pairs((key.replace("_", " "), value or "-") for key, value in document.items()))
