"""Macros of SPF (RFC 7208 section 7): the names that terms stand for, once it is known who sends what."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from provisioner.core.values.domain_input import LONGEST_NAME

_MACRO = re.compile(r"%(?:%|_|-|\{(?P<letter>[a-z])(?P<digits>[0-9]*)(?P<reverse>r?)(?P<cut>[.\-+,/_=]*)\})", re.I)
_PLAIN = {"%%": "%", "%_": " ", "%-": "%20"}
_UNRESERVED = "-._~"


def expanded(spec: str, value_of: Callable[[str], str]) -> str:
    """Return the name that a domain-spec stands for; `value_of` has the value of each letter of section 7.2.

    A name that is too long loses labels on its left (section 7.3).
    """
    name = _MACRO.sub(lambda match: _value(match, value_of), spec).lower().removesuffix(".")
    while len(name) > LONGEST_NAME and "." in name:
        name = name.partition(".")[2]
    return name


def letters(spec: str) -> frozenset[str]:
    """Return the letters of the macros in a domain-spec, in lower case."""
    return frozenset(letter.lower() for letter in (match["letter"] for match in _MACRO.finditer(spec)) if letter)


def _value(match: re.Match[str], value_of: Callable[[str], str]) -> str:
    if match.group() in _PLAIN:
        return _PLAIN[match.group()]
    parts = re.split(f"[{re.escape(match['cut'] or '.')}]", value_of(match["letter"].lower()))
    if match["reverse"]:
        parts.reverse()
    value = ".".join(parts[-int(match["digits"]) :] if match["digits"] else parts)
    return quote(value, safe=_UNRESERVED) if match["letter"].isupper() else value
