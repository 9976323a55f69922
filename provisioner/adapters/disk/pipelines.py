"""One directory per audit pipeline under the home, with a Terraform root for each part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from provisioner.adapters.disk.domain_lock import hold
from provisioner.adapters.disk.files import (
    found_home,
    in_our_words,
    mending,
    private_directory,
    read_document,
    write_atomically,
    write_document,
)
from provisioner.core.terraform.pipeline import FUNCTIONS_ZIP, LEAVING, Part
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError

_ASKED = "pipeline.json"


class PipelineDirectory:
    """The directory `audit/<account>/<region>/`; see `ports.audit_edges.PipelineWorkspace`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def recall(self) -> Mapping[str, Any]:
        """Return what was asked."""
        path = self._path / _ASKED
        with mending(path, "restore it from a backup, or remove it and give the options of `audit deploy` again"):
            return read_document(path, "corrupt_request") or {}

    def remember(self, document: Mapping[str, Any]) -> None:
        """Keep what was asked."""
        write_document(self._path / _ASKED, document)

    def forget(self) -> None:
        """Keep nothing of it."""
        with in_our_words(self._path):
            (self._path / _ASKED).unlink(missing_ok=True)

    def write_root(self, part: Part, files: Mapping[str, str], functions: bytes) -> Path:
        """Write what differs; the zip stands in the root of the pipeline alone, not in that of the archive."""
        root = private_directory(self._path / part)
        for name, text in files.items():
            if _content(root / name) != text.encode():
                write_atomically(root / name, text)
        if part is Part.FEEDBACK and _content(root / FUNCTIONS_ZIP) != functions:
            with in_our_words(root):
                (root / f".{FUNCTIONS_ZIP}").write_bytes(functions)
                (root / f".{FUNCTIONS_ZIP}").replace(root / FUNCTIONS_ZIP)
        return root


class PipelineDirectories:
    """`$PROVISIONER_HOME/audit/`; `say` hears why a run has to wait."""

    def __init__(self, home: Path, say: Callable[[str], None] = lambda _: None) -> None:
        self._home = home
        self._say = say

    @contextmanager
    def open(self, account: str, region: Region) -> Iterator[PipelineDirectory]:
        """Hold the directory; one that is still empty at the end does not stay."""
        found_home(self._home)
        locks, path = private_directory(self._home / "locks"), _directory(self._home, account, region)
        # No domain has this name: theirs have a dot.
        with hold(locks / f"audit-{account}-{region}", f"the audit pipeline of {region}", self._say):
            try:
                yield PipelineDirectory(private_directory(path))
            finally:
                with suppress(OSError):
                    path.rmdir()


def knows_pipeline(home: Path, account: str, region: Region) -> bool | None:
    """Say what is remembered of a pipeline: True for one that is deployed, False for one that is being taken away."""
    try:
        asked = read_document(_directory(home, account, region) / _ASKED, "corrupt_request")
    except ProvisionerError:
        return None
    return None if asked is None else not asked.get(LEAVING)


def _directory(home: Path, account: str, region: Region) -> Path:
    return home / "audit" / account / region.name


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
