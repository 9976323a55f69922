"""The names of report files: what their ends say, and whether they could be written in the end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from provisioner.errors import InputError


def check_names(paths: Sequence[Path], ends: Collection[str]) -> None:
    """Raise `InputError` for a report that could not be written in the end: asked before long work begins."""
    for path in paths:
        if path.suffix.lower() not in ends:
            hint = f"end its name in one of: {', '.join(ends)}"
            raise InputError("invalid_report", f"--report {path}: its name does not say what it shall be", hint)
        if not path.parent.is_dir():
            message = f"--report {path}: there is no directory {path.parent}"
            raise InputError("invalid_report", message, "make it first")
