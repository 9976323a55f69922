"""How a command tells what it does, and what time it is."""

from datetime import datetime
from typing import Protocol


class Progress(Protocol):
    """Where steps, notes and warnings go while a command works: stderr, never stdout."""

    def step(self, text: str) -> None:
        """Say what is being done now."""

    def detail(self, text: str) -> None:
        """Say what only somebody who looks for a fault wants to read."""

    def tick(self) -> None:
        """Pass a moment of waiting; whoever wants the work to end raises here."""

    def note(self, text: str) -> None:
        """Say something worth knowing."""

    def warn(self, text: str) -> None:
        """Say something that the user should act on."""


class Clock(Protocol):
    """Time, so that tests need none."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""

    def sleep(self, seconds: float) -> None:
        """Wait; an interrupt ends it early with `Interrupted`."""
