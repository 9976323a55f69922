"""What collecting, keeping and asking for SES's events needs of the world."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


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


class Archive(Protocol):
    """Objects under keys such as `events/dt=2026-11-28/<name>.json.gz`; what fails raises `ProvisionerError`."""

    @property
    def place(self) -> str:
        """Where it is, in a user's words: `s3://bucket`, a directory."""

    def put(self, key: str, data: bytes) -> None:
        """Keep an object whole or not at all; one that is there already has the same in it."""

    def keys(self, day: date | None = None) -> Iterator[str]:
        """Go through the keys of a day, or of all days, in order."""

    def get(self, key: str) -> bytes:
        """Return an object."""
