"""The clock of a sandbox, which can be turned: real time, and so much ahead of it.

Schedules and queues go by it. There is one in a process, as there is one sandbox.
"""

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Says what time it is in the sandbox; it goes forward only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the time, in UTC."""
        with self._lock:
            return datetime.now(UTC) + self._ahead

    def turn(self, forward: timedelta) -> datetime:
        """Turn the clock forward, and return what it shows."""
        with self._lock:
            self._ahead += forward
            return datetime.now(UTC) + self._ahead


_running: list[Clock] = []


def start(clock: Clock) -> None:
    """Let this be the clock from now on."""
    _running.append(clock)


def stop() -> None:
    """Go by the real time again."""
    _running.clear()


def now() -> datetime:
    """Return the time by the sandbox's clock."""
    return _running[-1].now() if _running else datetime.now(UTC)


def now_ms() -> float:
    """Return the time by the sandbox's clock in milliseconds since 1970."""
    return now().timestamp() * 1000
