"""True, false, or not known: what is to be said of a condition, and of several of them.

What is not known may not be taken for either: a policy that nobody understands neither allows nor denies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unknown:
    """What cannot be said, and why: `key` is the condition key of which the request has no known value, if one is."""

    why: str
    key: str | None = None


Truth = bool | Unknown


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return whether all hold: one that does not hold decides, whatever is not known."""
    return _first(truths, decides=False)


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return whether one holds: one that holds decides, whatever is not known."""
    return _first(truths, decides=True)


def unless(truth: Truth, *, turned: bool) -> Truth:
    """Return the opposite where it is `turned`; of what is not known the opposite is not known either."""
    return truth if isinstance(truth, Unknown) else truth != turned


def _first(truths: Iterable[Truth], *, decides: bool) -> Truth:
    """Return what decides as soon as it is found, else the first that is not known."""
    unknown: Unknown | None = None
    for one in truths:
        if isinstance(one, Unknown):
            unknown = unknown or one
        elif one is decides:
            return decides
    return unknown or not decides
