"""Every name is imported from the module that defines it: nothing is handed on."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sources import nodes, sources

FACES = ("provisioner.adapters.terraform",)  # a package whose inside is nobody's business


def test_no_name_is_imported_from_a_module_that_only_imports_it_itself(root: Path) -> None:
    paths = sources("provisioner", "tests", "benchmarks")
    assert len(paths) > 300
    assert [line for path in paths for line in _handed_on(root, path)] == []


def _handed_on(root: Path, path: Path) -> Iterator[str]:
    for node in _imports(path):
        if isinstance(node, ast.ImportFrom) and node.module and node.module not in FACES:
            place = root / node.module.replace(".", "/")
            source = place.with_suffix(".py") if not place.is_dir() else place / "__init__.py"
            borrowed = _imported(source) if source.exists() else frozenset()
            for alias in node.names:
                if alias.name in borrowed:
                    yield f"{path.relative_to(root)}:{node.lineno}: {alias.name} is not defined in {node.module}"


@cache
def _imports(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    return tuple(node for node in nodes(path) if isinstance(node, ast.Import | ast.ImportFrom))


@cache
def _imported(path: Path) -> frozenset[str]:
    """Return the names that a module has from others."""
    return frozenset(alias.asname or alias.name for node in _imports(path) for alias in node.names)
