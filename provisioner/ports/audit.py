"""What collecting, keeping and asking for SES's events needs of the world."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

from provisioner.core.values.region import Region
from provisioner.ports.progress import Clock, Progress


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the queue, hidden from other receivers for a while; `sent` is when it came into the queue."""

    id: str
    handle: str
    body: str
    sent: datetime


class Queue(Protocol):
    """The queue of SES's events. Threads may share it. What fails raises `ProvisionerError`."""

    def receive(self) -> Sequence[Message]:
        """Return up to ten messages; none when there were none for about a second."""

    def delete(self, messages: Sequence[Message]) -> int:
        """Delete up to ten messages; return how many are gone. What is left comes again."""

    def set_aside(self, message: Message, reason: str) -> None:
        """Put a message that nobody can read among the dead letters, with the reason, and delete it."""

    def release(self, messages: Sequence[Message]) -> None:
        """Let others receive up to ten messages at once instead of after a while."""

    def waiting(self) -> int:
        """Return how many messages are in the queue, about; hidden ones are counted too."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An object by its key; `mark` is another one when something else is in it."""

    key: str
    mark: str


class Archive(Protocol):
    """Objects under keys such as `events/dt=2026-11-28/<name>.json.gz`; what fails raises `ProvisionerError`."""

    @property
    def place(self) -> str:
        """Where it is, in a user's words: `s3://bucket`, a directory."""

    def put(self, key: str, data: bytes) -> None:
        """Keep an object whole or not at all; one that is there already has the same in it."""

    def objects(self, day: date | None = None) -> Iterator[Stored]:
        """Go through the objects of a day, or of all days, by their keys in order."""

    def get(self, key: str) -> bytes:
        """Return an object; raises `Damaged` for one that cannot be had."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A table; a value is text, a number, a moment, a date, a truth value, None, or a list or mapping of such."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


class Engine(Protocol):
    """Something that answers SQL over files of the archive."""

    def ask(self, files: Sequence[str], sql: str, values: Mapping[str, Any], domain: str | None) -> Answer:
        """Return the answer; the table `events` has each entry of the files once, of all domains or of one.

        `values` are the parameters of the SQL. Raises `InputError` for wrong SQL, `UnreadableFile` for a file.
        """


class UnreadableFile(Exception):
    """A file is none of the archive; `reason` says why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


class Copies(Archive, Protocol):
    """An archive whose objects are files of this machine."""

    def path(self, key: str) -> Path:
        """Return where the object is."""

    def remove(self, key: str) -> None:
        """Remove the object."""


class Files(Protocol):
    """Files of others that may hold events; what fails raises `ProvisionerError`."""

    @property
    def place(self) -> str:
        """Where they are, in a user's words."""

    def names(self) -> Iterator[str]:
        """Go through the names of the files, in order."""

    def read(self, name: str) -> bytes:
        """Return what is in a file."""


class OpenQueue(Protocol):
    """Opens the queue of a region, or that of its dead letters; raises `ProvisionerError("audit_not_deployed")`."""

    def __call__(self, region: Region, *, dead_letters: bool) -> Queue:
        """Return it."""


@dataclass(frozen=True, slots=True)
class AuditEdges:
    """The world of the commands on events.

    `archive` opens the archive at a place, a directory or `s3://BUCKET/PREFIX`, or without one that of the region,
    which is asked for only then; `copies` gives where that of S3 is copied to; `files` opens raw events of others.
    """

    queue: OpenQueue
    archive: Callable[[Callable[[], Region], str | None], Archive]
    copies: Callable[[Archive], Copies | None]
    files: Callable[[str], Files]
    engine: Engine
    clock: Clock
    progress: Progress
