"""States on disk, beside the roots, and directories to try a root in."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from provisioner.adapters.disk.files import in_our_words, private_directory, write_atomically
from provisioner.core.values.domain import DomainName

_STATE = "terraform.tfstate"
_TRIAL = "trial"


class LocalStates:
    """`ports.states.States` in the workspaces of a home."""

    def __init__(self, home: Path) -> None:
        self._domains = home / "domains"

    def read(self, domain: DomainName) -> str | None:
        """Return the text of the domain's state, None when there is none; Terraform leaves empty files behind."""
        path = self._path(domain)
        with in_our_words(path):
            text = path.read_text(encoding="utf-8", errors="backslashreplace") if path.exists() else ""
        return text if text.strip() else None

    def write(self, domain: DomainName, text: str) -> None:
        """Keep the state."""
        write_atomically(self._path(domain), text)

    def retire(self, domain: DomainName, serial: int) -> str:
        """Rename the state, which is atomic."""
        path = self._path(domain)
        with in_our_words(path):
            if path.exists():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
                path = path.rename(path.with_name(f"{_STATE}.{serial}.{digest}.backup"))
        return str(path)

    def show_to(self, root: Path, domain: DomainName) -> None:
        """Copy the state to where Terraform looks for it."""
        text = self.read(domain)
        if text is not None:
            write_atomically(root / _STATE, text)

    def _path(self, domain: DomainName) -> Path:
        return self._domains / domain.ascii / _STATE


class DirectoryTrials:
    """`ports.states.Trials` inside the workspaces, so that what a crash leaves goes with the workspace."""

    def __init__(self, home: Path) -> None:
        self._domains = home / "domains"

    @contextmanager
    def open(self, domain: DomainName, files: Mapping[str, str]) -> Iterator[Path]:
        """Make the directory, empty but for the files, and remove it afterwards."""
        path = self._domains / domain.ascii / _TRIAL
        _remove(path)
        try:
            for name, text in files.items():
                write_atomically(path / name, text)
            yield private_directory(path)
        finally:
            _remove(path)


def _remove(path: Path) -> None:
    with in_our_words(path):
        shutil.rmtree(path) if path.exists() else None
