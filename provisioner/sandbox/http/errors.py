"""Errors in the form in which each AWS service sends them, for what is answered in front of moto."""

import json
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

REQUEST_ID = "<RequestId>00000000-0000-0000-0000-000000000000</RequestId>"
XML = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    f"{REQUEST_ID}</ErrorResponse>"
)
BARE_XML = f"<Error><Code>{{code}}</Code><Message>{{message}}</Message>{REQUEST_ID}</Error>"  # S3's


def refuse(service: str, status: int, code: str, message: str, start_response: "StartResponse") -> Iterable[bytes]:
    """Answer an HTTP request with an error of `service` (boto3's name) that every SDK can read."""
    if speaks_json(service):
        body = json.dumps({"__type": code, "message": message}).encode()
        headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", code)]
    else:
        form = BARE_XML if service == "s3" else XML
        body = form.format(code=code, message=escape(message)).encode()
        headers = [("Content-Type", "text/xml")]
    start_response(f"{status} {HTTPStatus(status).phrase}", [*headers, ("Content-Length", str(len(body)))])
    return [body]


@cache
def speaks_json(service: str) -> bool:
    """Say whether a service talks JSON, which SDKs prefer where it talks something else too; the others talk XML."""
    try:
        metadata = Loader().load_service_model(service, "service-2")["metadata"]
    except UnknownServiceError:
        return True
    return any("json" in protocol for protocol in metadata.get("protocols", [metadata["protocol"]]))
