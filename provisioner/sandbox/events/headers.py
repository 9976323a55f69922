"""The header of a message as SES repeats it in events.

Source: SES developer guide, "Contents of event data that Amazon SES publishes to Amazon SNS", Mail object.
"""

import re
from collections.abc import Iterator, Mapping
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import Any

LONGEST = 10 * 1024  # octets; what is behind is left out, and the event says so
TAGS = "x-ses-message-tags"
_FIELD = re.compile(r"([^\n:]+):((?:[^\n]|\n[ \t])*)\n?")
_LISTS = {"from": "from", "to": "to", "cc": "cc", "bcc": "bcc", "sender": "sender", "reply-to": "replyTo"}
_TAG = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*=\s*([A-Za-z0-9_.@-]+)\s*")


def fields(raw: bytes) -> list[tuple[str, str]]:
    """Return the fields of a message's header in their order, unfolded."""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0].decode("utf-8", "replace").replace("\r\n", "\n")
    return [(name.strip(), re.sub(r"\n[ \t]+", " ", value).strip()) for name, value in _FIELD.findall(head)]


def of_mail(raw: bytes, message_id: str) -> dict[str, Any]:
    """Return the members of `mail` that repeat the header; `message_id` is SES's own."""
    found = fields(raw)
    kept = list(_within(found, LONGEST))
    return {
        "headersTruncated": len(kept) < len(found),
        "headers": [{"name": name, "value": value} for name, value in kept],
        "commonHeaders": _common({name.lower(): value for name, value in reversed(found)}, message_id),
    }


def message_tags(raw: bytes) -> dict[str, list[str]]:
    """Return what a message's X-SES-MESSAGE-TAGS says, as SES repeats it."""
    said = next((value for name, value in fields(raw) if name.lower() == TAGS), "")
    pairs = (_TAG.fullmatch(part) for part in said.split(","))
    return {pair[1]: [pair[2]] for pair in pairs if pair}


def _within(found: list[tuple[str, str]], octets: int) -> Iterator[tuple[str, str]]:
    for name, value in found:
        octets -= len(f"{name}: {value}\r\n".encode())
        if octets < 0:
            return
        yield name, value


def _common(found: Mapping[str, str], message_id: str) -> dict[str, Any]:
    lists = {said: _addresses(found[name]) for name, said in _LISTS.items() if name in found}
    date = {"date": found["date"]} if "date" in found else {}
    subject = {"subject": _decoded(found["subject"])} if "subject" in found else {}
    return {**lists, **date, "messageId": message_id, **subject}


def _addresses(value: str) -> list[str]:
    return [f"{_decoded(name)} <{address}>" if name else address for name, address in getaddresses([value])]


def _decoded(text: str) -> str:
    try:
        return str(make_header(decode_header(text))).encode("utf-8", "replace").decode()
    except (LookupError, UnicodeError, ValueError, HeaderParseError):  # what nobody can decode stays as it came
        return text
