"""Calls to AWS that fail, as whoever tries what happens then chooses while the sandbox runs."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from provisioner.errors import InputError
from provisioner.sandbox.http.calls import Call, identify
from provisioner.sandbox.http.errors import refuse
from provisioner.sandbox.http.pages import PageRequest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HINT = 'send e.g. {"service": "sqs", "operation": "ReceiveMessage", "status": 503, "times": 3}'
_STATUSES = range(400, 600)


@dataclass
class Outage:
    """Which calls fail, and how: those of a service (boto3's name), or of one operation of it.

    The first `after` pass, then `times` fail (any number when None). What is `carried_out` is done before AWS fails to
    say so.
    """

    service: str
    operation: str | None = None
    status: int = 503
    code: str = "ServiceUnavailable"
    after: int = 0
    times: int | None = None
    carried_out: bool = False

    def takes(self, call: Call) -> bool:
        """Say whether this call fails, and count it."""
        if call.service != self.service or self.operation not in (None, call.operation):
            return False
        if self.after:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Outages:
    """Middleware: lets calls fail by the outages that were asked for, the oldest first."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._lock = threading.Lock()
        self._outages: list[Outage] = []

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass a request on, or let it fail."""
        outage = self._outage_of(identify(environ))
        if outage is None:
            return self._app(environ, start_response)
        if outage.carried_out:
            for _ in self._app(environ, lambda *_answer: lambda _piece: None):
                pass
        message = "Chosen by whoever uses the sandbox"
        return refuse(outage.service, outage.status, outage.code, message, start_response)

    def page(self, request: PageRequest) -> Any:
        """POST adds an outage, DELETE ends all; each tells those that are left."""
        with self._lock:
            if request.method == "POST":
                self._outages.append(_read(request.document))
            elif request.method == "DELETE":
                self._outages.clear()
            return {"outages": [asdict(one) for one in self._outages]}

    def _outage_of(self, call: Call) -> Outage | None:
        with self._lock:
            found = next((one for one in self._outages if one.takes(call)), None)
            self._outages = [one for one in self._outages if one.times is None or one.times > 0]
        return found


def _read(document: Any) -> Outage:
    known = {field.name for field in fields(Outage)}
    if not isinstance(document, Mapping) or not document.get("service") or set(document) - known:
        raise InputError("invalid_outage", f"an outage is an object with some of {', '.join(sorted(known))}", _HINT)
    read = Outage(**document)
    numbers = (read.status, read.after, 1 if read.times is None else read.times)
    if not all(isinstance(one, int) for one in numbers) or read.status not in _STATUSES or min(numbers) < 0:
        raise InputError("invalid_outage", "an outage has a status of 400 to 599, and counts from 0", _HINT)
    return read
