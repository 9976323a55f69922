"""All that was found out about an SMTP login: by its looks, at SES, in IAM."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.credentials.access_key import LastUse
from provisioner.core.credentials.login import FoundKey, GivenLogin, LoginAnswer
from provisioner.core.credentials.login_kind import PasswordLook
from provisioner.core.credentials.smtp_reply import SmtpReply
from provisioner.core.values.region import Region


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Why somebody could not be asked: the code of the error, its words, and what helps."""

    code: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class LoginSeen:
    """A login and what became of it.

    `meant_works` says whether SES took the password that was probably meant, None where nobody tried it. Without
    `answers` nobody asked SES, as it is wrong by its looks. `key` and `elsewhere`, the region whose SES takes it, are
    known of a login that SES refuses; None is not asked, or that there is none.
    """

    login: GivenLogin
    look: PasswordLook
    meant_works: bool | None = None
    answers: tuple[LoginAnswer, ...] = ()
    key: FoundKey | NotAsked | None = None
    last_use: LastUse | None = None
    elsewhere: Region | NotAsked | None = None

    @property
    def accepted(self) -> bool:
        """Whether SES takes the login by some way in."""
        return any(answer.accepted for answer in self.answers)

    @property
    def refusal(self) -> SmtpReply | None:
        """What SES said where it takes the login by none."""
        if self.accepted:
            return None
        return next((answer.refusal for answer in self.answers if answer.is_decisive), None)
