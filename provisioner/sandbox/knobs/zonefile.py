r"""Zone files (RFC 1035 section 5) as record sets in the form of the emulated Route 53.

Nothing is asked of the contents: a CNAME beside other records, two of them, odd strings and types are taken as they
stand. Zone files escape in decimal, Route 53 in octal: `\059` becomes `\073`.
"""

import re
from collections.abc import Iterator

from provisioner.errors import InputError
from provisioner.sandbox.zones import RecordSet, plain

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\(|\)|(?:[^\s"();\\]|\\.)+')
_NO_COMMENT = re.compile(r'(?:"(?:[^"\\]|\\.)*"|\\.|[^;"\\])*')
_DECIMAL = re.compile(r"\\(\d{3})")
_TYPE = re.compile(r"[A-Z][A-Z0-9-]*")
_NAMES = {"CNAME": (0,), "DNAME": (0,), "MX": (1,), "NS": (0,), "PTR": (0,), "SOA": (0, 1), "SRV": (3,)}
_TTL = 300


def parse(text: str, zone: str) -> tuple[RecordSet, ...]:
    """Read a zone file; names without a dot at the end are below `zone`. Raises `InputError` for what is no record."""
    sets: dict[tuple[str, str], RecordSet] = {}
    for name, ttl, rtype, value in _records(text, zone):
        before = sets.get((name, rtype))
        sets[name, rtype] = RecordSet(name, rtype, ttl, (*(before.values if before else ()), value))
    return tuple(sets.values())


def _records(text: str, zone: str) -> Iterator[tuple[str, int, str, str]]:
    origin, usual, owner = zone, _TTL, zone
    for line in _lines(text):
        words = _TOKEN.findall(line)
        if words[0] == "$ORIGIN":
            origin = plain(words[1])
        elif words[0] == "$TTL":
            usual = int(words[1])
        else:
            owner = owner if line[0].isspace() else _absolute(words.pop(0), origin)
            ttl, rtype, data = _parts(words, usual, line)
            yield owner, ttl, rtype, _value(rtype, data, origin)


def _lines(text: str) -> Iterator[str]:
    """Return the records, each on one line: comments left out, parentheses opened."""
    open_, held = 0, ""
    for line in text.splitlines():
        found = _NO_COMMENT.match(line)
        bare = found[0].rstrip() if found else ""
        words = _TOKEN.findall(bare)
        held += bare if not held else f" {bare}"
        open_ += words.count("(") - words.count(")")
        if not open_ and held.strip():
            yield re.sub(r'("(?:[^"\\]|\\.)*")|[()]', lambda found: found[1] or " ", held)
        held = held if open_ else ""


def _parts(words: list[str], ttl: int, line: str) -> tuple[int, str, list[str]]:
    for place, word in enumerate(words):
        if word.isdigit():
            ttl = int(word)
        elif word.upper() != "IN":
            if _TYPE.fullmatch(word.upper()) and words[place + 1 :]:
                return ttl, word.upper(), words[place + 1 :]
            break
    raise InputError("invalid_zone_file", f"zone file: `{line.strip()}` is no record", "write NAME TTL IN TYPE VALUE")


def _value(rtype: str, words: list[str], origin: str) -> str:
    names = _NAMES.get(rtype, ())
    return " ".join(
        f"{_absolute(word, origin)}." if place in names else _octal(word) for place, word in enumerate(words)
    )


def _absolute(name: str, origin: str) -> str:
    if name == "@":
        return origin
    return plain(name) if name.endswith(".") else plain(f"{name}.{origin}")


def _octal(word: str) -> str:
    return _DECIMAL.sub(lambda escape: f"\\{int(escape[1]):03o}", word)
