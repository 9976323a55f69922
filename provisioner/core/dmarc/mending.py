"""A DMARC record that is not written well, read as its author meant it, so that no change of it loses an address.

Destinations of reports are separated by commas, tags by semicolons (RFC 9989 sections 4.7 and 4.8); what stands in DNS
has semicolons between addresses, commas or blanks between tags, `rua:` for `rua=`, and addresses without `mailto:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from provisioner.core.dmarc.protocol import report_uri
from provisioner.core.dmarc.record import ACTIVE_TAGS, REMOVED_TAGS, DmarcRecord, ReportUri, is_meant_as_dmarc
from provisioner.core.dmarc.writing import plain
from provisioner.core.values.address import EmailAddress
from provisioner.errors import InputError

REPORT_TAGS = ("rua", "ruf")

_KNOWN = "|".join(sorted(ACTIVE_TAGS | REMOVED_TAGS, key=len, reverse=True))
_TAG = re.compile(rf"\s*({_KNOWN})\s*[=:]+\s*", re.IGNORECASE)
_TAG_NAME = re.compile(r"[a-z][a-z0-9_-]*", re.IGNORECASE)
_FOREIGN_TAG = re.compile(rf"\s*({_TAG_NAME.pattern})\s*=\s*", re.IGNORECASE)
_POLICY_BEFORE = "(?<=none)|(?<=quarantine)|(?<=reject)"
_REPORTS_INSIDE = rf"(?:(?<=[\s,])|{_POLICY_BEFORE})ru[af]\s*(?:[=:]|(?=mailto))"
_TAG_INSIDE = re.compile(rf"(?<=[\s,])(?:{_KNOWN})\s*[=:]|{_REPORTS_INSIDE}", re.IGNORECASE)
_REPORT_TAG_INSIDE = re.compile(_REPORTS_INSIDE, re.IGNORECASE)
_BARE_REPORT_TAG = re.compile(r"\s*(ru[af])\s*(?=\Z|mailto|\S+@)", re.IGNORECASE)

_MAILTO = re.compile(r"mail\s?to\s*[:=]+\s*/*\s*", re.IGNORECASE)
_MAILBOX = re.compile(r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+)@(\w(?:[\w-]|\.(?=\w))*)")
_OTHER_SCHEME = re.compile(r"(?!mailto:)[a-z][a-z0-9+.-]*://\S+\Z", re.IGNORECASE)
_ADDRESS_LIKE = re.compile(r"@|%40|mail\s?to|://", re.IGNORECASE)
_WORD = re.compile(r"[\w:.-]*")
_BLANKS = re.compile(r"[\s,]+")
_AROUND = "'`<>()[]|/&= \t"


def mended(text: str) -> DmarcRecord | None:
    """Return the record as it was meant, exactly as it stands when nothing is wrong; None for what is not DMARC.

    `faults` of the result are the parts that no reading gives a place to.
    """
    record = DmarcRecord.parse(text)
    if record is not None and _is_sound(record):
        return record
    if record is None and not is_meant_as_dmarc(text):
        return None
    return _read(plain(text))


def mended_records(texts: Sequence[str]) -> tuple[DmarcRecord, ...]:
    """Return all that is, or was meant as, a DMARC record at one name: what receivers take for one comes first."""
    read = [text for text in texts if DmarcRecord.parse(text)]
    others = [text for text in texts if not DmarcRecord.parse(text)]
    return tuple(record for text in (*read, *others) if (record := mended(text)))


def united(records: Sequence[DmarcRecord]) -> DmarcRecord:
    """Return the first record with the report addresses of all, at least one."""
    first = records[0]
    for name in REPORT_TAGS:
        values = [value for record in records for tag, value in record.tags if tag == name]
        if len(values) > 1 or (values and first.get(name) is None):
            first = _with_value(first, name, _joined(values))
    faults = [fault for record in records for fault in record.faults]
    return replace(first, faults=tuple(dict.fromkeys(faults)))


def addresses(records: Sequence[DmarcRecord], *tags: str) -> tuple[EmailAddress, ...]:
    """Return every mailbox that the records name, in these tags or in both."""
    found = (_address(uri.text) for record in records for tag in tags or REPORT_TAGS for uri in record.uris(tag))
    return tuple(dict.fromkeys(address for address in found if address))


def is_address_like(part: str) -> bool:
    """Say whether a part that has no place may be somebody's address."""
    return _ADDRESS_LIKE.search(part) is not None


def _is_sound(record: DmarcRecord) -> bool:
    names = [name for name, _ in record.tags]
    return (
        not record.faults
        and all(names.count(name) < 2 for name in REPORT_TAGS)  # noqa: PLR2004 - once
        and not any(_holds_more(name, value) for name, value in record.tags)
        and all(_is_destination(uri.text) for name in REPORT_TAGS for uri in record.uris(name))
    )


def _is_destination(text: str) -> bool:
    """Say whether receivers can read this part of a list; a `mailto:` URI may have a subject behind `?` (RFC 6068)."""
    return _address(text) is not None or _OTHER_SCHEME.match(text.strip()) is not None


def _holds_more(name: str, value: str) -> bool:
    """Say whether a tag holds another tag, or an address where none belongs."""
    is_own = name in REPORT_TAGS or name not in ACTIVE_TAGS | REMOVED_TAGS
    if not _TAG_NAME.fullmatch(name) or name == "mailto":
        return True
    return _inside(name).search(value) is not None or (not is_own and is_address_like(value))


