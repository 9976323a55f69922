"""Have the objects of an archive as files of this machine, the damaged ones left out."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from provisioner.core.audit.archive import Damaged, day_of, verify
from provisioner.ports.audit import Archive, Copies, Stored
from provisioner.ports.progress import Progress

_READERS = 8
_EVERY = 500  # objects after which it is told how far it is


@dataclass(frozen=True, slots=True)
class Damage:
    """An object that is left out, and why."""

    object: str
    reason: str

    def to_document(self) -> dict[str, str]:
        """Return one entry of `damaged`."""
        return {"object": self.object, "reason": self.reason}


@dataclass(slots=True)
class Gathered:
    """The files, and the objects that are not among them; `names` gives the object of a file."""

    names: dict[str, str] = field(default_factory=dict)
    damaged: list[Damage] = field(default_factory=list)

    @property
    def files(self) -> list[str]:
        """The files, in order."""
        return list(self.names)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included; None: without an end."""

    first: date | None = None
    last: date | None = None

    def has(self, day: date | None) -> bool:
        """Say whether the day is one of them."""
        return day is not None and (self.first or day) <= day <= (self.last or day)


def gather(archive: Archive, copies: Copies | None, span: Span, progress: Progress) -> Gathered:
    """Return the files of these days.

    An archive on S3 is copied into `copies`: what is there already is not fetched again, and what S3 has no longer is
    removed. Without `copies` the archive itself is in files.
    """
    progress.step(f"{archive.place}: looking for the events")
    wanted = [stored for stored in archive.objects() if span.has(day_of(stored.key))]
    gathered = Gathered()
    with ThreadPoolExecutor(_READERS) as readers:
        files = readers.map(partial(_file, archive, copies), wanted)
        for number, (stored, file) in enumerate(zip(wanted, files, strict=True), 1):
            if number % _EVERY == 0:
                progress.step(f"{number} of {len(wanted)} objects")
            _sort(gathered, f"{archive.place}/{stored.key}", file)
    if copies:
        _tidy(copies, wanted, span)
    return gathered


def _sort(gathered: Gathered, name: str, file: Path | Damaged) -> None:
    if isinstance(file, Damaged):
        gathered.damaged.append(Damage(name, str(file)))
    else:
        gathered.names[str(file)] = name


def _file(archive: Archive, copies: Copies | None, stored: Stored) -> Path | Damaged:
    """Return where a whole object is, or what is wrong with it."""
    try:
        if copies is None:
            verify(archive.get(stored.key))
            return _path(archive, stored.key)
        key = _copy_of(stored)
        if not copies.path(key).exists():
            data = archive.get(stored.key)
            verify(data)
            copies.put(key, data)
        return copies.path(key)
    except Damaged as damage:
        return damage


def _path(archive: Archive, key: str) -> Path:
    return Path(archive.place) / key


def _copy_of(stored: Stored) -> str:
    """Return the key of a copy: of what is in the object today."""
    return f"{stored.key.removesuffix('.json.gz')}.{stored.mark}.json.gz"


def _tidy(copies: Copies, wanted: Sequence[Stored], span: Span) -> None:
    current = {_copy_of(stored) for stored in wanted}
    for copy in copies.objects():
        if span.has(day_of(copy.key)) and copy.key not in current:
            copies.remove(copy.key)


def without(gathered: Gathered, file: str, reason: str) -> None:
    """Leave a file out that turned out to be damaged."""
    gathered.damaged.append(Damage(gathered.names.pop(file), reason))
