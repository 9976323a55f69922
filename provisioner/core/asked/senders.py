"""Senders: further SMTP users of a domain, each of which sends as one address of it only.

A sender's address goes into an IAM policy, where `*`, `?` and `$` would be wildcards or variables (IAM user guide,
"IAM JSON policy elements"), and SES takes ASCII only: so a local part holds less than RFC 5321 allows. SES compares it
with case, so it is kept as it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple, Self

from provisioner.core.asked.named_set import Change, NamedSet, Pair, Words, Wrong
from provisioner.core.values.address import LONGEST_LOCAL
from provisioner.core.values.domain import DomainName
from provisioner.core.values.wording import named, quoted
from provisioner.errors import InputError

MOST_SENDERS = 20  # of a domain: each is a tag of its identity, which holds 50
NAME = "[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?"
LOCAL_PART = r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*"

_NAMES = "use 1 to 32 lower-case letters, digits and inner hyphens, such as shop"
_LETTERS = "use letters, digits and . _ + - only"
_NO_LOCAL_PART_LETTER = re.compile(r"[^A-Za-z0-9._+-]")


class Sender(NamedTuple):
    """One further SMTP user: its name, and what stands before the @ of the only address that it sends as."""

    name: str
    local_part: str

    def address(self, domain: DomainName) -> str:
        """Return the address that it sends as."""
        return f"{self.local_part}@{domain.ascii}"


@dataclass(frozen=True, slots=True)
class Senders(NamedSet):
    """Senders in the order of their names, of which no two are the same; two may have one address."""

    WORDS = Words(
        entry="sender",
        value="local part",
        put="be there",
        syntax="Write --sender shop=orders for orders@ at the domain; --no-sender shop takes it away.",
    )
    MOST = MOST_SENDERS
    WHY = f"a domain has at most {MOST_SENDERS}"

    @classmethod
    def from_resource(cls, given: Iterable[Pair]) -> Self:
        """Return those pairs of an AWS resource that are senders; what could not have been asked of us is left out."""
        kept = cls()
        for pair in given:
            with suppress(InputError):
                kept = cls.parse([pair]).beside(kept)
        return kept

    @property
    def listed(self) -> tuple[Sender, ...]:
        """The senders, in the order of their names."""
        return tuple(Sender(*pair) for pair in self.pairs)

    @classmethod
    def wrong_name(cls, name: str) -> Wrong | None:
        """Say what is wrong with a clean name."""
        if not name:
            return "the sender has no name", "give it one, such as shop=orders"
        if re.fullmatch(NAME, name):
            return None
        if re.fullmatch(NAME, name.lower()):
            return f"the name of the sender {quoted(name)} is not in lower case", f"write {name.lower()}"
        return f"{quoted(name)} is not a name for a sender", _NAMES

    @classmethod
    def wrong_value(cls, name: str, value: str) -> Wrong | None:
        """Say what is wrong with the clean local part of a sender whose name is right."""
        return _wrong_local_part(f"the local part of the sender {quoted(name)}", name, value)


NO_SENDERS = Senders()


class SenderChange(Change[Senders]):
    """What a command line asks of the senders."""

    @classmethod
    def parse(cls, put: Sequence[str], drop: Sequence[str]) -> Self | None:
        """Read the texts of `--sender NAME=LOCALPART` and `--no-sender NAME`, None without any.

        Raises `InputError`: `invalid_sender`, or `too_many_senders`.
        """
        return cls.read(Senders, put, drop)


def _wrong_local_part(what: str, name: str, local_part: str) -> Wrong | None:
    before, at, _ = local_part.partition("@")
    if not before:
        return f"{what} is empty", f"give what stands before the @ of its address, such as {name}=orders"
    if at:
        return (
            f"{what} is a whole address, {quoted(local_part)}",
            f"give only what stands before the @: {name}={before}",
        )
    wrong = _NO_LOCAL_PART_LETTER.search(local_part)
    if wrong:
        return f"{what} contains {named(wrong.group())}", _LETTERS
    if not re.fullmatch(LOCAL_PART, local_part):
        return f"a dot in {what} has nothing beside it", "remove the dot at the start, at the end, or next to another"
    if len(local_part) > LONGEST_LOCAL:
        return f"{what} is {len(local_part)} characters long", f"it has at most {LONGEST_LOCAL}"
    return None
