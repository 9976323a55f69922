"""SES's sending limits: so many recipients a second, so many in any 24 hours.

Source: SES developer guide, "Managing your Amazon SES sending limits": recipients count, not messages.
"""

import time
from collections import deque
from collections.abc import Callable

from provisioner.sandbox.smtp.reply import throttled

DAY = 86_400.0


class Quota:
    """Limits in recipients; None is no limit. `clock` gives seconds that never go backwards."""

    def __init__(
        self, per_second: float | None, per_day: float | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = per_second
        self._per_day = per_day
        self._clock = clock
        self._sent: deque[tuple[float, int]] = deque()
        self._free_at = clock()

    def take(self, recipients: int) -> None:
        """Count a message; raises `RejectedError` (454) and counts nothing when it is over a limit."""
        now = self._clock()
        while self._sent and self._sent[0][0] <= now - DAY:
            self._sent.popleft()
        if self._per_day is not None and sum(count for _, count in self._sent) + recipients > self._per_day:
            raise throttled("Daily message quota exceeded")
        if self._per_second is not None:
            self._pace(now, recipients / self._per_second)
        self._sent.append((now, recipients))

    def _pace(self, now: float, seconds: float) -> None:
        """Let one second's worth through at once, more only as time passes."""
        if self._free_at - now + seconds > 1.0 and self._free_at > now:
            raise throttled("Maximum sending rate exceeded")
        self._free_at = max(self._free_at, now) + seconds
