"""Which service and operation an HTTP request to AWS is for."""

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import UnknownServiceError
from moto.core.request import Request
from moto.core.routing import get_service_router
from werkzeug.exceptions import NotFound

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

UNKNOWN = "unknown"
_FOUND = "provisioner.sandbox.call"  # in the request's environment
SCOPE = re.compile(r"Credential=[^/,\s]+/\d{8}/[^/]+/(?P<service>[^/]+)/aws4_request")
BOTO_NAMES = {"monitoring": "cloudwatch"}  # services that sign with another name than boto3's
OLDER_PATHS = {  # botocore 1.43.105 moved both lists; the Go SDK in Terraform's provider asks here
    ("GET", "/v2/email/identities"): "ListEmailIdentities",
    ("GET", "/v2/email/configuration-sets"): "ListConfigurationSets",
}


@dataclass(frozen=True)
class Call:
    """One API call; `service` as boto3 names it, e.g. `sesv2`."""

    service: str
    operation: str


def identify(environ: "WSGIEnvironment") -> Call:
    """Say which call a request is, found out once; its body stays readable for whoever handles it afterwards."""
    if _FOUND not in environ:
        service = _service(environ)
        environ[_FOUND] = Call(service, _operation(service, environ))
    found: Call = environ[_FOUND]
    return found


def older_operation(request: Request) -> str | None:
    """Return the operation of a path that SDKs still use and botocore's model no longer has."""
    return OLDER_PATHS.get((request.method, request.path.rstrip("/")))


def _service(environ: "WSGIEnvironment") -> str:
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    name = scope["service"].lower() if scope else UNKNOWN
    if name == "ses" and environ["PATH_INFO"].startswith("/v2/"):
        return "sesv2"
    return BOTO_NAMES.get(name, name)


def _operation(service: str, environ: "WSGIEnvironment") -> str:
    body = _body(environ)
    environ.update({"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
    request = Request({**environ, "wsgi.input": io.BytesIO(body)})
    try:
        return older_operation(request) or str(get_service_router(service).match(request)[0].name)
    except (NotFound, NotImplementedError, UnknownServiceError):
        return UNKNOWN


def _body(environ: "WSGIEnvironment") -> bytes:
    chunked = environ.pop("HTTP_TRANSFER_ENCODING", None) and environ.get("wsgi.input_terminated")
    stream = environ["wsgi.input"]
    return bytes(stream.read() if chunked else stream.read(int(environ.get("CONTENT_LENGTH") or 0)))
