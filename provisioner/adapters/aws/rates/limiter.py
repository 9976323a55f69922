"""The account's request rates, kept by all threads of this process together.

Nothing waits until AWS first says that it is throttling a service (in a region): its real limits are often wider than
the documented ones. From then on requests to that service stand in one line, and go out at the rate. One that AWS
refuses all the same goes again before the others, and for minutes where botocore gives up after a few attempts: others
may use up the same limits.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from provisioner.adapters.aws.session import ATTEMPTS_IN_LINE, is_throttled
from provisioner.core.account.rates import Bucket, Rate

_JITTER = (0.75, 1.25)  # other processes, refused in the same moment, do not come back in the same moment
_TICKET = "provisioner-ticket"  # in the context that botocore keeps for all attempts of one call

Wait = Callable[[threading.Condition, float | None], object]


class RequestLine:
    """The line in front of one service; threads may share it. `wait` is how to wait on a condition."""

    def __init__(
        self,
        rate: Rate,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait = threading.Condition.wait,
    ) -> None:
        self._rate, self._clock, self._wait = rate, clock, wait
        self._moved = threading.Condition()
        self._line: deque[object] = deque()
        self._bucket: Bucket | None = None

    def turn(self, *, again: bool = False) -> int:
        """Return when the next request may go out, with its number; one that goes `again` is first in the line."""
        with self._moved:
            bucket = self._bucket
            if bucket is None:
                return 0
            me = object()
            (self._line.appendleft if again else self._line.append)(me)
            try:
                self._wait_for_turn(me, bucket)
            finally:
                self._line.remove(me)
                self._moved.notify_all()
            return bucket.take(self._clock())

    def _wait_for_turn(self, me: object, bucket: Bucket) -> None:
        """Wait until nobody is in front and there is a token; who comes to the front meanwhile goes first."""
        while True:
            if not self._is_first(me):
                self._wait(self._moved, None)
            elif seconds := bucket.seconds(self._clock()):
                self._wait(self._moved, seconds)
            else:
                return

    def _is_first(self, me: object) -> bool:
        return self._line[0] is me

    def refused(self, number: int) -> None:
        """Take note that AWS refused a request for coming too early."""
        with self._moved:
            now = self._clock()
            self._bucket = self._bucket or Bucket(self._rate, now)
            self._bucket.refused(number, now, random.uniform(*_JITTER))  # noqa: S311 - jitter is no secret
            self._moved.notify_all()

    def granted(self) -> None:
        """Take note that AWS let a request through."""
        with self._moved:
            if self._bucket:
                self._bucket.granted()


class CallLimiter:
    """Paces the boto3 clients attached to it: `rates` are requests per second by service, for the whole account."""

    def __init__(self, rates: Mapping[str, Rate], new_line: Callable[[Rate], RequestLine] = RequestLine) -> None:
        self._rates, self._new_line = rates, new_line
        self._making = threading.Lock()
        self._lines: dict[tuple[str, str], RequestLine] = {}

    def line(self, service: str, region: str) -> RequestLine | None:
        """Return the line of a service, which has a rate in each region; None for a service that has none."""
        rate = self._rates.get(service)
        if rate is None:
            return None
        with self._making:
            return self._lines.setdefault((service, region), self._new_line(rate))

    def attach(self, client: Any) -> Any:
        """Return the client, paced from now on; attaching it twice changes nothing."""
        service, region = client.meta.service_model.service_name, client.meta.region_name
        line = self.line(service, region)
        if line is None:
            return client
        # Two hooks of botocore: before each attempt is signed, and when it looks at the answer for a reason to retry.
        # Registered under the service's own name, and first: what comes later does not count.
        of_service, name = client.meta.service_model.service_id.hyphenize(), f"provisioner-{service}-{region}"
        events = client.meta.events
        events.register_first(f"request-created.{of_service}", _starter(line), unique_id=f"{name}-created")
        events.register_first(f"needs-retry.{of_service}", _watcher(line), unique_id=f"{name}-retry")
        return client


def _starter(line: RequestLine) -> Callable[..., None]:
    def start(request: Any, **_: Any) -> None:
        """Wait for the turn of an attempt."""
        request.context[_TICKET] = line.turn(again=_TICKET in request.context)

    return start


def _watcher(line: RequestLine) -> Callable[..., float | None]:
    def look(response: Any, attempts: int, request_dict: Mapping[str, Any], **_: Any) -> float | None:
        """Return the seconds after which to try again, None to leave it to botocore."""
        if response is None:
            return None
        http, parsed = response
        if not is_throttled(http.status_code, parsed.get("Error", {}).get("Code", "")):
            line.granted()
            return None
        line.refused(request_dict["context"].get(_TICKET, 0))
        return 0.0 if attempts < ATTEMPTS_IN_LINE else None

    return look
