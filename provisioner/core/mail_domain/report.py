"""What a command has to say of one domain, as one value: the CLI prints it as text or as the documented JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.core.account.ses import SesAccount
from provisioner.core.asked.senders import Sender
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.rotation import Rotation
from provisioner.core.findings import Finding
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.move import Move
from provisioner.core.mail_domain.records import Record
from provisioner.core.mail_domain.repairs import Repair
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.mail_domain.standing import DomainStanding, standing_steps
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser


@dataclass(frozen=True, slots=True)
class ZoneReport:
    """The hosted zone; `delegated` is None when DNS could not say, or when the zone is not ours to delegate.

    `move` is what sending the public to it would cost, None when it is sent there.
    """

    mode: str
    id: str | None
    name: str
    name_servers: tuple[str, ...]
    delegated: bool | None
    move: Move | None = None

    def to_document(self) -> dict[str, Any]:
        """Return the `zone` object of `new-domain --json`; with `move` when that would cost something."""
        document: dict[str, Any] = {
            "mode": self.mode,
            "id": self.id,
            "name": self.name,
            "name_servers": list(self.name_servers),
            "delegated": self.delegated,
        }
        return document if self.move is None or self.move.is_safe else document | {"move": self.move.to_document()}


@dataclass(frozen=True, slots=True)
class SmtpReport:
    """The credential of an SMTP user as far as we hold it; `lost` are keys without their secret.

    `inactive`: its key is switched off; `missing`: the user has no key, and none was made; `others` are its keys beside
    the one that we hold, `findings` say what else it holds that is not ours, `rotation` how far the replacement of its
    key is, None when nothing is under way.
    """

    user: SmtpUser
    credential: SmtpCredential | None
    stored_in: str | None
    lost: tuple[str, ...] = ()
    inactive: bool = False
    missing: bool = False
    others: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    rotation: Rotation | None = None

    def to_document(self, region: Region, *, with_secret: bool) -> dict[str, Any]:
        """Return the `smtp` object of `new-domain --json`; without the secret there is no `password` member."""
        held = self.credential
        document: dict[str, Any] = {
            "host": region.smtp_host,
            "port": 587,
            "security": "starttls",
            "user_name": held.user_name if held else None,
            "iam_user": self.user.iam_user,
            "stored_in": self.stored_in,
        }
        if with_secret:
            document["password"] = held.password.reveal() if held else None
        return document


@dataclass(frozen=True, slots=True)
class DomainReport:
    """A provisioned (or planned) domain; `changes` counts add, change, destroy and import.

    `smtp` is the credential of the main SMTP user, `senders` those of the senders in the order of the specification.
    `next_steps` are the domain's own; `all_steps` has those of the account, which are every domain's, behind them.
    `notes` are what was found in a zone elsewhere that the next steps have to say.
    `repairs` are what was (or, in a plan, would be) done at the identity beyond Terraform.
    """

    spec: MailDomain
    changed: bool
    changes: Mapping[str, int]
    zone: ZoneReport
    identity: IdentityStatus | None
    records: tuple[Record, ...]
    smtp: SmtpReport
    senders: tuple[SmtpReport, ...]
    standing: DomainStanding
    account: SesAccount
    next_steps: tuple[str, ...]
    notes: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = ()

    @property
    def paused(self) -> tuple[str, ...]:
        """What is paused of the domain, each with the command that ends it."""
        return tuple(standing_steps(self.domain, self.standing))

    @property
    def all_steps(self) -> tuple[str, ...]:
        """What the user should do next, for this domain and for the account."""
        return self.next_steps + self.account.notes

    @property
    def domain(self) -> DomainName:
        """The domain."""
        return self.spec.domain

    @property
    def is_settled(self) -> bool:
        """Whether SES has verified the domain, its DKIM and its MAIL FROM."""
        return self.identity is not None and self.identity.is_settled

    def sender_reports(self) -> Iterator[tuple[Sender, SmtpReport]]:
        """Go through the senders, each with its credential."""
        return zip(self.spec.senders.listed, self.senders, strict=True)

    def to_document(self, *, with_secret: bool) -> dict[str, Any]:
        """Return the document of `new-domain --json`."""
        return {
            "domain": self.domain.ascii,
            "region": self.spec.region.name,
            "changed": self.changed,
            "changes": dict(self.changes),
            "zone": self.zone.to_document(),
            "identity": identity_document(self.spec, self.identity),
            "configuration_set": self.spec.configuration_set,
            "sending": self.standing.domain.to_document(),
            "account": self.account.to_document(),
            "records": [record.to_document() for record in self.records],
            "smtp": self.smtp.to_document(self.spec.region, with_secret=with_secret),
            "senders": [
                {
                    "name": sender.name,
                    "address": sender.address(self.domain),
                    "sending": self.standing.of(sender.name).to_document(),
                    "smtp": smtp.to_document(self.spec.region, with_secret=with_secret),
                }
                for sender, smtp in self.sender_reports()
            ],
            "repairs": [str(repair) for repair in self.repairs],
            "next_steps": list(self.all_steps),
        }


def identity_document(spec: MailDomain, identity: IdentityStatus | None) -> dict[str, Any]:
    """Return the `identity` object of `new-domain --json`; a domain that SES does not know has no ARN."""
    if identity is None:
        return {
            "arn": None,
            "verified": False,
            "dkim_status": "NOT_STARTED",
            "dkim_signing": False,
            "mail_from_domain": spec.mail_from,
            "mail_from_status": None,
        }
    return {
        "arn": identity.arn,
        "verified": identity.verified,
        "dkim_status": identity.dkim_status,
        "dkim_signing": identity.signing_enabled,
        "mail_from_domain": identity.mail_from_domain,
        "mail_from_status": identity.mail_from_status,
    }
