"""The shortest manifest: a text with a domain on each line."""

from __future__ import annotations

import re

from provisioner.adapters.manifest.nodes import Node

_NAME = re.compile(r"[^\s:,;{}\[\]\"'=]+")  # no syntax of YAML, JSON or CSV in it
_COMMENT = re.compile(r"(^|\s)#.*")


def read_names(text: str) -> Node:
    """Return the lines as if they were the `domains:` of a YAML manifest; empty lines and `# comments` do not count."""
    elements = [Node(number, name) for number, name in _lines(text)]
    return Node(1, items=[("domains", 1, Node(1, elements=elements))])


def are_names(text: str) -> bool:
    """Say whether nothing but names can be meant."""
    return all(_NAME.fullmatch(name) and "." in name for _, name in _lines(text))


def _lines(text: str) -> list[tuple[int, str]]:
    lines = ((number, _COMMENT.sub("", line).strip()) for number, line in enumerate(text.splitlines(), 1))
    return [(number, name) for number, name in lines if name]
