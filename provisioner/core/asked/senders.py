"""Senders: further SMTP users of a domain, each of which sends as one address of it only.

A sender's address goes into an IAM policy, where `*`, `?` and `$` would be wildcards or variables (IAM user guide,
"IAM JSON policy elements"), and SES takes ASCII only: so a local part holds less than RFC 5321 allows. SES compares it
with case, so it is kept as it was given.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from provisioner.core.values.address import LONGEST_LOCAL
from provisioner.core.values.domain import DomainName
from provisioner.core.values.wording import named, shown
from provisioner.errors import InputError

MOST_SENDERS = 20  # of a domain: each is a tag of its identity, which holds 50
NAME = "[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?"
LOCAL_PART = r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*"

_NAMES = "use 1 to 32 lower-case letters, digits and inner hyphens, such as shop"
_LETTERS = "use letters, digits and . _ + - only"
_NO_LOCAL_PART_LETTER = re.compile(r"[^A-Za-z0-9._+-]")

Pair = tuple[str, str]
Fault = tuple[str | None, str, str]  # the name as it was given (None: all of them), what is wrong, what to do


@dataclass(frozen=True, order=True, slots=True)
class Sender:
    """One further SMTP user: its name, and what stands before the @ of the only address that it sends as."""

    name: str
    local_part: str

    def address(self, domain: DomainName) -> str:
        """Return the address that it sends as."""
        return f"{self.local_part}@{domain.ascii}"


@dataclass(frozen=True, slots=True)
class Senders:
    """Senders in the order of their names, of which no two are the same; two may have one address."""

    listed: tuple[Sender, ...] = ()

    @classmethod
    def parse(cls, given: Iterable[Pair]) -> Senders:
        """Check pairs of name and local part; raises `InputError("invalid_sender")` for the first fault."""
        pairs = list(given)
        fault = next(_faults_of_each(pairs), None)
        if fault:
            raise InputError("invalid_sender", *fault[1:])
        return cls.checked(pairs)

    @classmethod
    def checked(cls, given: Iterable[Pair]) -> Senders:
        """Take pairs that have no `faults`; blanks around them are dropped."""
        return cls(tuple(sorted(Sender(name.strip(), local_part.strip()) for name, local_part in given)))

    @classmethod
    def found(cls, given: Iterable[Pair]) -> Senders:
        """Return those pairs that are senders; what could not have been asked of us is left out."""
        kept = cls()
        for pair in given:
            with suppress(InputError):
                kept = cls.parse([pair]).beside(kept)
        return kept

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(sender.name for sender in self.listed)

    def over(self, before: Senders) -> Senders:
        """Return `before` with these senders added or in their place; raises `InputError("too_many_senders")`."""
        senders = self.beside(before)
        excess = too_many(len(senders.listed))
        if excess:
            raise InputError("too_many_senders", *excess)
        return senders

    def beside(self, others: Senders) -> Senders:
        """Return these senders and those others whose names they leave free, however many that are."""
        return Senders(tuple(sorted([*others.without(self.names).listed, *self.listed])))

    def without(self, names: Collection[str]) -> Senders:
        """Return the senders but these; a name that is not there does not matter."""
        return Senders(tuple(sender for sender in self.listed if sender.name not in names))

    def to_document(self) -> dict[str, str]:
        """Return the senders as a mapping of name to local part."""
        return {sender.name: sender.local_part for sender in self.listed}


NO_SENDERS = Senders()


@dataclass(frozen=True, slots=True)
class SenderChange:
    """What a command line asks: senders to `put`, names of senders to `drop`; all others stay."""

    put: Senders
    drop: tuple[str, ...] = ()

    @classmethod
    def parse(cls, put: Sequence[str], drop: Sequence[str]) -> SenderChange | None:
        """Read the texts of `--sender NAME=LOCALPART` and `--no-sender NAME`, None without any.

        Raises `InputError`: `invalid_sender`, or `too_many_senders`.
        """
        if not put and not drop:
            return None
        senders = Senders.parse(_pair(text) for text in put).over(NO_SENDERS)
        change = cls(senders, tuple(sender_name(name) for name in drop))
        both = [name for name in change.put.names if name in change.drop]
        if both:
            message = f"the sender {shown(both[0])} is to be there and to be taken away"
            raise InputError("invalid_sender", message, "Give --sender or --no-sender for it.")
        return change

    def over(self, before: Senders) -> Senders:
        """Return the senders that result; raises `InputError("too_many_senders")`."""
        return self.put.over(before.without(self.drop))


def sender_name(text: str) -> str:
    """Read the name of a sender; raises `InputError("invalid_sender")`."""
    name = text.strip()
    wrong = _wrong_name(name)
    if wrong:
        raise InputError("invalid_sender", *wrong)
    return name


def faults(pairs: Sequence[Pair]) -> Iterator[Fault]:
    """Yield everything that is wrong with the senders of a domain: names, local parts, and how many they are."""
    yield from _faults_of_each(pairs)
    excess = too_many(len({name.strip() for name, _ in pairs}))
    if excess:
        yield None, *excess


def too_many(count: int) -> tuple[str, str] | None:
    """Say what is wrong with so many senders of a domain, and what to do; None when they fit."""
    if count <= MOST_SENDERS:
        return None
    return f"{count} senders are too many", f"a domain has at most {MOST_SENDERS}; remove {count - MOST_SENDERS}"


def _faults_of_each(pairs: Sequence[Pair]) -> Iterator[Fault]:
    seen = set[str]()
    for given, value in pairs:
        name = given.strip()
        wrong = _wrong_name(name) or _wrong_local_part(name, value.strip()) or _wrong_twice(name, seen)
        seen.add(name)
        if wrong:
            yield given, *wrong


def _pair(text: str) -> Pair:
    name, equals, local_part = text.partition("=")
    if equals:
        return name, local_part
    hint = "Write --sender shop=orders for orders@ at the domain; --no-sender shop takes it away."
    raise InputError("invalid_sender", f"the sender {shown(text)} has no local part", hint)


def _wrong_name(name: str) -> tuple[str, str] | None:
    if not name:
        return "the sender has no name", "give it one, such as shop=orders"
    if re.fullmatch(NAME, name):
        return None
    if re.fullmatch(NAME, name.lower()):
        return f"the name of the sender {shown(name)} is not in lower case", f"write {name.lower()}"
    return f"{shown(name)} is not a name for a sender", _NAMES


def _wrong_local_part(name: str, local_part: str) -> tuple[str, str] | None:
    what = f"the local part of the sender {shown(name)}"
    before, at, _ = local_part.partition("@")
    if not before:
        return f"{what} is empty", f"give what stands before the @ of its address, such as {name}=orders"
    if at:
        return f"{what} is a whole address, {shown(local_part)}", f"give only what stands before the @: {name}={before}"
    wrong = _NO_LOCAL_PART_LETTER.search(local_part)
    if wrong:
        return f"{what} contains {named(wrong.group())}", _LETTERS
    if not re.fullmatch(LOCAL_PART, local_part):
        return f"a dot in {what} has nothing beside it", "remove the dot at the start, at the end, or next to another"
    if len(local_part) > LONGEST_LOCAL:
        return f"{what} is {len(local_part)} characters long", f"it has at most {LONGEST_LOCAL}"
    return None


def _wrong_twice(name: str, seen: Collection[str]) -> tuple[str, str] | None:
    return (f"the sender {shown(name)} is given twice", "remove one of them") if name in seen else None
