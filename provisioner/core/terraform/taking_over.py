"""What a plan replaces of a resource that somebody else made, when it is taken over."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from provisioner.core.terraform.plan import Change, Plan

_LONGEST = 80  # of a value that is told


def replaced_settings(plan: Plan, taken: Collection[str]) -> tuple[str, ...]:
    """Return each setting that is there and would not stay, at the addresses that are taken over, in words.

    What is only added, such as our tags, replaces nothing.
    """
    return tuple(line for change in plan.changes if change.address in taken for line in _lines(change))


def _lines(change: Change) -> Iterator[str]:
    before, after = change.before or {}, change.after or {}
    for name, value in before.items():
        if value not in (None, "", [], {}) and value != after.get(name):
            yield f"{change.summary}: {name} {_told(value)} -> {_told(after.get(name))}"


def _told(value: object) -> str:
    if value is None:
        return "(none)"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
