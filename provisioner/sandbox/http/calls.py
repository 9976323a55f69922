"""Which service and operation an HTTP request to AWS is for."""

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import UnknownServiceError
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

UNKNOWN = "unknown"
_FOUND = "provisioner.sandbox.call"  # in the request's environment
SCOPE = re.compile(r"Credential=(?P<key_id>[^/,\s]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
BOTO_NAMES = {"monitoring": "cloudwatch"}  # services that sign with another name than boto3's
PARSED = frozenset((  # by whom resources are named
    "cloudwatch", "iam", "kms", "lambda", "logs", "route53", "s3", "scheduler", "secretsmanager", "ses", "sesv2", "sns",
    "sqs", "ssm",
))  # fmt: skip
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
        service = service_of(environ)
        environ[_FOUND] = Call(service, _operation(service, environ))
    found: Call = environ[_FOUND]
    return found


@dataclass(frozen=True)
class Signer:
    """Who signed a request, by access key id, and for which region."""

    key_id: str
    region: str


def signer(environ: "WSGIEnvironment") -> Signer | None:
    """Return who signed a request, None when nobody did."""
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return Signer(scope["key_id"], scope["region"]) if scope else None


def parameters(environ: "WSGIEnvironment") -> dict[str, Any]:
    """Return what a known operation is asked, by the names of its model; empty where no resource is named.

    The body stays readable.
    """
    call = identify(environ)
    request = _readable(environ)
    if older_operation(request) or call.service not in PARSED:
        return {}
    model, path = get_service_router(call.service).match(request)
    protocol = determine_request_protocol(get_service_model(call.service), request.content_type)
    parsed: dict[str, Any] = PROTOCOL_PARSERS[protocol](model).parse({
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": request.data,
        "url_path": request.path,
        "url_params": path,
    })  # fmt: skip
    return parsed


def older_operation(request: Request) -> str | None:
    """Return the operation of a path that SDKs still use and botocore's model no longer has."""
    return OLDER_PATHS.get((request.method, request.path.rstrip("/")))


def service_of(environ: "WSGIEnvironment") -> str:
    """Return the service that a request is for, in boto3's name, as far as its signature says it."""
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    name = scope["service"].lower() if scope else UNKNOWN
    if name == "ses" and environ["PATH_INFO"].startswith("/v2/"):
        return "sesv2"
    return BOTO_NAMES.get(name, name)


def _operation(service: str, environ: "WSGIEnvironment") -> str:
    request = _readable(environ)
    try:
        return older_operation(request) or str(get_service_router(service).match(request)[0].name)
    except (NotFound, NotImplementedError, UnknownServiceError):
        return UNKNOWN


def _readable(environ: "WSGIEnvironment") -> Request:
    """Return the request to read from, which leaves the body, that is whole in memory, to whoever comes next."""
    body = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(body)
    return Request({**environ, "wsgi.input": io.BytesIO(body)})
