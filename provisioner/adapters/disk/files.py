"""The home directory: atomic writes, private modes, and the operating system's errors in the user's words."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from provisioner.errors import ProvisionerError

_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def in_our_words(path: Path) -> Iterator[None]:
    """Turn an OSError about `path` into an error that says what to do."""
    try:
        yield
    except OSError as error:
        where = error.filename or path
        if error.errno in _READ_ONLY:
            raise ProvisionerError(
                "home_not_writable",
                f"{where}: {error.strerror}",
                "choose a writable directory with --home or PROVISIONER_HOME",
            ) from error
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ProvisionerError(
                "disk_full", f"{where}: {error.strerror}", "free some space and run the same command again"
            ) from error
        raise ProvisionerError(
            "file_error", f"{where}: {error.strerror}", "check the directory that --home or PROVISIONER_HOME names"
        ) from error


def private_directory(path: Path) -> Path:
    """Make the directory, readable by its owner only, and return it."""
    with in_our_words(path):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def found_home(home: Path) -> None:
    """Make the home if there is none; Git keeps out of a new one, where passwords will be."""
    with in_our_words(home):
        if home.exists() and (not home.is_dir() or any(home.iterdir())):
            return
    write_atomically(home / ".gitignore", "*\n")


def write_atomically(path: Path, text: str) -> None:
    """Replace the file (0600) as a whole: a crash leaves the old text or the new one, never half of one."""
    private_directory(path.parent)
    with in_our_words(path):
        put_in_place(path, text, prefix=f".{path.name}.")


def put_in_place(path: Path, text: str, *, prefix: str, newline: str | None = None) -> None:
    """Replace the file (0600) as a whole, by way of another beside it with this prefix; raises `OSError`."""
    with _file_beside(path, prefix) as handle, os.fdopen(handle, "w", encoding="utf-8", newline=newline) as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def put_bytes_in_place(path: Path, data: bytes, *, prefix: str) -> None:
    """Do with bytes what `put_in_place` does with text."""
    with _file_beside(path, prefix) as handle, os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def _file_beside(path: Path, prefix: str) -> Iterator[int]:
    """Give a new file, which takes the other's place when it was written."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=prefix)
    try:
        yield handle
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def set_aside(path: Path) -> Path:
    """Rename a file that cannot be read, so that nothing overwrites it, and return where it is: `NAME.corrupt-1`."""
    taken = set_aside_names(path.parent)
    name = next(name for number in count(1) if (name := f"{path.name}.corrupt-{number}") not in taken)
    with in_our_words(path):
        return path.rename(path.with_name(name))


def set_aside_names(directory: Path) -> frozenset[str]:
    """Return the names of the files in a directory that were set aside."""
    return frozenset(found.name for found in directory.glob("*.corrupt-*"))


def read_document(path: Path, code: str) -> dict[str, Any] | None:
    """Return the JSON object in the file, None when there is no file; `code` names the error of a corrupt one."""
    with in_our_words(path):
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            text = ""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ProvisionerError(
            code, f"{path}: not a JSON object; the file is left as it is", "restore it from a backup, or move it away"
        )
    return document


@contextmanager
def mending(path: Path, hint: str) -> Iterator[None]:
    """Say of a file that cannot be read which one it is, and what helps."""
    try:
        yield
    except ProvisionerError as error:
        if not error.code.startswith("corrupt_"):
            raise
        message = error.message if str(path) in error.message else f"{path}: {error.message}"
        raise ProvisionerError(error.code, message, hint) from None


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Write a JSON object, indented, atomically."""
    write_atomically(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
