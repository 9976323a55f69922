"""The clock of a sandbox, which can be turned: real time, and so much ahead of it."""

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
