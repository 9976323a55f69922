"""The account's request rates, kept by all threads of this process together.

Nothing waits until AWS first says that it is throttling a service (in a region): its real limits are often wider than
the documented ones. From then on our calls to that service begin at the rate. Terraform's provider makes its own calls,
and repeats them; see `terraform.warm.turns`. They use up the same limits, so a throttled call of ours is repeated for
minutes, where botocore gives up after a few attempts, or earlier when other threads have failed too. Attempts do not
wait for the rate: one that is refused counts for nothing at AWS, and a moment in which nobody asks is lost.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from provisioner.core.rate import Bucket, Rate

_THROTTLED = frozenset({
    "Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "RequestThrottled",
    "RequestThrottledException", "SlowDown", "PriorRequestNotComplete",
})  # fmt: skip  # a table, not a column
_TOO_MANY = 429
_ATTEMPTS = 100
_LONGEST_BACKOFF = 8.0  # seconds


class Pace:
    """One token bucket that sleeps until it is needed; threads may share it."""

    def __init__(self, rate: Rate, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._rate, self._clock, self._sleep = rate, clock, sleep
        self._lock = threading.Lock()
        self._bucket: Bucket | None = None

    def wait(self) -> None:
        """Return when the next request may go out."""
        with self._lock:
            seconds = self._bucket.reserve(self._clock()) if self._bucket else 0.0
        if seconds > 0:
            self._sleep(seconds)

    @property
    def active(self) -> bool:
        """Say whether AWS has throttled this service."""
        return self._bucket is not None

    def throttled(self) -> None:
        """Take note that AWS refused a request for coming too early."""
        with self._lock:
            now = self._clock()
            self._bucket = self._bucket or Bucket(self._rate, now)
            self._bucket.drain(now)


class CallLimiter:
    """Paces the boto3 clients attached to it: `rates` are requests per second by service, for the whole account."""

    def __init__(
        self,
        rates: Mapping[str, Rate],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rates, self._clock, self._sleep = rates, clock, sleep
        self._paces: dict[tuple[str, str], Pace] = {}

    def throttles(self, service: str) -> bool:
        """Say whether AWS has throttled a service, in any region."""
        return any(pace.active for (name, _), pace in list(self._paces.items()) if name == service)

    def attach(self, client: Any) -> Any:
        """Return the client, paced from now on; attaching it twice changes nothing."""
        service = client.meta.service_model.service_name
        rate = self._rates.get(service)
        if rate is None:
            return client
        key = (service, client.meta.region_name)
        pace = self._paces.setdefault(key, Pace(rate, self._clock, self._sleep))
        name = "-".join(("provisioner", *key))
        # Two hooks of botocore: before a call, and when it looks at each answer for a reason to retry.
        client.meta.events.register("before-call", lambda **_: pace.wait(), unique_id=f"{name}-call")
        client.meta.events.register("needs-retry", _watcher(pace), unique_id=f"{name}-retry")
        return client


def _watcher(pace: Pace) -> Callable[..., float | None]:
    def look(response: Any = None, attempts: int = 1, **_: Any) -> float | None:
        """Return the seconds after which to try again; botocore's own answer, if it has one, goes first."""
        if response is None or not _is_throttled(*response):
            return None
        pace.throttled()
        return random.uniform(0, min(attempts, _LONGEST_BACKOFF)) if attempts < _ATTEMPTS else None  # noqa: S311 - jitter

    return look


def _is_throttled(http: Any, parsed: Mapping[str, Any]) -> bool:
    return http.status_code == _TOO_MANY or parsed.get("Error", {}).get("Code") in _THROTTLED
