"""Put events into the archive, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date

from provisioner.core.audit.archive import Damaged, Entry, Known, ids_in, pack
from provisioner.errors import ProvisionerError
from provisioner.ports.audit import Archive
from provisioner.ports.progress import Progress

_READERS = 4
_MOST_KNOWN = 1_500_000  # ids; 150 MB


@dataclass(slots=True)
class Keeper:
    """Puts entries into an archive that are not in it yet.

    Which ones are there is read day by day, of the days that come up, when they do. What cannot be read, or is put by
    somebody else meanwhile, may be put a second time; it has the same id, and who reads the archive takes each once.
    """

    archive: Archive
    progress: Progress
    has_time: Callable[[], bool] = lambda: True
    objects: list[str] = field(default_factory=list)
    _known: Known = field(default_factory=Known)
    _days: set[date] = field(default_factory=set)

    def new(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return those that were neither in the archive nor asked about before."""
        return [entry for entry in entries if self._is_new(entry)]

    def put(self, entries: Iterable[Entry]) -> None:
        """Write entries; raises `ProvisionerError` when some could not be written."""
        for packed in pack(entries):
            self.archive.put(packed.key, packed.data)
            self.objects.append(packed.key)

    def _is_new(self, entry: Entry) -> bool:
        if entry.day not in self._days:
            self._days.add(entry.day)
            self._read(entry.day)
        return self._known.add(entry.id)

    def _read(self, day: date) -> None:
        try:
            keys = [stored.key for stored in self.archive.objects(day) if stored.key not in self.objects]
            with ThreadPoolExecutor(_READERS) as readers:
                for ids in readers.map(self._ids, self._while_there_is_room(keys)):
                    self._known.update(ids)
        except ProvisionerError as error:
            self.progress.warn(
                f"what is in the archive of {day} could not be read, so some may be kept twice: {error.message}"
            )

    def _while_there_is_room(self, keys: Iterable[str]) -> Iterator[str]:
        for key in keys:
            if not self.has_time() or len(self._known) > _MOST_KNOWN:
                return
            yield key

    def _ids(self, key: str) -> list[str]:
        try:
            return list(ids_in(self.archive.get(key)))
        except Damaged as damage:
            self.progress.warn(f"{self.archive.place}/{key} is damaged: {damage}")
            return []
