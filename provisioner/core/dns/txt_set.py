"""A TXT record set as Route 53 holds it, byte for byte, and edits of a value that can be taken back without a trace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.core.dns.txt import LONGEST_STRING, ROUTE_53, quoted, unquoted

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_PIECE = re.compile(r"\\[0-9]{3}|\\.|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TxtSet:
    r"""The TXT records of one name.

    `ttl` is in seconds; each of `values` is in Route 53's presentation form, as the API gives it: quoted strings of at
    most 255 octets with a space between them, `"` and `\` escaped, other octets as octal `\ooo`. A set has at least one
    value.
    """

    ttl: int
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("a TXT record set has at least one value")

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of each value, unquoted and with its strings joined."""
        return tuple(unquoted(value) for value in self.values)

    def with_value(self, index: int, value: str) -> TxtSet:
        """Return the set with another value at that place."""
        return replace(self, values=(*self.values[:index], value, *self.values[index + 1 :]))

    def plus(self, text: str) -> TxtSet:
        """Return the set with one more text at its end."""
        return replace(self, values=(*self.values, quoted(text, ROUTE_53)))

    def without(self, index: int) -> TxtSet | None:
        """Return the set without the value at that place, None when nothing is left."""
        left = self.values[:index] + self.values[index + 1 :]
        return replace(self, values=left) if left else None


def octets(text: str) -> bytes:
    """Return the octets of a text that `unquoted` gave; offsets below count in them."""
    return text.encode("utf-8", "surrogateescape")


def inserted(value: str, offset: int, text: str) -> str:
    r"""Put printable ASCII without `"` and `\` behind the first `offset` octets of a value.

    The offset is at least one and stands between characters.
    The text goes into a string that has room for it, of the two at `offset`; else it becomes a string of its own, and
    cuts the one that it falls into. So long as it has fewer than 128 octets, `removed` can tell these cases apart:
    around a string that cut another the two parts fit into one, around one that was put between two they do not.
    """
    strings = list(_strings(value))
    left = next(string for string in strings if string.first < offset <= string.end)
    right = next((string for string in strings if string.first <= offset < string.end), left)
    for string in (left, right):
        if string.size + len(text) <= LONGEST_STRING or not string.quoted:
            return _spliced(value, string.position(offset), text)
    if offset < left.end:
        return _spliced(value, left.position(offset), f'" "{text}" "')
    return _spliced(value, left.stop + 1, f' "{text}"')


def removed(value: str, start: int, end: int) -> str:
    """Take the octets from `start` (at least 1) to `end` out of a value; undoes `inserted` exactly.

    Where somebody has since cut them over two strings, the value is quoted anew.
    """
    strings = list(_strings(value))
    index = next((i for i, string in enumerate(strings) if string.first <= start and end <= string.end), None)
    if index is None:
        text = octets(unquoted(value))
        return quoted((text[:start] + text[end:]).decode("utf-8", "surrogateescape"), ROUTE_53)
    holder = strings[index]
    if holder.size > end - start:
        return value[: holder.position(start)] + value[holder.position(end) :]
    before, after = strings[index - 1], strings[index + 1] if index + 1 < len(strings) else None
    if after and before.size and after.size and before.size + after.size <= LONGEST_STRING:
        return value[: before.stop] + value[after.start :]
    return value[: before.stop + 1] + value[holder.stop + 1 :]


@dataclass(frozen=True, slots=True)
class _String:
    """One string of a value: where its content stands in the value (`start`, `stop`), and its octets in the text.

    `first` is the offset of its first octet; `positions` says for each octet where in the value it is written.
    """

    start: int
    stop: int
    first: int
    positions: Sequence[int]
    quoted: bool

    @property
    def size(self) -> int:
        return len(self.positions)

    @property
    def end(self) -> int:
        return self.first + self.size

    def position(self, offset: int) -> int:
        return self.stop if offset == self.end else self.positions[offset - self.first]


def _strings(value: str) -> Iterator[_String]:
    if unquoted(value) == value:  # not a row of quoted strings
        positions: Sequence[int] = tuple(place for place, character in enumerate(value) for _ in octets(character))
        yield _String(0, len(value), 0, positions, quoted=False)
        return
    first = 0
    for match in _STRING.finditer(value):
        positions = _positions(match.group(1), match.start(1))
        yield _String(match.start(1), match.end(1), first, positions, quoted=True)
        first += len(positions)


def _positions(content: str, start: int) -> Sequence[int]:
    if content.isascii() and "\\" not in content:  # each character is one octet
        return range(start, start + len(content))
    return tuple(_positions_of_pieces(content, start))


def _positions_of_pieces(content: str, start: int) -> Iterator[int]:
    for piece in _PIECE.finditer(content):
        written = piece.group()
        size = 1 if len(written) == 1 and written.isascii() else len(octets(unquoted(f'"{written}"')))
        yield from [start + piece.start()] * size


def _spliced(value: str, position: int, text: str) -> str:
    return value[:position] + text + value[position:]
