"""What SES reads in a message's header, and what it writes there before it sends.

Source: SES developer guide, "Amazon SES header fields" and "Sending raw email"; RFC 5322 section 3.6.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import format_datetime, getaddresses

from provisioner.sandbox.smtp.reply import RejectedError, transaction_failed

CONFIGURATION_SET_HEADER = "X-SES-CONFIGURATION-SET"

_FIELD = re.compile(rb"[^\n]*\n(?:[ \t][^\n]*\n)*")
_OVERRIDDEN = (b"message-id", b"date", b"return-path")  # SES writes its own
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+|" r'"(?:[^"\\]|\\.)+"')
_DOMAIN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


@dataclass(frozen=True)
class Header:
    """The fields that decide about a message; `sender` and `return_path` are None when the fields are absent."""

    from_address: str
    display_name: str
    sender: str | None
    return_path: str | None
    configuration_set: str | None
    subject: str


def is_address(text: str) -> bool:
    """Say whether SES takes a text as an email address: ASCII, a local part and a domain (no SMTPUTF8)."""
    local, at, domain = text.rpartition("@")
    return bool(at and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain))


def read(raw: bytes) -> Header:
    """Read a message's header; raises `RejectedError` unless it is from exactly one proper address."""
    header = BytesHeaderParser().parsebytes(_split(raw)[0])
    name, address = _only(header, "From")
    return Header(
        from_address=address,
        display_name=_decode(name),
        sender=_optional(header, "Sender"),
        return_path=_optional(header, "Return-Path"),
        configuration_set=_text(header, CONFIGURATION_SET_HEADER) or None,
        subject=_decode(_text(header, "Subject")),
    )


def outgoing(raw: bytes, message_id: str, time: datetime) -> bytes:
    """Return the message as it leaves SES: its X-SES- fields removed, Message-ID and Date set, the body untouched.

    `message_id` is complete, with its angle brackets.
    """
    header, body = _split(raw)
    own = f"Message-ID: {message_id}\r\nDate: {format_datetime(time)}\r\n".encode("ascii")
    return b"".join((*_kept_fields(header), own, body))


def _only(header: Message, field: str) -> tuple[str, str]:
    values = [str(value) for value in header.get_all(field, [])]
    if len(values) != 1:
        raise transaction_failed(f"Duplicate header '{field}'." if values else f"Missing '{field}' header.")
    mailboxes = getaddresses(values)
    if len(mailboxes) != 1:
        raise transaction_failed(f"Expected exactly one address in header '{field}', found {len(mailboxes)}.")
    name, address = mailboxes[0]
    if not is_address(address):
        raise _illegal(values[0], address)
    return name, address


def _optional(header: Message, field: str) -> str | None:
    value = _text(header, field)
    return None if value in ("", "<>") else _only(header, field)[1]


def _illegal(value: str, address: str) -> RejectedError:
    local, at, _ = address.rpartition("@")
    if not at:
        return transaction_failed("Missing final '@domain'")
    if not _LOCAL.fullmatch(local):
        return transaction_failed(f"Address contains illegal characters in user name: '{value}'.")
    return transaction_failed("Domain contains illegal character")


def _text(header: Message, field: str) -> str:
    return str(header.get(field, "")).strip()


def _decode(text: str) -> str:
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, UnicodeError, ValueError):  # an unknown charset or broken base64: shown as it came
        return text


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """Cut before the empty line; a message without one is all header."""
    end = re.search(rb"(?<=\n)\r?\n|\A\r?\n", raw)
    return (raw[: end.start()], raw[end.start() :]) if end else (raw.rstrip(b"\r\n") + b"\r\n", b"\r\n")


def _kept_fields(header: bytes) -> Iterator[bytes]:
    for field in _FIELD.finditer(header):
        name = field[0].partition(b":")[0].strip().lower()
        if name not in _OVERRIDDEN and not name.startswith(b"x-ses-"):
            yield field[0]
