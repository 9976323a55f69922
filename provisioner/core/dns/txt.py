"""TXT values: character-strings of at most 255 octets, quoted and escaped for master files and for Route 53.

Texts are UTF-8; octets that are not come back as Python's surrogate escapes, so that nothing is lost on the way.
"""

import re

LONGEST_STRING = 255  # RFC 1035 section 3.3
MASTER_FILE = 10  # \DDD is decimal, RFC 1035 section 5.1
ROUTE_53 = 8  # \ooo is octal, Route 53 developer guide, "DNS domain name format"

_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_STRINGS = re.compile(rf"\s*(?:{_STRING.pattern}\s*)+", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9]{3}|.)", re.DOTALL)


def chunks(text: str) -> tuple[str, ...]:
    """Cut the text into strings of at most 255 octets, never inside a character; an empty text is one empty string."""
    parts, length = [""], 0
    for character in text:
        octets = len(_octets(character))
        if length + octets > LONGEST_STRING:
            parts.append("")
            length = 0
        parts[-1] += character
        length += octets
    return tuple(parts)


def escaped(text: str, base: int = MASTER_FILE) -> str:
    r"""Escape `"`, `\` and every octet outside printable ASCII, in decimal or, with base 8, in octal."""
    return "".join(_escaped_octet(octet, base) for octet in _octets(text))


def quoted(text: str, base: int = MASTER_FILE) -> str:
    """Return the presentation form: quoted strings, a space between them."""
    return " ".join(f'"{escaped(part, base)}"' for part in chunks(text))


def unquoted(value: str, base: int = ROUTE_53) -> str:
    """Return the text of a presentation form, its strings joined without spaces (RFC 7208 section 3.3).

    What is not a row of quoted strings is taken as it stands. Escapes beyond an octet's range stay as they are.
    """
    if not _STRINGS.fullmatch(value):
        return value
    octets = b"".join(_unescaped(part, base) for part in _STRING.findall(value))
    return octets.decode("utf-8", "surrogateescape")


def strings(value: str) -> tuple[str, ...]:
    """Return the inside of each quoted string of a presentation form, escapes and all."""
    return tuple(_STRING.findall(value)) if _STRINGS.fullmatch(value) else (value,)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _escaped_octet(octet: int, base: int) -> str:
    character = chr(octet)
    if character in '"\\':
        return f"\\{character}"
    if " " <= character <= "~":
        return character
    return f"\\{octet:03o}" if base == ROUTE_53 else f"\\{octet:03d}"


def _unescaped(part: str, base: int) -> bytes:
    octets, end = b"", 0
    for escape in _ESCAPE.finditer(part):
        octets += _octets(part[end : escape.start()]) + _escape_octets(escape.group(1), base)
        end = escape.end()
    return octets + _octets(part[end:])


def _escape_octets(code: str, base: int) -> bytes:
    if len(code) == 1:
        return _octets(code)
    try:
        return bytes((int(code, base),))
    except ValueError:
        return _octets(f"\\{code}")
