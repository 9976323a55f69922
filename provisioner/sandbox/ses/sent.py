"""A message that SES accepted, as whoever tells of it later needs to know it."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SentMail:
    """One accepted message; `source` is the client's MAIL FROM, `raw` the message as the client handed it in.

    `caller` is the name of the user, `tls_version` what was spoken with the client, e.g. `TLSv1.3`.
    """

    message_id: str
    time: datetime
    source: str
    from_address: str
    recipients: tuple[str, ...]
    configuration_set: str | None
    identity_arn: str
    caller: str
    source_ip: str
    tls_version: str | None
    raw: bytes


OnSent = Callable[[SentMail], None]


def new_id() -> str:
    """Return an id in the form of SES's, for a message or for a report about one."""
    return f"0100{int(time.time() * 1000):012x}-{uuid.uuid4()}-000000"
