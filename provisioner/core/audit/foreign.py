"""Archives of SES's events that others wrote: one event a file or a line, in a list, or one after another."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_GZIP = 31
_MAGIC = b"\x1f\x8b"
_SPACE = " \t\r\n,"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file that should be one event; `where` counts them from one."""

    where: int
    text: str


def is_likely(name: str) -> bool:
    """Say whether a file may hold events, by its name: what Firehose writes has no ending at all."""
    base = name.rpartition("/")[2].lower()
    if base.startswith((".", "_")):
        return False
    ending = base.removesuffix(".gz").rpartition(".")
    return not ending[1] or ending[2] in ("json", "jsonl", "ndjson", "log", "txt") or ending[2].isdigit()


def text_of(data: bytes) -> str:
    """Return what a file says, packed by gzip or not, in several members too. Raises `ValueError` for a broken one."""
    parts: list[bytes] = []
    while data.startswith(_MAGIC):
        unpacker = zlib.decompressobj(wbits=_GZIP)
        try:
            parts.append(unpacker.decompress(data) + unpacker.flush())
        except zlib.error:
            raise ValueError("it is no gzip file, or its bytes were changed") from None
        if not unpacker.eof:
            raise ValueError("it ends too early")
        data = unpacker.unused_data
    return b"".join([*parts, data]).decode("utf-8-sig", "replace")


def pieces_of(text: str) -> Iterator[Piece]:
    """Yield what stands in the text one after another; what cannot be told apart any more is the last piece."""
    decoder, at, number = json.JSONDecoder(), 0, 0
    while (at := _after_space(text, at)) < len(text):
        number += 1
        if text[at] in "[]":  # a list's own brackets; what is in it comes one after another
            at, number = at + 1, number - 1
            continue
        try:
            _, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = _line_end(text, at)
        yield Piece(number, text[at:end])
        at = end


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
