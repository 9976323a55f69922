"""Where a result goes instead of standard output."""

from __future__ import annotations

from pathlib import Path

from provisioner.adapters.disk import output_file


def check_output(path: Path | None, option: str = "--output") -> None:
    """Raise `InputError` for a place that cannot take a file; None, which is standard output, can."""
    if path is not None:
        output_file.check(path, option)


def write_output(path: Path, text: str) -> None:
    """Replace the file with the text, readable by its owner only."""
    output_file.write(path, text)
