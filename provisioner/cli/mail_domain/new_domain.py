"""The commands `new-domain` and `plan`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command
from provisioner.cli.frame.options import (
    Cold,
    Domain,
    DryRun,
    NoSecret,
    Share,
    Wait,
    _read,
    parse_address,
    parse_domain,
    sharing_of,
)
from provisioner.cli.frame.output import print_document, print_text
from provisioner.cli.mail_domain import text
from provisioner.cli.mail_domain.follow_up import RegistrarWish, followed
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.options import customer_name, delegation_set_id, mail_from_label
from provisioner.core.asked.request import DmarcPolicy, Spf, ZoneMode
from provisioner.core.asked.senders import SenderChange
from provisioner.core.asked.tags import TagChange
from provisioner.core.terraform.sharing import Sharing
from provisioner.core.values.domain import DomainName
from provisioner.core.values.duration import parse_duration
from provisioner.errors import NotDesired
from provisioner.usecases.mail_domain.new_domain import Planned, new_domain, plan_domain

app = typer.Typer(rich_markup_mode=None, add_completion=False)

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
TakeOver = Annotated[
    bool, typer.Option("--take-over", help="Manage resources of our names from now on although they lack our tags.")
]
AllowDelete = Annotated[
    list[str] | None,
    typer.Option("--allow-delete", metavar="ADDRESS", help="Let a plan delete or replace this resource (repeatable)."),
]


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
    sharing = sharing_of(share, cold=cold, usual=Sharing.READS)
    if dry_run:
        _print_plan(common, _planned(common, name, asked, cold=sharing is Sharing.NEVER))
        return 0
    with open_domain(common.settings(), common.progress(), sharing=sharing) as edges:
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
    from provisioner.wiring.worlds import open_domain  # noqa: PLC0415 - help is cheap

    sharing = sharing_of(None, cold=cold, usual=Sharing.ALWAYS)
    with open_domain(common.settings(), common.progress(), sharing=sharing) as edges:
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
