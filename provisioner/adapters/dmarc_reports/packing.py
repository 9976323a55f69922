"""Reports out of what they come in: mails with attachments, zip, gzip, and XML in any of its encodings."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path

SUFFIXES = frozenset({".xml", ".gz", ".zip", ".eml"})
LARGEST_REPORT = 100_000_000  # bytes, unpacked

_ZIP = b"PK\x03\x04"
_GZIP = b"\x1f\x8b"
_HEADER = re.compile(rb"\s*(?:From \S.*\r?\n)?(?:[!-9;-~]+:.*\r?\n(?:[ \t].*\r?\n)*){2}")  # two fields of a mail
_XML_TYPES = frozenset({"text/xml", "application/xml"})
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}encoding\s*=\s*["']([\w.-]{1,40})["']""")
_DEEPEST = 4  # a mail with a zip of gzips is three
_DAMAGED = (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError)
_Packed = tuple[str, Callable[[], bytes]]  # a name, and what reads its content


def is_named_like_a_report(name: str) -> bool:
    """Say whether a file's name is that of a report; macOS puts files of its own beside others."""
    path = Path(name)
    return path.suffix.lower() in SUFFIXES and not path.name.startswith("._") and "__MACOSX" not in path.parts


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One report out of a file as XML; or, where `fault` says why, what could not be unpacked."""

    name: str
    xml: str
    fault: str = ""


def unpack(name: str, read: Callable[[], bytes], depth: int = 0) -> Iterator[Unpacked]:
    """Yield every report in a file, and what in it is damaged; one that is damaged does not stop the others."""
    try:
        yield from _unpack(name, read(), depth)
    except _DAMAGED as error:
        yield Unpacked(name, "", str(error))


def _unpack(name: str, content: bytes, depth: int) -> Iterator[Unpacked]:
    if depth > _DEEPEST:
        raise ValueError(f"it is packed more than {_DEEPEST} times")
    if content.startswith(_GZIP):
        yield from _unpack(name, _gunzipped(content), depth + 1)
    elif content.startswith(_ZIP):
        yield from _each(name, _members(content), "it holds no file named .xml, .gz, .zip or .eml", depth)
    elif name.lower().endswith(".eml") or _HEADER.match(content):
        yield from _each(name, _attachments(content), "no report is attached to this mail", depth)
    else:
        yield Unpacked(name, as_text(content))


def as_text(content: bytes) -> str:
    """Return XML as text, from its first `<` on (XML 1.0, appendix F: a byte order mark, else what it declares)."""
    text = _decoded(content)
    start = text.find("<")
    if start < 0:
        raise ValueError("it is neither XML nor zip, gzip or a mail" if content.strip() else "it is empty")
    return text[start:]


def _each(name: str, packed: Iterator[_Packed], none: str, depth: int) -> Iterator[Unpacked]:
    count = 0
    for inner, read in packed:
        count += 1
        yield from unpack(f"{name}:{inner}", read, depth + 1)
    if not count:
        raise ValueError(none)


def _gunzipped(content: bytes) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
        return _limited(stream.read)


def _members(content: bytes) -> Iterator[_Packed]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            if is_named_like_a_report(member.filename):
                yield member.filename, partial(_member, archive, member)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as stream:
        return _limited(stream.read)


def _limited(read: Callable[[int], bytes]) -> bytes:
    content = read(LARGEST_REPORT + 1)
    if len(content) > LARGEST_REPORT:
        raise ValueError(f"it is larger than {LARGEST_REPORT // 1_000_000} MB unpacked")
    return content


def _attachments(content: bytes) -> Iterator[_Packed]:
    for number, part in enumerate(message_from_bytes(content, policy=policy.default).walk(), 1):
        payload = None if part.is_multipart() else part.get_payload(decode=True)
        if isinstance(payload, bytes) and _is_report(part, payload):
            yield _file_name(part) or f"part {number}", partial(bytes, payload)


def _is_report(part: EmailMessage, payload: bytes) -> bool:
    is_packed = payload.startswith((_ZIP, _GZIP))
    return is_packed or part.get_content_type() in _XML_TYPES or is_named_like_a_report(_file_name(part))


def _file_name(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except (ValueError, LookupError):  # a header that the mail's own program wrote badly
        return ""


def _decoded(content: bytes) -> str:
    for encoding in _encodings(content):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode(errors="ignore")  # octets of another code page stand in names only


def _encodings(content: bytes) -> Iterator[str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
    if content.startswith(b"<\x00"):
        yield "utf-16-le"
    if content.startswith(b"\x00<"):
        yield "utf-16-be"
    yield "utf-8-sig"
    if declared := _DECLARED.search(content[:500]):
        yield declared.group(1).decode("ascii")
