"""What SES's SMTP endpoint means by a refusal.

Sources: SES developer guide, "Amazon SES SMTP issues" (response codes), and replies in public reports where the guide
quotes none; the wording of a pause of a configuration set is not documented.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_UNAVAILABLE, _MOST_TEMPORARY = 400, 499


class Cause(StrEnum):
    """Why a message was refused, as far as the reply says it."""

    LOGIN = "login"
    NOT_SUBSCRIBED = "not_subscribed"
    NOT_AUTHORIZED = "not_authorized"
    NOT_VERIFIED = "not_verified"
    SET_PAUSED = "set_paused"
    ACCOUNT_PAUSED = "account_paused"
    THROTTLED = "throttled"
    TEMPORARY = "temporary"
    OTHER = "other"


_WORDS = (  # the first that is found decides
    (re.compile(r"not subscribed to SES", re.IGNORECASE), Cause.NOT_SUBSCRIBED),
    (re.compile(r"Authentication Credentials Invalid", re.IGNORECASE), Cause.LOGIN),
    (re.compile(r"is not authorized to perform|Access denied", re.IGNORECASE), Cause.NOT_AUTHORIZED),
    (re.compile(r"address is not verified", re.IGNORECASE), Cause.NOT_VERIFIED),
    (re.compile(r"paused for this account", re.IGNORECASE), Cause.ACCOUNT_PAUSED),
    (re.compile(r"paused for configuration set", re.IGNORECASE), Cause.SET_PAUSED),
    (re.compile(r"Throttling failure", re.IGNORECASE), Cause.THROTTLED),
)
_FAILED = re.compile(r"failed the check in region [\w-]+: (?P<addresses>.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """A negative reply: its code and what was said, without the code."""

    code: int
    text: str

    @property
    def is_temporary(self) -> bool:
        """Whether the same may be accepted later (RFC 5321 section 4.2.1)."""
        return _UNAVAILABLE <= self.code <= _MOST_TEMPORARY

    @property
    def cause(self) -> Cause:
        """Why the message was refused."""
        found = next((cause for words, cause in _WORDS if words.search(self.text)), None)
        if found is not None:
            return found
        return Cause.TEMPORARY if self.is_temporary else Cause.OTHER

    @property
    def unverified(self) -> tuple[str, ...]:
        """The addresses that are not verified; SES ends a list that it has cut with `...`, which is left out."""
        found = _FAILED.search(self.text)
        named = (part.strip() for part in found["addresses"].split(",")) if found else ()
        return tuple(name for name in named if name.strip("."))
