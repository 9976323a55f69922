"""AWS's clock, as WSGI middleware: what was signed at another time is refused.

Source: IAM user guide, "Troubleshoot Signature Version 4 signing" (five minutes); S3 API reference, "Error responses"
(fifteen).
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from provisioner.sandbox.http.calls import identify
from provisioner.sandbox.http.errors import refuse, speaks_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TOLERANCE, TOLERANCE_OF_S3 = timedelta(minutes=5), timedelta(minutes=15)
_FORM = "%Y%m%dT%H%M%SZ"
_SIGNED = re.compile(r"\d{8}T\d{6}Z")
_REST = ("sesv2",)  # JSON with a status for each kind of error


class SigningTime:
    """The clock is `skew()` seconds ahead of the machine's; as long as it is right, nothing is looked at."""

    def __init__(self, app: "WSGIApplication", skew: Callable[[], float]) -> None:
        self._app, self._skew = app, skew

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass a request on, or refuse it."""
        skew = self._skew()
        if not skew:
            return self._app(environ, start_response)
        service, now = identify(environ).service, datetime.now(UTC) + timedelta(seconds=skew)
        why = _refusal(service, str(environ.get("HTTP_X_AMZ_DATE", "")), now)
        if why is None:
            return self._app(environ, start_response)
        return refuse(service, *_status_and_code(service), why, start_response)


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
