"""Take archives of raw SES events from elsewhere into our own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from provisioner.core.audit.archive import Entry, entries_in
from provisioner.core.audit.envelope import Unreadable
from provisioner.core.audit.foreign import pieces_of, text_of
from provisioner.errors import ProvisionerError
from provisioner.ports.audit import Archive, Files
from provisioner.ports.progress import Progress
from provisioner.usecases.audit.keep import Keeper

_ROUND = 24_000_000  # characters of events that are held before they are written
_MOST_NAMED = 100


@dataclass(slots=True)
class TakenIn:
    """What came of the files; `rejected` counts what is no event, `unreadable` names the first hundred of them."""

    files: int = 0
    imported: int = 0
    duplicates: int = 0
    ignored: int = 0
    rejected: int = 0
    lines: int = 0
    objects: list[str] = field(default_factory=list)
    unreadable: list[dict[str, str]] = field(default_factory=list)

    def to_document(self) -> dict[str, Any]:
        """Return the document of `audit import --json`."""
        return {
            "files": self.files,
            "imported": self.imported,
            "duplicates": self.duplicates,
            "ignored": self.ignored,
            "rejected": self.rejected,
            "lines": self.lines,
            "objects": self.objects,
            "unreadable": self.unreadable,
        }


def take_in(files: Files, archive: Archive, now: datetime, progress: Progress, *, dry_run: bool) -> TakenIn:
    """Put every event of the files into the archive, each once; a second time, and in a dry run, nothing changes.

    `now` is the time of an event that has none of its own. What cannot be read is named and left out.
    """
    run = _Import(Keeper(archive, progress), now, dry_run)
    for name in files.names():
        run.add(name, files)
        if run.done.files % 100 == 0:
            progress.step(f"{run.done.files} files, {run.done.imported} events")
    run.write()
    run.done.objects = run.keeper.objects
    return run.done


@dataclass(slots=True)
class _Import:
    keeper: Keeper
    now: datetime
    dry_run: bool
    done: TakenIn = field(default_factory=TakenIn)
    _fresh: list[Entry] = field(default_factory=list)
    _size: int = 0

    def add(self, name: str, files: Files) -> None:
        """Take what one file holds."""
        self.done.files += 1
        try:
            text = text_of(files.read(name))
        except (ValueError, ProvisionerError) as fault:
            self._reject(name, getattr(fault, "message", str(fault)))
            return
        for piece in pieces_of(text):
            self._take(piece.text, f"{name}, event {piece.where}")

    def write(self) -> None:
        """Write what is held."""
        if not self.dry_run:
            self.keeper.put(self._fresh)
        self._fresh, self._size = [], 0

    def _take(self, body: str, where: str) -> None:
        try:
            found = list(self._entries(body))
        except Unreadable as fault:
            self._reject(where, str(fault))
            return
        fresh = self.keeper.new(found)
        self.done.ignored += not found
        self.done.imported += bool(fresh)
        self.done.duplicates += bool(found) and not fresh
        self.done.lines += len(fresh)
        self._fresh += fresh
        self._size += len(body)
        if self._size > _ROUND:
            self.write()

    def _entries(self, body: str) -> Iterator[Entry]:
        yield from entries_in(body, self.now) or ()

    def _reject(self, where: str, reason: str) -> None:
        self.done.rejected += 1
        if len(self.done.unreadable) < _MOST_NAMED:
            self.done.unreadable.append({"where": where, "reason": reason})
