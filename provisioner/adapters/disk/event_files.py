"""Raw events of others in a directory or a file, behind `ports.audit.Files`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from provisioner.core.audit.foreign import is_likely
from provisioner.errors import InputError, ProvisionerError


class EventFiles:
    """One file, or every file below a directory that may hold events by its name."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def place(self) -> str:
        """The directory or file."""
        return str(self._root)

    def names(self) -> Iterator[str]:
        """Go through the files in order."""
        if self._root.is_file():
            yield str(self._root)
            return
        if not self._root.is_dir():
            raise InputError(
                "no_events", f"{self._root} does not exist", "name a directory, a file, or s3://BUCKET/PREFIX"
            )
        for path in sorted(self._root.rglob("*")):
            if path.is_file() and is_likely(path.name):
                yield str(path)

    def read(self, name: str) -> bytes:
        """Return what is in a file."""
        try:
            return Path(name).read_bytes()
        except OSError as error:
            raise ProvisionerError("unreadable_file", f"{error.strerror}", "check who may read it") from error
