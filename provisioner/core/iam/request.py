"""One request that IAM decides about, and what is known of its condition keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.core.iam.pattern import matches
from provisioner.core.iam.truth import Unknown

Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IamRequest:
    """One request: an action such as `ses:SendRawEmail`, every ARN that it touches, and its condition keys.

    A multivalued key (`ses:Recipients`) has a tuple, every other a string; an absent key is not in `context`.
    `undetermined` are patterns of keys of which nobody knows here whether they are there, nor with what value
    (`aws:SourceIp`); `context` goes before them.
    """

    action: str
    resources: tuple[str, ...]
    context: Mapping[str, Value]
    undetermined: tuple[str, ...] = ()


class Context:
    """The condition keys of a request, which are compared without case."""

    def __init__(self, request: IamRequest) -> None:
        self._values = {key.lower(): value for key, value in request.context.items()}
        self._undetermined = tuple(pattern.lower() for pattern in request.undetermined)

    def get(self, key: str) -> Value | Unknown | None:
        """Return the value of a key, None when it is absent."""
        name = key.lower()
        if name in self._values:
            return self._values[name]
        if any(matches(pattern, name) for pattern in self._undetermined):
            return Unknown(f"it depends on {key} of the single request", key)
        return None
