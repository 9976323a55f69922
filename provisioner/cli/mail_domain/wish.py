"""What the options of `new-domain` and `plan` wish for a domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from provisioner.cli.frame.common import Common
from provisioner.cli.frame.options import TakeOver, parse_address, parse_if_given
from provisioner.core.asked.boundary import Boundary
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.ignored_tags import IgnoredTags
from provisioner.core.asked.options import customer_name, delegation_set_id, mail_from_label
from provisioner.core.asked.request import Dmarc, Spf, Tls, ZoneMode
from provisioner.core.asked.senders import SenderChange
from provisioner.core.asked.tags import TagChange
from provisioner.errors import InputError


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of `new-domain` and `plan` that say what the domain should be, as typed."""

    zone: Annotated[ZoneMode | None, typer.Option("--zone", help="Where the records go (default: auto).")] = None
    contact: Annotated[
        str | None, typer.Option("--contact", metavar="ADDR", help="Whom to tell about this domain.")
    ] = None
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="NAME", help="Whose it is: the tag Customer.")
    ] = None
    mail_from: Annotated[
        str | None,
        typer.Option("--mail-from", metavar="LABEL", help="Label of the MAIL FROM domain (default: bounce)."),
    ] = None
    dmarc: Annotated[
        Dmarc | None, typer.Option("--dmarc", help="DMARC policy (default: none); skip: publish no DMARC record.")
    ] = None
    dmarc_rua: Annotated[
        str | None,
        typer.Option("--dmarc-rua", metavar="ADDR", help="Where DMARC aggregate reports go (default: nowhere)."),
    ] = None
    spf: Annotated[
        Spf | None,
        typer.Option(
            "--spf",
            help="SPF at the domain itself (default: merge); skip: no record of ours there, MAIL FROM carries its own; "
            "publish: one also where mail of others has none.",
        ),
    ] = None
    tls: Annotated[
        Tls | None, typer.Option("--tls", help="require: SES drops mail to servers without TLS (default: optional).")
    ] = None
    delegation_set: Annotated[
        str | None, typer.Option("--delegation-set", metavar="ID", help="Reusable delegation set of a created zone.")
    ] = None
    no_customer: Annotated[bool, typer.Option("--no-customer", help="Forget whose it is.")] = False
    no_contact: Annotated[bool, typer.Option("--no-contact", help="Forget whom to tell.")] = False
    no_dmarc_rua: Annotated[bool, typer.Option("--no-dmarc-rua", help="Have DMARC reports sent nowhere again.")] = False
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="KEY=VALUE", help="A tag of your own on all that takes tags (repeatable)."),
    ] = None
    no_tag: Annotated[
        list[str] | None,
        typer.Option("--no-tag", metavar="KEY", help="Take a tag of your own away again (repeatable)."),
    ] = None
    sender: Annotated[
        list[str] | None,
        typer.Option(
            "--sender",
            metavar="NAME=LOCALPART",
            help="A further SMTP user that sends as LOCALPART@DOMAIN only, upper and lower case as given (repeatable).",
        ),
    ] = None
    no_sender: Annotated[
        list[str] | None,
        typer.Option("--no-sender", metavar="NAME", help="Take a sender away again, with its password (repeatable)."),
    ] = None
    permissions_boundary: Annotated[
        str | None,
        typer.Option(
            "--permissions-boundary", metavar="ARN", help="Permissions boundary of the SMTP users (none: no more)."
        ),
    ] = None
    ignore_tags: Annotated[
        str | None,
        typer.Option(
            "--ignore-tags",
            metavar="KEYS",
            help="Leave tags of others alone, such as CreatedBy,CostCenter* (none: no more).",
        ),
    ] = None
    take_over: TakeOver = False
    allow_delete: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-delete", metavar="ADDRESS", help="Let a plan delete or replace this resource (repeatable)."
        ),
    ] = None

    def _taken_back(self) -> frozenset[str]:
        """Return the names of the options that are taken back; raises `InputError` for one that is given too."""
        named = {"customer": self.no_customer, "contact": self.no_contact, "dmarc_rua": self.no_dmarc_rua}
        names = [name for name, goes in named.items() if goes]
        both = next((name.replace("_", "-") for name in names if getattr(self, name) is not None), None)
        if both:
            message = f"--{both} and --no-{both} exclude each other"
            raise InputError(f"invalid_{both.replace('-', '_')}", message, "leave one of them out")
        return frozenset(names)

    def parse(self, common: Common) -> Asked:
        """Return the options as values, with the region of the common ones; raises `InputError`."""
        return Asked(
            region=common.chosen_region(),
            default_region=common.default_region(),
            zone=self.zone,
            contact=parse_address(self.contact),
            customer=parse_if_given(customer_name, self.customer),
            mail_from=parse_if_given(mail_from_label, self.mail_from),
            dmarc=self.dmarc,
            dmarc_rua=parse_address(self.dmarc_rua),
            delegation_set=parse_if_given(delegation_set_id, self.delegation_set),
            spf=self.spf,
            tls=self.tls,
            permissions_boundary=parse_if_given(Boundary.parse, self.permissions_boundary),
            ignore_tags=parse_if_given(IgnoredTags.parse, self.ignore_tags),
            tags=TagChange.parse(self.tag or (), self.no_tag or ()),
            senders=SenderChange.parse(self.sender or (), self.no_sender or ()),
            take_over=self.take_over,
            allow_delete=tuple(self.allow_delete or ()),
            taken_back=self._taken_back(),
        )
