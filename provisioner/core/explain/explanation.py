"""What is said about a text: a row of a table, and the explanation that comes out of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache


class Layer(StrEnum):
    """Who spoke, or where the cause lies."""

    GMAIL_ALIAS = "gmail_alias"
    CLIENT = "client"
    SMTP_ENDPOINT = "smtp_endpoint"
    IAM = "iam"
    SES = "ses"
    RECIPIENT_SERVER = "recipient_server"
    RECIPIENT_POLICY = "recipient_policy"
    DNS = "dns"

    @property
    def speaker(self) -> str:
        """The words for people."""
        return _SPEAKERS[self]


_SPEAKERS = {
    Layer.GMAIL_ALIAS: 'Gmail, sending as an alias ("Send mail as")',
    Layer.CLIENT: "The sending side: the program or plug-in, its host and network",
    Layer.SMTP_ENDPOINT: "SES's SMTP endpoint",
    Layer.IAM: "AWS IAM, which decides what a key may do",
    Layer.SES: "Amazon SES itself",
    Layer.RECIPIENT_SERVER: "The recipient's mail server, about a mailbox or itself",
    Layer.RECIPIENT_POLICY: "The recipient's mail server, by a judgement or rule of its own",
    Layer.DNS: "DNS",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One explanation of a text.

    `commands` are the words behind `provisioner`, with `DOMAIN`, `ADDRESS` and `REGION` where the text does not say
    which; `reference` is where it is written, or `from reports` where no page says it.
    """

    layer: Layer
    cause: str
    remedy: str
    commands: tuple[tuple[str, ...], ...] = ()
    reference: str = ""

    def to_document(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "layer": str(self.layer),
            "cause": self.cause,
            "remedy": self.remedy,
            "commands": [list(command) for command in self.commands],
            "reference": self.reference,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a table: by which words a text is known, and what is said about it.

    `says` is a regular expression that is searched in the whole text on one line, in any case; of several, each must be
    found. Its named groups may be used in `cause` and `remedy`: `{region}`. `also` are further explanations of the same
    text, less likely ones.
    """

    says: str | tuple[str, ...]
    layer: Layer
    cause: str
    remedy: str
    commands: tuple[str, ...] = ()
    reference: str = ""
    also: tuple[Row, ...] = ()

    def match(self, text: str) -> dict[str, str] | None:
        """Return what the text names (region, domain, ...), None when the row does not speak of it."""
        named: dict[str, str] = {}
        for pattern in (self.says,) if isinstance(self.says, str) else self.says:
            found = _compiled(pattern).search(text)
            if found is None:
                return None
            named |= {name: value for name, value in found.groupdict().items() if value}
        return named

    def explanation(self, named: Mapping[str, str]) -> Explanation:
        """Return what the row says, with the names that the text gave."""
        words = _Words(named)
        lines = tuple(tuple(_filled(word, named) for word in line.split()) for line in self.commands)
        return Explanation(
            self.layer, self.cause.format_map(words), self.remedy.format_map(words), lines, self.reference
        )

    def explanations(self, named: Mapping[str, str]) -> tuple[Explanation, ...]:
        """Return what the row says and what else it may be."""
        return (self.explanation(named), *(row.explanation(named) for row in self.also))


class _Words(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return _UNNAMED[name]


_UNNAMED = {
    "region": "that region",
    "domain": "the domain",
    "address": "the address",
    "identity": "the identity",
    "set": "the configuration set",
    "action": "the action",
    "host": "the host",
    "missing": "what it names",
}
_PLACEHOLDERS = {"DOMAIN": "domain", "ADDRESS": "address", "REGION": "region"}


def _filled(word: str, named: Mapping[str, str]) -> str:
    return named.get(_PLACEHOLDERS.get(word, ""), word)


def exactly(*codes: str) -> str:
    """Return a pattern for these enhanced status codes, and for no longer number that holds one."""
    return r"(?<![\d.])(?:" + "|".join(map(re.escape, codes)) + r")(?!\.?\d)"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)
