"""An archive of SES's events in a directory, behind `ports.audit.Archive`."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from provisioner.adapters.disk.files import private_directory, put_bytes_in_place
from provisioner.core.audit.archive import day_of, prefix_of
from provisioner.errors import InputError, ProvisionerError
from provisioner.ports.audit import Stored


class DirectoryArchive:
    """A directory that holds `events/`, or the folders of its days themselves."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def place(self) -> str:
        """The directory."""
        return str(self._root)

    def put(self, key: str, data: bytes) -> None:
        """Write a file as a whole, private to its owner, unless it is there."""
        path = self.path(key)
        private_directory(path.parent)
        with _in_our_words(path):
            if not path.exists():
                put_bytes_in_place(path, data, prefix=f".{path.name}.")

    def objects(self, day: date | None = None) -> Iterator[Stored]:
        """Go through the files by their names in order; size and time say what is in one."""
        with _in_our_words(self._root):
            if not self._root.is_dir():
                raise InputError("no_archive", f"{self._root} is no directory", "name the one that holds events/")
            pattern = f"**/{Path(prefix_of(day)).name}/*.json.gz" if day else "**/dt=*/*.json.gz"
            for path in sorted(self._root.glob(pattern)):
                key, status = path.relative_to(self._root).as_posix(), path.stat()
                if day_of(key):
                    yield Stored(key, f"{status.st_size:x}-{status.st_mtime_ns:x}")

    def get(self, key: str) -> bytes:
        """Return a file's bytes."""
        with _in_our_words(self.path(key)):
            return self.path(key).read_bytes()

    def path(self, key: str) -> Path:
        """Return where the object is."""
        return self._root / key

    def remove(self, key: str) -> None:
        """Remove a file; one that is gone does not matter."""
        with _in_our_words(self.path(key)):
            self.path(key).unlink(missing_ok=True)


@contextmanager
def _in_our_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = "free some space, and repeat" if full else "check the directory, and who may read and write it"
        raise ProvisionerError("archive_unusable", f"{error.filename or path}: {error.strerror}", hint) from error
