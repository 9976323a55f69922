"""The emulated account as the SMTP server sees it: SES of one region, and IAM."""

from dataclasses import dataclass
from typing import Protocol

from moto.utilities.utils import get_partition

from provisioner.sandbox.policy.users import Principal, holder_of, note_use
from provisioner.sandbox.ses import sending
from provisioner.sandbox.ses.sending import SesConfigurationSet, SesIdentity
from provisioner.sandbox.ses.store import store
from provisioner.sandbox.zones import ACCOUNT


@dataclass(frozen=True)
class MailFrom:
    """An identity's custom MAIL FROM: whether SES found its MX, and whether mail is refused until it does."""

    domain: str
    verified: bool
    required: bool


class Account(Protocol):
    """What decides about mail; everything is read at the moment of the question."""

    @property
    def region(self) -> str:
        """Return the region, e.g. `us-east-1`."""

    def arn(self, kind: str, name: str) -> str:
        """Return the SES ARN of an `identity` or `configuration-set`, whether it exists or not."""

    def principal(self, key_id: str) -> Principal | None:
        """Return the holder of an active access key."""

    def note_use(self, key_id: str) -> None:
        """Note that an access key was used just now: a login over SMTP is one."""

    def identity(self, address: str) -> SesIdentity | None:
        """Return the most specific identity that covers an address."""

    def mail_from(self, identity: SesIdentity) -> MailFrom | None:
        """Return the identity's custom MAIL FROM, if it has one."""

    def configuration_set(self, name: str) -> SesConfigurationSet | None:
        """Return a configuration set, None when it does not exist."""

    def production(self) -> bool:
        """Say whether mail may go to recipients that are not verified."""

    def sending_enabled(self) -> bool:
        """Say whether the account may send at all."""


@dataclass(frozen=True)
class EmulatedAccount:
    """The account in this process's moto."""

    region: str

    def arn(self, kind: str, name: str) -> str:
        """Return the SES ARN of an `identity` or `configuration-set`, whether it exists or not."""
        return f"arn:{get_partition(self.region)}:ses:{self.region}:{ACCOUNT}:{kind}/{name}"

    def principal(self, key_id: str) -> Principal | None:
        """Return the holder of an active access key."""
        return holder_of(key_id, ACCOUNT, self.region)

    def note_use(self, key_id: str) -> None:
        """Note that an access key was used just now: a login over SMTP is one."""
        note_use(key_id, ACCOUNT, self.region)

    def identity(self, address: str) -> SesIdentity | None:
        """Return the most specific identity that covers an address."""
        return sending.identity_for(address, self.region)

    def mail_from(self, identity: SesIdentity) -> MailFrom | None:
        """Return the identity's custom MAIL FROM, if it has one."""
        found = store(self.region).refresh(identity.name)
        if found is None or found.mail_from is None:
            return None
        own = found.mail_from
        return MailFrom(own.domain, own.check.status == "SUCCESS", own.behavior == "REJECT_MESSAGE")

    def configuration_set(self, name: str) -> SesConfigurationSet | None:
        """Return a configuration set, None when it does not exist."""
        return sending.configuration_set(name, self.region)

    def production(self) -> bool:
        """Say whether mail may go to recipients that are not verified."""
        return sending.production_access(self.region)

    def sending_enabled(self) -> bool:
        """Say whether the account may send at all."""
        return sending.sending_enabled(self.region)
