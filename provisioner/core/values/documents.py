"""Reading what an earlier run wrote: fields of the right type, or an error that never shows their values."""

from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value")


class WrongShapeError(ValueError):
    """A document is not what was written; the message names the field and never the value."""


def mapping(document: object) -> Mapping[str, object]:
    """Return the document as an object; raises `WrongShapeError`."""
    if not isinstance(document, Mapping) or not all(isinstance(key, str) for key in document):
        raise WrongShapeError("it is not an object")
    return document


def required(document: Mapping[str, object], key: str, kind: type[Value]) -> Value:
    """Return the field; raises `WrongShapeError` when it is absent or of another type."""
    if key not in document:
        raise WrongShapeError(f"{key} is missing")
    value = document[key]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise WrongShapeError(f"{key} is not of the type {kind.__name__}")
    return value


def optional(document: Mapping[str, object], key: str, kind: type[Value]) -> Value | None:
    """Return the field, None when it is absent or null; raises `WrongShapeError` when it is of another type."""
    return None if document.get(key) is None else required(document, key, kind)
