"""Which locks on states the runs of this machine took: one file per domain and place, held while its run lives.

The file's own lock (flock) is inherited by Terraform, so it is free exactly when neither the run nor the Terraform that
may outlive it is there any more. Process numbers would not tell: in a container every run has the same one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from provisioner.adapters.disk.files import in_our_words, private_directory
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_MACHINE_ID = Path("/etc/machine-id")


@dataclass(frozen=True, slots=True)
class Machine:
    """This machine: `boot` is shared by all containers of a running kernel, the other two outlive a restart."""

    boot: str
    id: str
    host: str

    @classmethod
    def this(cls) -> Machine:
        """Return the machine that we run on."""
        return cls(_line(_BOOT_ID), _line(_MACHINE_ID), socket.gethostname())

    def is_same(self, entry: dict[str, Any]) -> bool:
        """Say whether an entry of the journal was written on this very machine; in doubt it was not."""
        if self.boot and entry.get("boot") == self.boot:
            return True
        return bool(self.id) and (entry.get("machine"), entry.get("host")) == (self.id, self.host)


class FileLockJournal:
    """`ports.states.LockJournal` under `$PROVISIONER_HOME/state-locks/`; `place` is the URL of the states."""

    def __init__(self, home: Path, place: str, machine: Machine | None = None) -> None:
        self._directory = home / "state-locks" / hashlib.sha256(place.encode()).hexdigest()[:12]
        self._machine = machine or Machine.this()

    @contextmanager
    def open(self, domain: DomainName) -> Iterator[FilePage]:
        """Hold the domain's page until the block ends."""
        path = private_directory(self._directory) / f"{domain.ascii}.json"
        with in_our_words(path):
            stream = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise _busy(domain) from error
            os.set_inheritable(stream.fileno(), True)
            try:
                yield FilePage(stream, path, self._machine)
            finally:
                # Closing is not enough: a Terraform of another domain may have inherited this file as well.
                fcntl.flock(stream, fcntl.LOCK_UN)


class FilePage:
    """`ports.states.LockPage` in a file that is held."""

    def __init__(self, stream: IO[str], path: Path, machine: Machine) -> None:
        self._stream = stream
        self._path = path
        self._machine = machine

    def left(self) -> frozenset[str]:
        """Return the ids of this machine's locks; a page cut short by a crash names none."""
        return frozenset(entry["id"] for entry in self._entries() if self._machine.is_same(entry))

    def took(self, lock_id: str) -> None:
        """Write down a lock."""
        machine = {"boot": self._machine.boot, "machine": self._machine.id, "host": self._machine.host}
        self._write([*self._entries(), {"id": lock_id, **machine}])

    def dropped(self) -> None:
        """Forget the locks of this machine."""
        self._write([entry for entry in self._entries() if not self._machine.is_same(entry)])

    def _entries(self) -> list[dict[str, Any]]:
        with in_our_words(self._path):
            self._stream.seek(0)
            text = self._stream.read()
        try:
            entries = json.loads(text or "[]")
        except ValueError:
            return []
        return [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]

    def _write(self, entries: list[dict[str, Any]]) -> None:
        with in_our_words(self._path):
            self._stream.seek(0)
            self._stream.truncate()
            self._stream.write(json.dumps(entries))
            self._stream.flush()
            os.fsync(self._stream.fileno())


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _busy(domain: DomainName) -> ProvisionerError:
    return ProvisionerError(
        "domain_busy",
        f"{domain}: an earlier run, or a Terraform that it started, still works on this domain's state",
        "wait until it is done and repeat; `pgrep -fa terraform` shows it",
    )
