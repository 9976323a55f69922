"""The sources as syntax trees, each parsed and walked through once."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]


@cache
def sources(*places: str) -> tuple[Path, ...]:
    """Return the modules below some folders of the repository, in order."""
    return tuple(path for place in places for path in sorted((ROOT / place).rglob("*.py")))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of a module's tree, outer ones first."""
    return tuple(ast.walk(ast.parse(path.read_text())))
