"""What a site needs to send mail as its domain."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from provisioner.core.asked.senders import Senders
from provisioner.core.credentials.password import derive
from provisioner.core.credentials.security import Security, security_of
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.documents import WrongShapeError, mapping, optional, required
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError

VERSION = 1
PORT = 587  # EC2 throttles 25
SECURITY = Security.STARTTLS


@dataclass(frozen=True, slots=True)
class Replaced:
    """Whose place a credential took, by the id of the access key, and when."""

    user_name: str
    at: datetime

    def to_document(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"user_name": self.user_name, "at": self.at.isoformat(timespec="seconds")}


@dataclass(frozen=True, slots=True)
class SmtpCredential:
    """One login at one region's SMTP endpoint; `user_name` is the access key id, `iam_user` whose key it is.

    `sender` is the name of the domain's sender that it is for, None for the domain's main SMTP user. `replaces` is the
    credential that was current before, `switched_off_at` when the key of one that was replaced was switched off.
    """

    domain: DomainName
    region: str
    host: str
    port: int
    security: str
    user_name: str
    password: Secret
    iam_user: str
    sender: str | None = None
    replaces: Replaced | None = None
    switched_off_at: datetime | None = None

    @property
    def user(self) -> SmtpUser:
        """Whose it is."""
        return SmtpUser(self.domain, self.sender)

    @classmethod
    def derived(cls, user: SmtpUser, region: Region, user_name: str, secret: Secret) -> Self:
        """Make the credential of an access key; `secret` is the secret access key, which is not kept."""
        password = Secret(derive(secret.reveal(), region.name))
        return cls(
            domain=user.domain,
            region=region.name,
            host=region.smtp_host,
            port=PORT,
            security=SECURITY,
            user_name=user_name,
            password=password,
            iam_user=user.iam_user,
            sender=user.sender,
        )

    def to_document(self) -> dict[str, object]:
        """Return the JSON form, password included: for the credential store, or for who has to store it."""
        document: dict[str, object] = {
            "version": VERSION,
            "domain": self.domain.ascii,
            "region": self.region,
            "host": self.host,
            "port": self.port,
            "security": self.security,
            "user_name": self.user_name,
            "password": self.password.reveal(),
            "iam_user": self.iam_user,
        }
        return document | self._besides()

    def _besides(self) -> dict[str, object]:
        """Return the members that not every credential has."""
        off = self.switched_off_at
        members = {
            "sender": self.sender,
            "replaces": self.replaces.to_document() if self.replaces else None,
            "switched_off_at": off.isoformat(timespec="seconds") if off else None,
        }
        return {name: value for name, value in members.items() if value is not None}

    @classmethod
    def from_document(cls, document: object) -> Self:
        """Read `to_document` back; raises `ProvisionerError("corrupt_credential")`, never with a value in it."""
        try:
            return cls._read(document)
        except WrongShapeError as error:
            raise _corrupt(str(error)) from None
        except InputError:
            raise _corrupt("domain is not a domain name, or sender not a sender's") from None

    @classmethod
    def _read(cls, document: object) -> Self:
        fields = mapping(document)
        sender = optional(fields, "sender", str)
        if required(fields, "version", int) != VERSION:
            raise WrongShapeError(f"its version is not {VERSION}")
        return cls(
            domain=DomainName.of_ascii(required(fields, "domain", str)),
            region=required(fields, "region", str),
            host=required(fields, "host", str),
            port=required(fields, "port", int),
            security=required(fields, "security", str),
            user_name=required(fields, "user_name", str),
            password=Secret(required(fields, "password", str)),
            iam_user=required(fields, "iam_user", str),
            sender=None if sender is None else Senders.parse_name(sender),
            replaces=_replaced(optional(fields, "replaces", dict)),
            switched_off_at=_time(fields, "switched_off_at"),
        )


@dataclass(frozen=True, slots=True)
class Login:
    """A credential as it is handed over, with what it may send from.

    `sends_from` is an address, or `*@example.com` for every one of the domain; None when this home does not know the
    sender any more. `chosen_from` is the one of those addresses that a form shall use, None for the form's own choice.
    """

    credential: SmtpCredential
    sends_from: str | None
    chosen_from: str | None = None

    def through(self, port: int) -> Self:
        """Return the login by another of SES's ports; raises `InputError("unknown_port")`."""
        return replace(self, credential=replace(self.credential, port=port, security=security_of(port)))

    def sending_as(self, address: EmailAddress) -> Self:
        """Return the login with its From address chosen; raises `InputError("not_its_address")`."""
        held = self.credential
        domain = held.domain.ascii
        allowed = self.sends_from or f"*@{domain}"
        if str(address) != allowed and not (allowed == f"*@{domain}" and address.domain == domain):
            message = f"{address} is not an address that {held.user} may send from: that is {allowed}"
            raise InputError("not_its_address", message, "choose such a one, or name another sender with --sender")
        return replace(self, chosen_from=str(address))

    def to_document(self, *, with_secret: bool = True) -> dict[str, object]:
        """Return the JSON form of `credentials export`; `sender` is None for the domain's own."""
        held = self.credential
        return {
            "domain": held.domain.ascii,
            "sender": held.sender,
            "from": self.sends_from,
            "region": held.region,
            "host": held.host,
            "port": held.port,
            "security": held.security,
            "user_name": held.user_name,
            **({"password": held.password.reveal()} if with_secret else {}),
            "iam_user": held.iam_user,
        }


def _replaced(document: object) -> Replaced | None:
    if document is None:
        return None
    fields = mapping(document)
    at = _time(fields, "at")
    if at is None:
        raise WrongShapeError("at is missing")
    return Replaced(required(fields, "user_name", str), at)


def _time(document: Mapping[str, object], key: str) -> datetime | None:
    text = optional(document, key, str)
    try:
        at = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise WrongShapeError(f"{key} is no time") from None
    if at is not None and at.tzinfo is None:
        raise WrongShapeError(f"{key} is a time without its zone")
    return at


def without_backup(user: SmtpUser, slot: Slot = Slot.CURRENT) -> str:
    """Say what helps when a user's stored credential cannot be read."""
    if slot is not Slot.CURRENT:
        rotate = f"`provisioner credentials rotate {user.domain}{f' --sender {user.sender}' if user.sender else ''}`"
        return f"restore it from a backup; without one, take it away, and {rotate} says how its access keys stand"
    again = f"`provisioner new-domain {user.domain}` puts it aside and says how the access key is replaced"
    return f"restore it from a backup; without one, {again}"


def _corrupt(what: str) -> ProvisionerError:
    return ProvisionerError("corrupt_credential", f"a stored credential cannot be read: {what}", "restore a backup")
