"""A file that the user names for a result: readable by its owner only, written as a whole or not at all."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioner.adapters.disk.files import put_in_place
from provisioner.errors import InputError, ProvisionerError


def check(path: Path, option: str = "--output") -> None:
    """Raise `InputError("invalid_output")` for a path that holds anything but a file, or that has no directory."""
    fault = _fault(path)
    if fault:
        raise InputError("invalid_output", f"{option} {path}: {fault[0]}", fault[1])


def write(path: Path, text: str) -> None:
    """Replace the file (0600): a crash leaves the old one or the new one. Raises `ProvisionerError`."""
    check(path)
    with _in_our_words(path):
        put_in_place(path, text, prefix=".provisioner-", newline="")


@contextmanager
def _in_our_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "nothing was written; choose another place for it"
        raise ProvisionerError("output_failed", f"--output {path}: {error.strerror}", hint) from error


def _fault(path: Path) -> tuple[str, str] | None:
    """Return what is wrong with the place, and what to do."""
    try:
        if not path.parent.is_dir():
            return f"there is no directory {path.parent}", "make it first"
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # a name too long, a directory that may not be searched, or a NUL
        return getattr(error, "strerror", None) or str(error), "name another file"
    if stat.S_ISREG(mode):
        return None
    kinds = {stat.S_IFDIR: "a directory", stat.S_IFLNK: "a symbolic link"}
    kind = kinds.get(stat.S_IFMT(mode), "no ordinary file")
    hint = "name a file; without --output the result goes to standard output"
    return f"it is {kind}, and only a file is replaced", hint
