"""The contracts of pyproject.toml, and that nothing slips past them."""

import re
import subprocess
import sys
from pathlib import Path

import grimp


def test_imports_point_down_and_the_core_is_pure(root: Path) -> None:
    # In a process of its own: it sets logging up anew, and silences the loggers that other tests listen to.
    source = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    run = subprocess.run([sys.executable, "-c", source], cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"Contracts: \d+ kept, 0 broken", run.stdout)


def test_the_core_imports_without_any_third_party_library(root: Path, imports: grimp.ImportGraph) -> None:
    modules = sorted({"provisioner.errors", "provisioner.core", *imports.find_descendants("provisioner.core")})
    assert len(modules) > 10
    source = (
        "import importlib, sys; sys.path.insert(0, sys.argv[1])\n"
        "for name in sys.argv[2:]: importlib.import_module(name)\n"
        "print(*sorted(name for name in sys.modules if name.startswith('provisioner')))"
    )
    command = [sys.executable, "-I", "-S", "-c", source, str(root), *modules]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    assert set(run.stdout.split()) == {"provisioner", *modules}


def test_the_core_uses_two_libraries_and_only_within_functions(root: Path, imports: grimp.ImportGraph) -> None:
    modules = imports.find_descendants("provisioner.core")
    used = {name for module in modules for name in imports.find_modules_directly_imported_by(module)}
    outside = {name for name in used if not name.startswith("provisioner")} - sys.stdlib_module_names
    assert outside == {"idna", "publicsuffixlist"}
    sources = list((root / "provisioner" / "core").rglob("*.py"))
    assert len(sources) > 50
    for path in sources:
        assert not re.search(r"^(?:import|from) (?:idna|publicsuffixlist)", path.read_text(), re.MULTILINE), path
