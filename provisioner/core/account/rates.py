"""Request rates: how fast an account may be asked, and the token bucket that keeps to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

_SPEC = re.compile(r"(?P<service>[a-z0-9-]+)=(?P<rate>\d+(?:\.\d+)?)(?::(?P<burst>\d+))?")


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket's terms: `per_second` requests in the long run, `burst` at once."""

    per_second: float
    burst: int

    def share(self, parts: int) -> Self:
        """Return what one of `parts` equal users of the same account may take."""
        return type(self)(self.per_second / parts, max(1, self.burst // parts))


# Route 53 Developer Guide, "Quotas" (API throttling); SES Developer Guide, "Service quotas" (per account and region).
DOCUMENTED: Mapping[str, Rate] = {"route53": Rate(10, 50), "sesv2": Rate(1, 1)}


_INSTANT = 1e-6  # seconds
_FIRST_PAUSE = 0.03  # of the time in which AWS grants one request
_LONGEST_PAUSE = 8.0  # seconds
_MOST_DOUBLINGS = 32  # far beyond the longest pause, and no overflow


class Bucket:
    """AWS's token bucket as we believe it to be, over a clock of the caller's; not safe for threads by itself.

    It starts empty: there is none before AWS has refused something.
    """

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = 0.0
        self._at = now
        self._taken = 0
        self._refusals = 0
        self._last_of_this_refusal = 0  # the number of the last request that was on its way when AWS refused

    def seconds(self, now: float) -> float:
        """Return how long it takes until there is a token; 0 when there is one."""
        self._refill(now)
        missing = (1 - self._tokens) / self._rate.per_second
        return missing if missing > _INSTANT else 0.0

    def take(self, now: float) -> int:
        """Take a token for a request and return the request's number."""
        self._refill(now)
        self._tokens -= 1
        self._taken += 1
        return self._taken

    def refused(self, number: int, now: float, jitter: float) -> None:
        """AWS refused a request: it spent nothing, but the next may go only after a pause.

        We came a little too early, so the pause begins with a small part of what AWS takes to grant one request, and
        doubles (`jitter` is a factor) as long as AWS refuses; requests that were on their way together count as one.
        """
        self._refill(now)
        if number > self._last_of_this_refusal or not self._refusals:
            self._refusals += 1
            self._last_of_this_refusal = self._taken
        self._tokens = 1 - self._pause() * jitter * self._rate.per_second

    def granted(self) -> None:
        """AWS let a request through: the next refusal is a new one."""
        self._refusals = 0

    def _pause(self) -> float:
        """Return the seconds until the next try, after so many refusals in a row."""
        doublings = min(self._refusals - 1, _MOST_DOUBLINGS)
        return min(_LONGEST_PAUSE, _FIRST_PAUSE / self._rate.per_second * 2.0**doublings)

    def _refill(self, now: float) -> None:
        earned = max(0.0, now - self._at) * self._rate.per_second
        self._tokens = min(float(self._rate.burst), self._tokens + earned)
        self._at = now


def parse_rates(text: str) -> dict[str, Rate]:
    """Read `route53=10:50,sesv2=1` (requests per second, `:burst`, which is one second's worth when left out).

    What is not named keeps its documented rate. Raises `InputError("invalid_rate")`.
    """
    return {**DOCUMENTED, **dict(_rate(part.strip()) for part in text.split(",") if part.strip())}


def _rate(part: str) -> tuple[str, Rate]:
    match = _SPEC.fullmatch(part)
    service = match["service"] if match else ""
    per_second = float(match["rate"]) if match else 0.0
    burst = int(match["burst"] or max(1, per_second)) if match else 0
    if service not in DOCUMENTED or per_second <= 0 or burst < 1:
        hint = "Give SERVICE=RATE[:BURST] with numbers above zero for route53 or sesv2: route53=10:50,sesv2=1."
        raise InputError("invalid_rate", f"--api-rate: {quoted(part)} is not a rate we can keep to", hint)
    return service, Rate(per_second, burst)
