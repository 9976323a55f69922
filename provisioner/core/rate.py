"""Request rates: how fast an account may be asked, and the token bucket that keeps to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from provisioner.core.wording import shown
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


class Bucket:
    """A token bucket over a clock of the caller's; not safe for threads by itself."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = float(rate.burst)
        self._at = now

    def reserve(self, now: float) -> float:
        """Take one token and return the seconds to wait until it is there; callers are served in this order."""
        self._refill(now)
        self._tokens -= 1
        return max(0.0, -self._tokens / self._rate.per_second)

    def drain(self, now: float) -> None:
        """Forget the tokens in hand: AWS has just said that there are none."""
        self._refill(now)
        self._tokens = min(self._tokens, 0.0)

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
        raise InputError("invalid_rate", f"--api-rate: {shown(part)} is not a rate we can keep to", hint)
    return service, Rate(per_second, burst)
