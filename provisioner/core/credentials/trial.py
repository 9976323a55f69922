"""The one message that `send-test` sends, and what SES answered to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioner.core.values.smtp_user import SmtpUser
from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

_MESSAGE_ID = re.compile(r"Ok (?P<id>[0-9A-Za-z-]+)")
_LONGEST_SUBJECT = 200  # far below the 998 octets of a line (RFC 5322 section 2.1.1), also in an encoded form


@dataclass(frozen=True, slots=True)
class Trial:
    """A message that SES has taken: as whom, from and to which address, and the server's `reply` to it."""

    user: SmtpUser
    sent_from: str
    recipient: str
    subject: str
    reply: str

    @property
    def message_id(self) -> str | None:
        """SES's id of the message, which its events name; None when the reply has none."""
        found = _MESSAGE_ID.match(self.reply)
        return found["id"] if found else None

    def to_document(self) -> dict[str, object]:
        """Return the JSON form of `send-test`."""
        return {
            "domain": self.user.domain.ascii,
            "sender": self.user.sender,
            "from": self.sent_from,
            "to": self.recipient,
            "subject": self.subject,
            "reply": self.reply,
            "message_id": self.message_id,
        }


def parse_subject(text: str) -> str:
    """Read a subject; raises `InputError("invalid_subject")` for what cannot stand on the one line of a header."""
    subject = text.strip()
    if not subject or not subject.isprintable():
        raise InputError(
            "invalid_subject", f"{quoted(text)} is not a subject", "Give one line of text, or leave it out."
        )
    if len(subject) > _LONGEST_SUBJECT:
        what = f"the subject is {len(subject)} characters long"
        raise InputError("invalid_subject", what, f"It has at most {_LONGEST_SUBJECT}.")
    return subject
