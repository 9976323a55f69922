"""WSGI middleware that lets nothing pass whose body did not arrive whole: AWS keeps nothing of a broken upload."""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from provisioner.sandbox.http.calls import service_of
from provisioner.sandbox.http.errors import refuse

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SHORT = "You did not provide the number of bytes specified by the Content-Length HTTP header"  # S3's words


class WholeBodies:
    """Reads each request's body before anybody acts on it; one that ends early is refused with S3's `IncompleteBody`.

    Whoever comes next finds the body in memory, with its length, however it was sent.
    """

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass a whole request on, or refuse it."""
        body = _body(environ)
        if body is None:
            return refuse(service_of(environ), 400, "IncompleteBody", SHORT, start_response)
        environ.update({"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
        return self._app(environ, start_response)


def _body(environ: "WSGIEnvironment") -> bytes | None:
    """Return the body, None when the client stopped before its end."""
    stream = environ["wsgi.input"]
    try:
        if environ.pop("HTTP_TRANSFER_ENCODING", None) and environ.get("wsgi.input_terminated"):
            return bytes(stream.read())
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = bytes(stream.read(length))
    except OSError:  # also a chunk that is cut off
        return None
    return body if len(body) == length else None
