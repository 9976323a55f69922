"""AWS's request limits and a count of calls, as WSGI middleware in front of the emulated services."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from botocore.loaders import Loader

from provisioner.errors import InputError
from provisioner.sandbox.http.calls import Call, identify
from provisioner.sandbox.http.errors import refuse, speaks_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SPEC = re.compile(r"(?P<service>[a-z0-9-]+)=(?P<rate>\d+(?:\.\d+)?)(?::(?P<burst>\d+))?")


@dataclass(frozen=True)
class Limit:
    """A token bucket: `rate` requests per second, `burst` at once."""

    rate: float
    burst: int


def parse_throttle(spec: str) -> dict[str, Limit]:
    """Read `route53=10:50,sesv2=1`: requests per second and optionally the burst (default: one second's worth).

    Services have boto3's names. Raises `InputError` saying which part is wrong.
    """
    return dict(_limit(part.strip()) for part in spec.split(",") if part.strip())


def _limit(part: str) -> tuple[str, Limit]:
    match = SPEC.fullmatch(part)
    rate = float(match["rate"]) if match else 0.0
    burst = int(match["burst"] or max(1, rate)) if match else 0
    if match is None or rate <= 0 or burst < 1:
        raise _invalid(part, "is not SERVICE=RATE or SERVICE=RATE:BURST with numbers above zero")
    if match["service"] not in _services():
        raise _invalid(part, f"names no AWS service: {match['service']}")
    return match["service"], Limit(rate, burst)


def _invalid(part: str, why: str) -> InputError:
    return InputError("invalid_throttle", f"--throttle: `{part}` {why}", "hint: e.g. --throttle route53=10:50,sesv2=1")


@cache
def _services() -> frozenset[str]:
    return frozenset(Loader().list_available_services("service-2"))


class Bucket:
    """A token bucket; not safe for threads by itself."""

    def __init__(self, limit: Limit, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._tokens, self._at = float(limit.burst), clock()

    def take(self) -> bool:
        """Take a token; False when there is none."""
        now = self._clock()
        self._tokens = min(self._limit.burst, self._tokens + (now - self._at) * self._limit.rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Calls:
    """How often each operation was called, throttled calls included, and how many of a service were throttled."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Counter[Call] = Counter()
        self._throttled: Counter[str] = Counter()

    def count(self, call: Call, *, throttled: bool) -> None:
        """Add one call."""
        with self._lock:
            self._calls[call] += 1
            self._throttled[call.service] += throttled

    def reset(self) -> None:
        """Start at zero."""
        with self._lock:
            self._calls.clear()
            self._throttled.clear()

    def report(self) -> dict[str, dict[str, dict[str, int]] | dict[str, int]]:
        """Return `{"calls": {service: {operation: n}}, "throttled": {service: n}}`."""
        with self._lock:
            services = sorted({call.service for call in self._calls})
            calls = {name: {c.operation: n for c, n in self._calls.items() if c.service == name} for name in services}
            return {"calls": calls, "throttled": {name: n for name, n in self._throttled.items() if n}}


class Throttle:
    """Middleware: counts every request and answers those beyond a service's limit with AWS's own error."""

    def __init__(self, app: "WSGIApplication", limits: Mapping[str, Limit], calls: Calls) -> None:
        self._app, self._calls = app, calls
        self._lock = threading.Lock()
        self._buckets = {service: Bucket(limit) for service, limit in limits.items()}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Count the call and pass it on, or refuse it."""
        call = identify(environ)
        admitted = self._admit(call.service)
        self._calls.count(call, throttled=not admitted)
        return self._app(environ, start_response) if admitted else _refuse(call.service, start_response)

    def _admit(self, service: str) -> bool:
        with self._lock:
            bucket = self._buckets.get(service)
            return bucket is None or bucket.take()


def _refuse(service: str, start_response: "StartResponse") -> Iterable[bytes]:
    if service == "sesv2":
        return refuse(service, 429, "TooManyRequestsException", "Rate exceeded", start_response)
    code = "ThrottlingException" if speaks_json(service) else "Throttling"
    return refuse(service, 400, code, "Rate exceeded", start_response)
