"""One directory per domain under the home, held by one process at a time."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from provisioner.adapters.files import explained, private_directory, read_document, write_atomically, write_document
from provisioner.core.domain import DomainName
from provisioner.core.request import Request
from provisioner.errors import ProvisionerError

_REQUEST = "request.json"
_STATE = "terraform.tfstate"


class DomainWorkspace:
    """The directory `domains/<A-label>/`; see `ports.Workspace`."""

    def __init__(self, domain: DomainName, path: Path) -> None:
        self.domain = domain
        self.path = path

    def request(self) -> Request | None:
        """Return what was asked for this domain, None when nothing was yet."""
        document = read_document(self.path / _REQUEST, "corrupt_request")
        return None if document is None else Request.from_document(document)

    def remember(self, request: Request) -> None:
        """Keep what was asked."""
        write_document(self.path / _REQUEST, request.to_document())

    def write_root(self, files: Mapping[str, str]) -> None:
        """Write the files that differ from what is there, so that an unchanged root stays untouched."""
        for name, text in files.items():
            if not _holds(self.path / name, text):
                write_atomically(self.path / name, text)

    def has_state(self) -> bool:
        """Say whether a local state with resources is here."""
        document = read_document(self.path / _STATE, "corrupt_state")
        return bool(document and document.get("resources"))

    def discard_if_unused(self) -> None:
        """Remove the directory when nothing was asked or made in it."""
        if self.request() is None and not self.has_state():
            self.remove()

    def remove(self) -> None:
        """Remove the directory."""
        with explained(self.path):
            shutil.rmtree(self.path, ignore_errors=False) if self.path.exists() else None


class DirectoryWorkspaces:
    """`$PROVISIONER_HOME/domains/`; see `ports.Workspaces`."""

    def __init__(self, home: Path) -> None:
        self._domains = home / "domains"
        self._locks = home / "locks"

    @contextmanager
    def open(self, domain: DomainName) -> Iterator[DomainWorkspace]:
        """Hold the workspace until the block ends; a directory that is still empty then does not stay."""
        private_directory(self._locks)
        path = self._domains / domain.ascii
        with _held(self._locks / domain.ascii, domain):  # nothing added to the name: with 253 characters it may be full
            try:
                yield DomainWorkspace(domain, private_directory(path))
            finally:
                with suppress(OSError):
                    path.rmdir()

    def peek(self, domain: DomainName) -> DomainWorkspace | None:
        """Return the workspace for reading, None when nothing was asked for the domain yet."""
        path = self._domains / domain.ascii
        return DomainWorkspace(domain, path) if (path / _REQUEST).exists() else None

    def all(self) -> Iterator[DomainWorkspace]:
        """Go through the workspaces that hold a request, by domain."""
        for found in sorted(self._domains.glob(f"*/{_REQUEST}")):
            yield DomainWorkspace(DomainName.of_ascii(found.parent.name), found.parent)


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False


@contextmanager
def _held(path: Path, domain: DomainName) -> Iterator[None]:
    # The lock file stays: removing it would let two processes hold two different files of the same name.
    with explained(path):
        stream = path.open("a+", encoding="utf-8")
    with stream:
        with explained(path):
            _lock(stream, domain)
            _sign(stream)
        try:
            yield
        finally:
            stream.truncate(0)


def _lock(stream: IO[str], domain: DomainName) -> None:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise _busy(stream, domain) from error


def _sign(stream: IO[str]) -> None:
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]]),
    }
    stream.truncate(0)
    stream.write(json.dumps(holder))
    stream.flush()


def _busy(stream: IO[str], domain: DomainName) -> ProvisionerError:
    stream.seek(0)
    try:
        holder = json.loads(stream.read())
        who = f"{holder['command']} (process {holder['pid']} on {holder['host']}, since {holder['since']})"
    except (ValueError, KeyError, TypeError):
        who = "another process"
    return ProvisionerError("domain_busy", f"{domain}: {who} works on this domain", "wait until it is done and repeat")