def _inside(name: str) -> re.Pattern[str]:
    """Return what begins another tag inside of a value; in the text of a foreign tag only what is unmistakable."""
    return _TAG_INSIDE if name in ACTIVE_TAGS | REMOVED_TAGS else _REPORT_TAG_INSIDE


@dataclass(slots=True)
class _Reader:
    """Reads part after part; `latest` is the report tag that an address without one belongs to."""

    tags: list[tuple[str, str]] = field(default_factory=lambda: [("v", "DMARC1")])
    faults: list[str] = field(default_factory=list)
    latest: str = "rua"

    def take(self, part: str) -> None:
        """Read one part that holds at most one tag."""
        known, foreign = _TAG.match(part), _FOREIGN_TAG.match(part)
        if known:
            self._take_known(known.group(1).lower(), part[known.end() :].strip(" ,'`"))
        elif bare := _BARE_REPORT_TAG.match(part):
            self.latest = bare.group(1).lower()
            self._take_loose(part[bare.end() :])
        elif foreign and not _MAILTO.match(part.strip()):
            self.tags.append((foreign.group(1).lower(), part[foreign.end() :].strip()))
        else:
            self._take_loose(part)

    def _take_known(self, name: str, value: str) -> None:
        if name in REPORT_TAGS:
            self.latest = name
            self.tags.append((name, _mended_list(value)))
            return
        word = _WORD.match(value)
        rest = value[word.end() :] if word else value
        loose = is_address_like(rest)
        if name != "v":
            self.tags.append((name, value[: -len(rest)] if loose else value))
        if loose:
            self._take_loose(rest)

    def _take_loose(self, part: str) -> None:
        found, unread = _destinations(part) if is_address_like(part) else ([], [part.strip(_AROUND + ",")])
        if found:
            self.tags.append((self.latest, ",".join(found)))
        self.faults += filter(None, unread)


def _read(text: str) -> DmarcRecord:
    reader = _Reader()
    for part in text.split(";"):
        for piece in _pieces(part):
            reader.take(piece)
    return united((DmarcRecord(tuple(reader.tags), tuple(reader.faults)),))


def _pieces(part: str) -> Iterator[str]:
    """Cut a part where another tag begins inside of it."""
    rest = part
    while other := _next_tag(rest):
        yield from filter(_holds_something, (rest[: other.start()],))
        rest = rest[other.start() :]
    yield from filter(_holds_something, (rest,))


def _next_tag(part: str) -> re.Match[str] | None:
    named = _FOREIGN_TAG.match(part)
    is_foreign = named is not None and not _MAILTO.match(part.strip())
    return (_inside(named[1].lower()) if named and is_foreign else _TAG_INSIDE).search(part)


def _holds_something(part: str) -> bool:
    return part.strip(" ,") != ""


def _joined(values: Sequence[str]) -> str:
    """Join lists: each destination once; beside another, what is no destination and no address has no place."""
    parts = [part.strip() for value in values for part in value.split(",") if part.strip()]
    kept = [part for part in parts if _is_destination(part) or is_address_like(part)]
    by_address = {_address(part) or part: part for part in reversed(kept)}
    return ",".join(reversed(by_address.values())) or values[0]


def _address(part: str) -> EmailAddress | None:
    """Return the address of a destination; `mailto://a@example.com` is none, but for those who wrote it."""
    address = ReportUri.parse(part.partition("?")[0]).address
    return None if address is None or address.local.startswith("//") else address


def _mended_list(value: str) -> str:
    """Return the value of a report tag with its damage mended; what no address can be found in stays as it is."""
    return ",".join(text for part in value.split(",") if part.strip() for text in _mended_part(part.strip()))


def _mended_part(part: str) -> Iterable[str]:
    if _is_destination(part) or '"@' in part:
        return (part,)
    found, unread = _destinations(part)
    return (*found, *(f"mailto:{word}" for word in unread)) if found else (part,)


def _destinations(text: str) -> tuple[list[str], list[str]]:
    """Return the destinations in a text as receivers want them, and the words that may be addresses and are none."""
    found, unread = [], []
    for word in _words(text):
        here = list(_read_word(word))
        found += here
        unread += [word] if not here and is_address_like(word) else []
    return found, unread or ([] if found else [text.strip()])


def _words(text: str) -> Iterator[str]:
    for between in _MAILTO.split(text):
        yield from (word if _OTHER_SCHEME.match(word) else word.strip(_AROUND) for word in _BLANKS.split(between))


def _read_word(word: str) -> Iterable[str]:
    if _OTHER_SCHEME.match(word):
        return (word,)
    if _address(f"mailto:{word}"):
        return (f"mailto:{word}",)
    parsed = (_parsed(local, domain) for local, domain in _MAILBOX.findall(word))
    return tuple(report_uri(address) for address in parsed if address)


def _parsed(local: str, domain: str) -> EmailAddress | None:
    try:
        return EmailAddress.parse(f"{local.strip(_AROUND)}@{domain}")
    except InputError:
        return None


def _with_value(record: DmarcRecord, name: str, value: str) -> DmarcRecord:
    """Set a tag once, where it first stands."""
    first = next((index for index, (tag, _) in enumerate(record.tags) if tag == name), len(record.tags))
    others = [tag for index, tag in enumerate(record.tags) if tag[0] != name or index < first]
    return replace(record, tags=(*others[:first], (name, value), *others[first:]))
