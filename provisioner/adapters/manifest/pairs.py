"""Mappings of keys to texts in a manifest, such as tags: every fault is told at its key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

KINDS = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "a mapping",
    type(None): "nothing",
}


@dataclass(frozen=True, slots=True)
class Pairs:
    """How a mapping of keys to texts is read: what is wrong with it, what it becomes, and what the hints say."""

    field: str
    one: str  # "a tag"
    written: str  # an example for YAML and one for CSV
    empty: str  # what to write where a value is missing
    faults: Callable[[Sequence[tuple[str, str]]], Iterator[tuple[str | None, str, str]]]
    from_checked: Callable[[Iterable[tuple[str, str]]], Any]

    def __call__(self, value: object) -> Any:
        """Read a mapping, and tell the faults of each key at once."""
        if not isinstance(value, dict):
            kind = {"kind": KINDS.get(type(value), "a text"), "hint": f"{self.one} a line, such as {self.written}"}
            raise PydanticCustomError("wrong_type", "it is {kind}, not a mapping", kind)
        wrong = [*self._valueless(value), *self._unfit(value)]
        if wrong:
            lines = [
                InitErrorDetails(type=error, loc=() if key is None else (key,), input=value) for key, error in wrong
            ]
            raise ValidationError.from_exception_data(self.field, lines)
        return self.from_checked(value.items())

    def _valueless(self, pairs: Mapping[str, object]) -> Iterator[tuple[str, PydanticCustomError]]:
        for key, value in pairs.items():
            if value is None:
                yield key, no_text(value, self.empty.format(key=key))
            elif not isinstance(value, str):
                yield key, no_text(value, "write it in quotes" if isinstance(value, bool | int | float) else "")

    def _unfit(self, pairs: Mapping[str, object]) -> Iterator[tuple[str | None, PydanticCustomError]]:
        texts = [(key, value if isinstance(value, str) else "x") for key, value in pairs.items()]  # x: told already
        for key, message, hint in self.faults(texts):
            yield key, refusal(message, hint)


def refusal(message: str, hint: str) -> PydanticCustomError:
    """Return the error for a value that one of our own parsers refuses."""
    return PydanticCustomError("refused", "{message}", {"message": message, "hint": hint})


def no_text(value: object, hint: str = "") -> PydanticCustomError:
    """Return the error for a value that is no text."""
    return PydanticCustomError("wrong_type", "it is {kind}, not a text", {"kind": KINDS[type(value)], "hint": hint})
