"""An SMTP login that is looked at, and what became of it at the server and in IAM."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.endpoint import Endpoint
from provisioner.core.credentials.smtp_reply import Cause, SmtpReply
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser

_DECISIVE = (Cause.LOGIN, Cause.NOT_SUBSCRIBED)


@dataclass(frozen=True, slots=True)
class GivenLogin:
    """A user name and a password for one region; `user` is whose it is, None when it is not of this home.

    `made_for` is the region that the password is known to be derived for, None when nobody wrote it down. `kept_by` is
    the user of this home whose key it is, and of which another password is kept.
    """

    user_name: str
    password: Secret
    region: Region
    user: SmtpUser | None = None
    made_for: str | None = None
    kept_by: SmtpUser | None = None

    @classmethod
    def stored(cls, credential: SmtpCredential, region: Region) -> GivenLogin:
        """Return the login of a credential that we keep, as it shall work in a region."""
        return cls(credential.user_name, credential.password, region, credential.user, credential.region)

    @property
    def subject(self) -> str:
        """What a finding about its key calls it."""
        return f"access key {self.user_name}"


@dataclass(frozen=True, slots=True)
class LoginAnswer:
    """What became of a login at one endpoint: accepted, refused with a reply, or not answered for a reason.

    `fault` is the code of the error that was in the way, `reason` its words.
    """

    endpoint: Endpoint
    refusal: SmtpReply | None = None
    fault: str = ""
    reason: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the server took the login."""
        return self.refusal is None and not self.fault

    @property
    def is_decisive(self) -> bool:
        """Whether it says something of the login: a reply of 4xx, or no reply, does not."""
        return self.accepted or (self.refusal is not None and self.refusal.cause in _DECISIVE)


@dataclass(frozen=True, slots=True)
class FoundKey:
    """An access key as IAM has it: whose it is, how it is, and the ids of the `others` of the user expected to have it.

    Without an `owner`, IAM of this account knows no such key. `is_young`: SES may not know it yet.
    """

    owner: str | None
    key: AccessKey | None
    others: tuple[str, ...] = ()
    is_young: bool = False
