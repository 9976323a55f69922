"""Where mail that the emulated SES accepted can be looked at, instead of being delivered."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class AcceptedMail:
    """One accepted message.

    `sender` is the client's MAIL FROM, `return_path` the one that SES puts in its place; `raw` is the message as it
    would leave SES, `size` the octets that the client sent.
    """

    message_id: str
    time: datetime
    sender: str
    return_path: str
    recipients: tuple[str, ...]
    from_address: str
    subject: str
    configuration_set: str | None
    identity: str
    user_arn: str
    size: int
    raw: bytes


class Mailbox:
    """Every message accepted so far, oldest first; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: list[AcceptedMail] = []

    def add(self, message: AcceptedMail) -> None:
        """Keep a message."""
        with self._lock:
            self._messages.append(message)

    def messages(self) -> Sequence[AcceptedMail]:
        """Return what has been accepted until now."""
        with self._lock:
            return tuple(self._messages)

    def as_documents(self) -> list[dict[str, Any]]:
        """Return the messages as JSON-able mappings, `time` in ISO 8601, octets outside ASCII as hex escapes."""
        return [_document(message) for message in self.messages()]


def _document(message: AcceptedMail) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "time": message.time.isoformat(timespec="milliseconds"),
        "sender": message.sender,
        "return_path": message.return_path,
        "recipients": list(message.recipients),
        "from": message.from_address,
        "subject": message.subject,
        "configuration_set": message.configuration_set,
        "identity": message.identity,
        "user_arn": message.user_arn,
        "size": message.size,
        "raw": message.raw.decode("ascii", "backslashreplace"),
    }
