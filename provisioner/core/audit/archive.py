"""The archive: one line of JSON for each event and recipient, in gzip files by the day of the event.

`events/dt=2026-11-28/<name>.json.gz`. The name comes from what is in the file, and a line's id from the event, so that
whoever writes the same again writes the same.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from provisioner.core.audit.attribution import domain_of
from provisioner.core.audit.classify import kind_of, status_of
from provisioner.core.audit.envelope import compact, open_message
from provisioner.core.audit.event import Event, Recipient, parse_event

VERSION = 1
PREFIX = "events/"
COLUMNS = (
    "v", "id", "type", "at", "domain", "configuration_set", "caller", "source_ip", "message_id", "from", "recipient",
    "kind", "sub_type", "status", "diagnostic", "feedback",
)  # fmt: skip  # a table, not a column
LARGEST = 64 << 20  # bytes of lines in one object; whoever reads it holds them

_ENCODER = json.JSONEncoder(separators=(",", ":"))  # made once: to make it costs as much as what it does
_ID_LENGTH = 32
_START = b'{"v":1,"id":"'
_ID = re.compile(rb"[0-9a-f]{%d}" % _ID_LENGTH)
_DAY = re.compile(r"(?:^|/)dt=(\d{4}-\d{2}-\d{2})/[^/]+\.json\.gz$")
_GZIP = 31  # zlib's window bits with a gzip header, whose time is zero
_ONCE_A_MESSAGE = ("send", "reject")  # their time is that of the mail


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the archive: `head` is its object but for the last member, `raw` that; many share one `raw`."""

    id: str
    day: date
    at: str
    head: str
    raw: str

    @property
    def line(self) -> bytes:
        """The line as it is written."""
        return f'{self.head},"raw":{self.raw}}}\n'.encode("ascii")

    @property
    def size(self) -> int:
        """How many bytes the line has, about."""
        return len(self.head) + len(self.raw)


@dataclass(frozen=True, slots=True)
class Packed:
    """An object of the archive, with the entries that are in it."""

    key: str
    data: bytes
    entries: Sequence[Entry]


@dataclass(slots=True)
class Known:
    """The ids of entries that are known already, each once."""

    numbers: set[int] = field(default_factory=set)

    def add(self, entry_id: str) -> bool:
        """Take an id; say whether it is new."""
        before = len(self.numbers)
        self.numbers.add(int(entry_id, 16))
        return len(self.numbers) > before

    def update(self, ids: Iterable[str]) -> None:
        """Take several ids."""
        self.numbers.update(int(entry_id, 16) for entry_id in ids)

    def __len__(self) -> int:
        return len(self.numbers)


def entries_in(body: str, received: datetime) -> list[Entry] | None:
    """Return an entry for each recipient of the event in a message; None for what SES publishes besides events.

    `received` is when the message came into the queue. Raises `Unreadable`.
    """
    document = open_message(body)
    if document is None:
        return None
    return _entries_of(parse_event(document, received), compact(document))


def _entries_of(event: Event, raw: str) -> list[Entry]:
    domain, at = domain_of(event), _written(event.at)
    return [_entry(event, recipient, raw, domain, at) for recipient in event.recipients]


def _entry(event: Event, recipient: Recipient, raw: str, domain: str | None, at: str) -> Entry:
    entry_id = _id_of(event, recipient)
    fields = {
        "v": VERSION,
        "id": entry_id,
        "type": event.type,
        "at": at,
        "domain": domain,
        "configuration_set": event.configuration_set,
        "caller": event.caller,
        "source_ip": event.source_ip,
        "message_id": event.message_id,
        "from": event.sender,
        "recipient": recipient.address,
        "kind": kind_of(event, recipient),
        "sub_type": event.sub_type,
        "status": status_of(recipient),
        "diagnostic": recipient.diagnostic,
        "feedback": event.feedback,
    }
    return Entry(entry_id, event.at.date(), at, _ENCODER.encode(fields)[:-1], raw)


