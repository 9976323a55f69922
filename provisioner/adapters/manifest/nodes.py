"""YAML and JSON as plain nodes that know their lines.

PyYAML's events rather than ruamel.yaml's trees: both know the lines, but events are three to thirty times faster with
libyaml, and refuse an alias before anything is built from it, so that a bomb of aliases never expands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from provisioner.core.batch.manifest import Fault

DEEPEST = 10  # a manifest needs four levels

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_USUAL_TAGS = (None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")

_ESCAPE = re.compile(r"\\(?:(?P<pair>u[dD][89abAB]..\\u[dD][c-fC-F]..)|.)")

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Node:
    """A value with the line that it begins on; `items` are a mapping's (key, line of the key, value)."""

    line: int
    text: str | None = None
    plain: bool = False
    elements: list[Node] | None = None
    items: list[tuple[str, int, Node]] | None = None

    def line_of(self, path: Path) -> int:
        """Return the line of a value below; that of the nearest thing around it when it does not exist."""
        if not path:
            return self.line
        for key, line, value in self.items or ():
            if key == path[0]:
                return value.line_of(path[1:]) if path[1:] else line
        if self.elements is not None and isinstance(path[0], int) and path[0] < len(self.elements):
            return self.elements[path[0]].line_of(path[1:])
        return self.line


class FaultError(Exception):
    """The text is not what it should be; `faults` say where."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


@dataclass(slots=True)
class _Builder:
    """Puts events together without recursion, and refuses what a manifest never needs."""

    open: list[Node] = field(default_factory=list)
    keys: list[tuple[str, int] | None] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    root: Node | None = None

    def add(self, event: Any) -> None:
        line = event.start_mark.line + 1
        self._refuse(event, line)
        match event:
            case yaml.ScalarEvent():
                self._place(Node(line, event.value, plain=event.implicit[0]), line)
            case yaml.SequenceStartEvent():
                self._enter(Node(line, elements=[]), line)
            case yaml.MappingStartEvent():
                self._enter(Node(line, items=[]), line)
            case yaml.CollectionEndEvent():
                self.open.pop()
                self.keys.pop()
            case yaml.DocumentStartEvent() if self.root is not None:
                raise FaultError(
                    Fault(line, "", "a second YAML document begins here", "one manifest holds one document")
                )

    def _refuse(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            hint = "write it out, or use `defaults:`"
            raise FaultError(Fault(line, "", "anchors and aliases (& and *) are not allowed in a manifest", hint))
        if getattr(event, "tag", None) not in _USUAL_TAGS:
            raise FaultError(Fault(line, "", f"the tag {event.tag} is not allowed in a manifest", "remove it"))

    def _enter(self, node: Node, line: int) -> None:
        self._place(node, line)
        self.open.append(node)
        self.keys.append(None)
        if len(self.open) > DEEPEST:
            raise FaultError(Fault(line, "", f"it is nested more than {DEEPEST} levels deep"))

    def _place(self, node: Node, line: int) -> None:
        if not self.open:
            self.root = node
        elif self.open[-1].elements is not None:
            self.open[-1].elements.append(node)
        elif self.keys[-1] is None:
            self._take_key(node, line)
        else:
            key, key_line = self.keys[-1]
            self.keys[-1] = None
            assert self.open[-1].items is not None  # noqa: S101 - what is open is a list or a mapping
            self.open[-1].items.append((key, key_line, node))

    def _take_key(self, node: Node, line: int) -> None:
        if node.text is None:
            raise FaultError(Fault(line, "", "a field's name is a text, not a list or a mapping"))
        earlier = next((at for key, at, _ in self.open[-1].items or () if key == node.text), None)
        if earlier is not None:
            message = f"the field is given twice, first on line {earlier}"
            self.faults.append(Fault(line, node.text, message, "remove one of them"))
        self.keys[-1] = (node.text, line)


def read_yaml(text: str) -> tuple[Node, list[Fault]]:
    """Return the one document of a YAML text, and fields that are given twice; raises `FaultError` for no YAML."""
    builder = _Builder()
    try:
        for event in _events(text):
            builder.add(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise FaultError(Fault(line, "", f"it is not YAML: {error.problem or error.context}")) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 0
        raise FaultError(Fault(line, "", f"it is not YAML: {error.reason}")) from None
    return builder.root or Node(1, "", plain=True), builder.faults


def read_json(text: str) -> tuple[Node, list[Fault]]:
    """Read a JSON text as `read_yaml` does: once it is known to be JSON it is YAML too, which knows its lines."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise FaultError(Fault(error.lineno, "", f"it is not JSON: {error.msg} in column {error.colno}")) from None
    except RecursionError:
        raise FaultError(Fault(0, "", f"it is nested more than {DEEPEST} levels deep")) from None
    text = text.replace("\t", " ")  # YAML has no tabs between tokens; within a JSON string there are none
    return read_yaml(_ESCAPE.sub(_join_surrogates, text))


def _join_surrogates(escape: re.Match[str]) -> str:
    """Write a character beyond U+FFFF as itself: JSON escapes it as two surrogates, which YAML does not know."""
    return str(json.loads(f'"{escape[0]}"')) if escape["pair"] else escape[0]


def _events(text: str) -> Iterator[Any]:
    yield from yaml.parse(text, Loader=_LOADER)


def to_data(node: Node, *, typed: bool) -> Any:
    """Return the node as Python values.

    A plain scalar of YAML is a text as it stands, so that the customer `NO` is not False; in JSON (`typed`) a number or
    a boolean is one, for the model to refuse. An empty scalar and null are None.
    """
    if node.elements is not None:
        return [to_data(element, typed=typed) for element in node.elements]
    if node.items is not None:
        return {key: to_data(value, typed=typed) for key, _, value in node.items}
    text = node.text or ""
    if not node.plain:
        return text
    if text in _NULL:
        return None
    return json.loads(text) if typed else text
