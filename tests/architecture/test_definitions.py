"""Every name is imported from the module that defines it: nothing is handed on."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FACES = ("provisioner.adapters.terraform",)  # a package whose inside is nobody's business


def test_no_name_is_imported_from_a_module_that_only_imports_it_itself(root: Path) -> None:
    sources = [path for place in ("provisioner", "tests", "benchmarks") for path in (root / place).rglob("*.py")]
    assert len(sources) > 300
    assert [line for path in sources for line in _handed_on(root, path)] == []


def _handed_on(root: Path, path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module not in FACES:
            place = root / node.module.replace(".", "/")
            source = place.with_suffix(".py") if not place.is_dir() else place / "__init__.py"
            borrowed = _imported(source) if source.exists() else frozenset()
            for alias in node.names:
                if alias.name in borrowed:
                    yield f"{path.relative_to(root)}:{node.lineno}: {alias.name} is not defined in {node.module}"


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def _imported(path: Path) -> frozenset[str]:
    """Return the names that a module has from others."""
    nodes = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.Import | ast.ImportFrom)]
    return frozenset(alias.asname or alias.name for node in nodes for alias in node.names)
