"""AWS's clock, as WSGI middleware: it dates the answers, and refuses what was signed at another time.

Source: IAM user guide, "Troubleshoot Signature Version 4 signing" (five minutes); S3 API reference, "Error responses"
(fifteen).
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from provisioner.sandbox.http.calls import identify
from provisioner.sandbox.http.errors import refuse, speaks_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TOLERANCE, TOLERANCE_OF_S3 = timedelta(minutes=5), timedelta(minutes=15)
_FORM = "%Y%m%dT%H%M%SZ"
_SIGNED = re.compile(r"\d{8}T\d{6}Z")
_REST = ("sesv2",)  # JSON with a status for each kind of error


class Clock:
    """The clock is `skew()` seconds ahead of the machine's; as long as it is right, nothing is looked at."""

    def __init__(self, app: "WSGIApplication", skew: Callable[[], float]) -> None:
        self._app, self._skew = app, skew

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass a request on and date the answer, or refuse it."""
        skew = self._skew()
        if not skew:
            return self._app(environ, start_response)
        now = datetime.now(UTC) + timedelta(seconds=skew)

        def dated(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            others = [header for header in headers if header[0].lower() != "date"]
            return start_response(status, [*others, ("Date", format_datetime(now, usegmt=True))], exc_info)

        service = identify(environ).service
        why = _refusal(service, str(environ.get("HTTP_X_AMZ_DATE", "")), now)
        if why is None:
            return self._app(environ, dated)
        return refuse(service, *_status_and_code(service), why, dated)


def _refusal(service: str, signed: str, now: datetime) -> str | None:
    """Return why a request that was signed at a time is refused now."""
    if _SIGNED.fullmatch(signed) is None:
        return None
    then = datetime.strptime(signed, _FORM).replace(tzinfo=UTC)
    if abs(now - then) <= (TOLERANCE_OF_S3 if service == "s3" else TOLERANCE):
        return None
    if service == "s3":
        return "The difference between the request time and the current time is too large."
    if then < now:
        return f"Signature expired: {signed} is now earlier than {_text(now - TOLERANCE)} ({_text(now)} - 5 min.)"
    return f"Signature not yet current: {signed} is still later than {_text(now + TOLERANCE)} ({_text(now)} + 5 min.)"


def _status_and_code(service: str) -> tuple[int, str]:
    if service == "s3":
        return 403, "RequestTimeTooSkewed"
    if speaks_json(service):
        return 403 if service in _REST else 400, "InvalidSignatureException"
    return 403, "SignatureDoesNotMatch"


def _text(moment: datetime) -> str:
    return moment.strftime(_FORM)
