r"""Record values as Route 53 writes them, turned into what goes on the wire.

Route 53 escapes in octal (`\052` is `*`), zone files in decimal: no zone-file parser may see these values.
Source: Route 53 Developer Guide, "Supported DNS record types" and "DNS domain name format".
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from dnslib import AAAA, CAA, CNAME, MX, NS, PTR, QTYPE, RD, RDMAP, SOA, SRV, TXT, A, DNSLabel

_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\S+)', re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{3})|(.))", re.DOTALL)


def strings(value: str) -> list[bytes]:
    """Return the tokens of a value: quoted strings without their quotes, bare words as they are, escapes resolved."""
    return [_unescape(token[1] if token[1] is not None else token[2]) for token in _TOKEN.finditer(value.encode())]


def label(name: str) -> Any:
    """Return a name, with or without its trailing dot, as dnslib's label; `.` is the root."""
    plain = _unescape(name.encode()).removesuffix(b".")
    return DNSLabel(plain.split(b".") if plain else [])


def rdata(rtype: str, value: str) -> Any:
    """Return dnslib's record data for one value; raises ValueError or dnslib's errors when it does not fit the type."""
    words = strings(value)
    if rtype in _BUILDERS:
        return _BUILDERS[rtype](words)
    return RDMAP[rtype].fromZone([word.decode() for word in words])


def type_number(rtype: str) -> int:
    """Return the number of a type such as `TXT`; raises dnslib's error for a type it does not know."""
    return int(getattr(QTYPE, rtype))


def _unescape(text: bytes) -> bytes:
    return _ESCAPE.sub(lambda match: bytes([int(match[1], 8)]) if match[1] else match[2], text)


def _name(word: bytes) -> Any:
    plain = word.removesuffix(b".")  # its escapes are resolved already
    return DNSLabel(plain.split(b".") if plain else [])


def _uncompressed(word: bytes) -> bytes:
    """Return a name as octets, for types in which it must not be shortened (RFC 6672 section 2.5)."""
    labels = [part for part in word.removesuffix(b".").split(b".") if part]
    return b"".join(bytes([len(part)]) + part for part in labels) + bytes(1)


def _numbers(words: list[bytes]) -> tuple[int, ...]:
    return tuple(int(word) for word in words)


_BUILDERS: Mapping[str, Callable[[list[bytes]], Any]] = {
    "A": lambda words: A(words[0].decode()),
    "AAAA": lambda words: AAAA(words[0].decode()),
    "CAA": lambda words: CAA(int(words[0]), words[1].decode(), words[2].decode()),
    "CNAME": lambda words: CNAME(_name(words[0])),
    "DNAME": lambda words: RD(_uncompressed(words[0])),
    "MX": lambda words: MX(_name(words[1]), int(words[0])),
    "NS": lambda words: NS(_name(words[0])),
    "PTR": lambda words: PTR(_name(words[0])),
    "SOA": lambda words: SOA(_name(words[0]), _name(words[1]), _numbers(words[2:])),
    "SPF": TXT,
    "SRV": lambda words: SRV(*_numbers(words[:3]), _name(words[3])),
    "TXT": TXT,
}
