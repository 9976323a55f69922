"""The changes of a plan as text: what is made, changed and taken away, with its values before and after."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from provisioner.core.dns.txt import unquoted
from provisioner.core.terraform.attributes import SENSITIVE, UNKNOWN

Action = Mapping[str, Any]  # see `core.terraform.plan.Change.to_document`

_MARKS = {"create": "+", "update": "~", "delete": "-", "replace": "-/+", "import": "="}
_VALUES, _TAG = "records", "tags."
_WORDS = {_VALUES: "values", "ttl": "TTL"}
_BARE = (SENSITIVE, UNKNOWN)


def lines_of(actions: Iterable[Action]) -> Iterator[str]:
    """Return a line for each action, and one below it for each attribute where several differ."""
    for action in actions:
        if action["action"] in _MARKS:
            yield from _lines(action)


def _lines(action: Action) -> Iterator[str]:
    subject, before, after = action["subject"], action["before"], action["after"]
    head = f"  {_MARKS[action['action']]} {subject}"
    if action["action"] == "import":
        yield f"{head} (exists already, only the state learns of it)"
    elif before is None or after is None:
        yield f"{head}{_content(subject, after or before or {})}"
    elif len(after) == 1:
        ((name, value),) = after.items()
        yield f"{head}{_named(name)} {_step(subject, name, before[name], value)}"
    else:
        yield head
        yield from (f"      {_word(name)} {_step(subject, name, before[name], after[name])}" for name in after)


def _content(subject: str, values: Mapping[str, object]) -> str:
    """Return what a record holds; what else is made or taken away whole is named and no more."""
    return f" {_text(subject, values[_VALUES])}" if _VALUES in values else ""


def _named(name: str) -> str:
    return "" if name == _VALUES else f": {_word(name)}"


def _word(name: str) -> str:
    return f"tag {name.removeprefix(_TAG)}" if name.startswith(_TAG) else _WORDS.get(name, name)


def _step(subject: str, name: str, before: object, after: object) -> str:
    if name == _VALUES and isinstance(before, list) and isinstance(after, list):
        gone, new = ([v for v in one if v not in other] for one, other in ((before, after), (after, before)))
        before, after = (gone, new) if gone and new else (before, after)  # what both hold is told only where it must
    return f"{_text(subject, before)} -> {_text(subject, after)}"


def _text(subject: str, value: object) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, list):
        return " ".join(_text(subject, item) for item in value)
    if isinstance(value, str) and subject.startswith("TXT "):
        value = unquoted(f'"{value}"')  # the provider's form is that of Route 53 without the outer quotes
    return str(value) if value in _BARE else json.dumps(value, ensure_ascii=False)
