"""What a user gives as NAME=VALUE and may give often, such as tags: checked, merged by name, and limited in number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, NamedTuple, Self, TypeVar

from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

Pair = tuple[str, str]
Wrong = tuple[str, str]  # what is wrong, what to do
Fault = tuple[str | None, str, str]  # the name as it was given (None: all of them), what is wrong, what to do


class Words(NamedTuple):
    """How an entry is spoken of; `entry` makes its codes and options too: `invalid_tag`, `too_many_tags`, `--tag`."""

    entry: str
    value: str  # what stands behind its equals sign
    put: str  # "it is to ..."
    syntax: str  # a sentence with examples
    alike: str = ""  # "..., also as 'TEAM', ...": why names that look different are the same


@dataclass(frozen=True, slots=True)
class NamedSet(ABC):
    """Pairs of name and value in the order of their names, of which no two are the same.

    A subclass says what an entry is: its words, its rules, and how many there may be.
    """

    WORDS: ClassVar[Words]
    MOST: ClassVar[int]
    WHY: ClassVar[str]  # there may not be more

    pairs: tuple[Pair, ...] = ()

    @classmethod
    def parse(cls, given: Iterable[Pair]) -> Self:
        """Check pairs of name and value, however many; raises `InputError("invalid_...")` for the first fault."""
        pairs = list(given)
        cls._refuse(cls._faults_of_each(pairs))
        return cls.from_checked(pairs)

    @classmethod
    def parse_name(cls, text: str) -> str:
        """Read the name of an entry; raises `InputError("invalid_...")`."""
        name = cls.clean(text)
        wrong = cls.wrong_name(name)
        if wrong:
            raise cls.invalid(*wrong)
        return name

    @classmethod
    def from_checked(cls, given: Iterable[Pair]) -> Self:
        """Take pairs that have no `faults`, cleaned."""
        return cls(tuple(sorted((cls.clean(name), cls.clean(value)) for name, value in given)))

    @classmethod
    def faults(cls, pairs: Sequence[Pair]) -> Iterator[Fault]:
        """Yield everything that is wrong: names, values, names given twice, and how many they are."""
        yield from cls._faults_of_each(pairs)
        excess = cls._excess(len({cls.fold(cls.clean(name)) for name, _ in pairs}))
        if excess:
            yield None, *excess

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(name for name, _ in self.pairs)

    def over(self, before: Self) -> Self:
        """Return `before` with these entries added or in their place; raises `InputError("too_many_...")`."""
        merged = self.beside(before)
        excess = self._excess(len(merged.pairs))
        if excess:
            raise InputError(f"too_many_{self.WORDS.entry}s", *excess)
        return merged

    def beside(self, others: Self) -> Self:
        """Return these entries and those others whose names they leave free, however many that are."""
        return type(self)(tuple(sorted([*others.without(self.names).pairs, *self.pairs])))

    def without(self, names: Collection[str]) -> Self:
        """Return the entries but these; a name that is not there does not matter."""
        gone = {self.fold(name) for name in names}
        return type(self)(tuple(pair for pair in self.pairs if self.fold(pair[0]) not in gone))

    def to_document(self) -> dict[str, str]:
        """Return the entries as a mapping of name to value."""
        return dict(self.pairs)

    @classmethod
    def invalid(cls, message: str, hint: str) -> InputError:
        """Return the error for an entry that cannot be, for the caller to raise."""
        return InputError(f"invalid_{cls.WORDS.entry}", message, hint)

    @staticmethod
    def clean(text: str) -> str:
        """Return a name or a value as it is kept."""
        return text.strip()

    @staticmethod
    def fold(name: str) -> str:
        """Return what two names have in common that count as the same."""
        return name

    @classmethod
    @abstractmethod
    def wrong_name(cls, name: str) -> Wrong | None:
        """Say what is wrong with a clean name."""

    @classmethod
    @abstractmethod
    def wrong_value(cls, name: str, value: str) -> Wrong | None:
        """Say what is wrong with the clean value of a name that is right."""

    @classmethod
    def _faults_of_each(cls, pairs: Sequence[Pair]) -> Iterator[Fault]:
        first: dict[str, str] = {}
        for given, value in pairs:
            name = cls.clean(given)
            other = first.get(cls.fold(name))
            wrong = cls.wrong_name(name) or cls.wrong_value(name, cls.clean(value)) or cls._wrong_twice(name, other)
            first.setdefault(cls.fold(name), name)
            if wrong:
                yield given, *wrong

    @classmethod
    def _wrong_twice(cls, name: str, other: str | None) -> Wrong | None:
        if other is None:
            return None
        also = "" if other == name else f", also as {quoted(other)}, {cls.WORDS.alike}"
        return f"the {cls.WORDS.entry} {quoted(name)} is given twice{also}", "remove one of them"

    @classmethod
    def _excess(cls, count: int) -> Wrong | None:
        if count <= cls.MOST:
            return None
        return f"{count} {cls.WORDS.entry}s are too many", f"{cls.WHY}; remove {count - cls.MOST}"

    @classmethod
    def _refuse(cls, faults: Iterator[Fault]) -> None:
        for _, message, hint in faults:
            raise cls.invalid(message, hint)


Kind = TypeVar("Kind", bound=NamedSet)


@dataclass(frozen=True, slots=True)
class Change(Generic[Kind]):
    """What a command line asks: entries to `put`, names of entries to `drop`; all others stay."""

    put: Kind
    drop: tuple[str, ...] = ()

    @classmethod
    def read(cls, kind: type[Kind], put: Sequence[str], drop: Sequence[str]) -> Self | None:
        """Read the texts of an option NAME=VALUE and of its opposite, None without any.

        Raises `InputError`: `invalid_...`, or `too_many_...`.
        """
        if not put and not drop:
            return None
        change = cls(kind.parse(_pair(kind, text) for text in put).over(kind()), tuple(map(kind.parse_name, drop)))
        dropped = {kind.fold(name) for name in change.drop}
        both = [name for name in change.put.names if kind.fold(name) in dropped]
        if both:
            words = kind.WORDS
            message = f"the {words.entry} {quoted(both[0])} is to {words.put} and to be taken away"
            raise kind.invalid(message, f"Give --{words.entry} or --no-{words.entry} for it.")
        return change

    def over(self, before: Kind) -> Kind:
        """Return the entries that result; raises `InputError("too_many_...")`."""
        return self.put.over(before.without(self.drop))


def _pair(kind: type[NamedSet], text: str) -> Pair:
    name, equals, value = text.partition("=")
    if equals:
        return name, value
    raise kind.invalid(f"the {kind.WORDS.entry} {quoted(text)} has no {kind.WORDS.value}", kind.WORDS.syntax)
