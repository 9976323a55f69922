"""A clock that needs no time, and progress that is remembered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Time passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class FakeTime:
    """AWS's time, which is ours until it is told otherwise."""

    def __init__(self) -> None:
        self.is_ahead: timedelta | None = timedelta()

    def ahead(self) -> timedelta | None:
        return self.is_ahead


class FakeProgress:
    def __init__(self) -> None:
        self.steps: list[str] = []
        self.details: list[str] = []
        self.notes: list[str] = []
        self.warnings: list[str] = []

    def step(self, text: str) -> None:
        self.steps.append(text)

    def detail(self, text: str) -> None:
        self.details.append(text)

    def tick(self) -> None: ...

    def note(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)
