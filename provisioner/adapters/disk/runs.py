"""Batch runs on disk: an append-only journal, fsynced with each event, and the documents beside it."""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from provisioner.adapters.disk.files import found_home, in_our_words, private_directory, read_document, write_document
from provisioner.core.batch.journal import encode
from provisioner.core.values.wording import quoted
from provisioner.errors import InputError, ProvisionerError

_JOURNAL = "journal.jsonl"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_TAIL = 1 << 20  # bytes; far more than one event


class FileJournal:
    """See `ports.batch.Journal`; threads must take turns."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self._path = path
        self._stream = stream

    def append(self, event: Mapping[str, Any]) -> None:
        """Write one line and wait until it is on disk.

        What a full disk cut short is taken back, so that the next event does not begin in the middle of a line.
        """
        if self._stream.closed:  # a thread that outlived its run
            raise ProvisionerError("run_closed", f"{self._path}: the run has ended", "go on with --resume")
        with in_our_words(self._path):
            end = self._stream.seek(0, os.SEEK_END)
            try:
                _write(self._stream, encode(event).encode("ascii"))
                os.fsync(self._stream.fileno())
            except OSError:
                self._stream.truncate(end)
                raise


class DirectoryRuns:
    """`$PROVISIONER_HOME/runs/`; see `ports.batch.Runs`."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._runs = home / "runs"

    @contextmanager
    def open(self, run: str) -> Iterator[FileJournal]:
        """Hold the run's journal; what a crash left of its last line is cut off."""
        found_home(self._home)
        path = private_directory(self._path(run)) / _JOURNAL
        with in_our_words(path):
            stream = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        with stream:
            with in_our_words(path):
                _lock(stream, run)
                _cut_torn_line(stream)
            yield FileJournal(path, stream)

    def lines(self, run: str) -> Iterable[str]:
        """Return the journal's lines, complete or torn."""
        path = self._path(run) / _JOURNAL
        with in_our_words(path):
            try:
                return path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
            except FileNotFoundError:
                return ()

    def latest(self) -> str | None:
        """Return the run whose journal was written to last."""
        with in_our_words(self._runs):
            journals = [(path.stat().st_mtime_ns, path.parent.name) for path in self._runs.glob(f"*/{_JOURNAL}")]
        return max(journals)[1] if journals else None

    def save(self, run: str, name: str, document: Mapping[str, Any]) -> str:
        """Write a document beside the journal."""
        path = self._path(run) / f"{name}.json"
        write_document(path, document)
        return str(path)

    def load(self, run: str, name: str) -> Mapping[str, Any] | None:
        """Read a document of a run, of a run's directory, or the file itself."""
        given = Path(run)
        if given.is_file():
            return read_document(given, "corrupt_run")
        directory = given if given.is_dir() and (given / f"{name}.json").is_file() else self._path(run)
        return read_document(directory / f"{name}.json", "corrupt_run")

    def _path(self, run: str) -> Path:
        if not _ID.fullmatch(run):
            hint = "use letters, digits, dots, hyphens and underscores, at most 128"
            raise InputError("invalid_run", f"{quoted(run)} is not the name of a run", hint)
        return self._runs / run


def _lock(stream: BinaryIO, run: str) -> None:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        message = f"run {run}: another process works on this run"
        raise ProvisionerError("run_busy", message, "wait until it is done, or name another run with --run") from error


def _write(stream: BinaryIO, line: bytes) -> None:
    if stream.write(line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _cut_torn_line(stream: BinaryIO) -> None:
    size = stream.seek(0, os.SEEK_END)
    begin = stream.seek(max(0, size - _TAIL))
    tail = stream.read()
    if tail and not tail.endswith(b"\n"):
        stream.truncate(begin + tail.rfind(b"\n") + 1)