def _id_of(event: Event, recipient: Recipient) -> str:
    """Return what is the same for all deliveries of one event in either dialect, and no other's."""
    which = event.feedback_id or ("" if event.type in _ONCE_A_MESSAGE else _instant(event.stamp))
    parts = (event.message_id, event.type, which, (recipient.address or "").lower())
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:_ID_LENGTH]


def _instant(stamp: str) -> str:
    """Return the time in one spelling, or as it is when it is none."""
    try:
        return _written(datetime.fromisoformat(stamp))
    except (ValueError, OverflowError):
        return stamp


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def prefix_of(day: date) -> str:
    """Return where the objects of a day are."""
    return f"{PREFIX}dt={day.isoformat()}/"


def day_of(key: str) -> date | None:
    """Return the day of an object by its key; None for what is no object of the archive."""
    found = _DAY.search(key)
    try:
        return date.fromisoformat(found.group(1)) if found else None
    except ValueError:
        return None


def pack(entries: Iterable[Entry]) -> Iterator[Packed]:
    """Yield objects that hold these entries, each of one day, the same ones for the same entries in any order."""
    for group in _groups(sorted(entries, key=lambda entry: (entry.at, entry.id))):
        digest, packer, data = hashlib.sha256(), zlib.compressobj(wbits=_GZIP), []
        for entry in group:
            digest.update(entry.line)
            data.append(packer.compress(entry.line))
        name = digest.hexdigest()[:_ID_LENGTH]
        yield Packed(f"{prefix_of(group[0].day)}{name}.json.gz", b"".join([*data, packer.flush()]), group)


def _groups(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    group: list[Entry] = []
    size = 0
    for entry in entries:
        if group and (entry.day != group[0].day or size + entry.size > LARGEST):
            yield group
            group, size = [], 0
        group.append(entry)
        size += entry.size
    if group:
        yield group


class Damaged(ValueError):
    """An object of the archive cannot be read as one; the text says why."""


def lines_in(data: bytes) -> Iterator[bytes]:
    """Yield the lines of an object. Raises `Damaged`, maybe in the middle: what is not whole is not to be trusted."""
    rest = b""
    for piece in _pieces(data):
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if not line.startswith(_START) or not line.endswith(b"}"):
                raise Damaged("a line of it is none of the archive")
            yield line
    if rest:
        raise Damaged("its last line has no end")


def verify(data: bytes) -> None:
    """Raise `Damaged` unless an object is whole, without a look at each line."""
    lines = starts = 0
    last = b"\n"
    for piece in _pieces(data):
        # A start that two pieces share is found with what went before; the end of a line stands once.
        joined = last + piece
        lines += piece.count(b"\n")
        starts += joined.count(b"\n" + _START)
        last = joined[-len(_START) :]
    if starts != lines or not last.endswith(b"\n"):
        raise Damaged("a line of it is none of the archive")


def fields_of(line: bytes) -> Mapping[str, Any]:
    """Return a line's members but `raw`, the last; within text its name is written with escapes before its quotes."""
    head, _, _ = line.partition(b',"raw":')
    try:
        fields: Mapping[str, Any] = json.loads(head + b"}")
    except ValueError:
        raise Damaged("a line of it is no JSON") from None
    return fields


def ids_in(data: bytes) -> Iterator[str]:
    """Yield the ids of an object's lines without reading more of them. Raises `Damaged`."""
    for line in lines_in(data):
        found = _ID.match(line, len(_START))
        if not found:
            raise Damaged("a line of it has no id")
        yield found.group().decode("ascii")


def _pieces(data: bytes, size: int = 1 << 20) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        while data and not unpacker.eof:
            piece = unpacker.decompress(data, size)
            data = unpacker.unconsumed_tail
            if not piece and not data:
                break
            yield piece
        yield unpacker.flush()
    except zlib.error:
        raise Damaged("it is no gzip file, or its bytes were changed") from None
    if not unpacker.eof:
        raise Damaged("it ends too early")
    if unpacker.unused_data:
        raise Damaged("more follows after its end")
