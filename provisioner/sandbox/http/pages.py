"""The sandbox's own pages under `/_sandbox/`, beside what it emulates."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from provisioner.errors import InputError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class PageRequest:
    """What a page is asked: the HTTP method, the query by name, and the document that was sent, None without one."""

    method: str
    query: Mapping[str, str] = field(default_factory=dict)
    document: Any = None


Page = Callable[[PageRequest], Any]  # returns something for JSON; an InputError becomes a 400


class Pages:
    """WSGI middleware: the sandbox's own pages; everything else goes to AWS."""

    def __init__(self, app: "WSGIApplication", pages: Mapping[str, Page]) -> None:
        self._app, self._pages = app, pages

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer for a page, or pass the request on."""
        prefix, _, name = environ["PATH_INFO"].removeprefix("/").partition("/")
        if prefix != "_sandbox":
            return self._app(environ, start_response)
        status, content = self._answer(name, environ)
        body = json.dumps(content, default=str).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, name: str, environ: "WSGIEnvironment") -> tuple[str, Any]:
        page = self._pages.get(name)
        if page is None:
            return "404 Not Found", {"pages": [*self._pages]}
        try:
            return "200 OK", page(_request(environ))
        except InputError as error:
            return "400 Bad Request", {"error": {"code": error.code, "message": error.message, "hint": error.hint}}


def _request(environ: "WSGIEnvironment") -> PageRequest:
    sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    try:
        document = json.loads(sent) if sent else None
    except ValueError as error:
        raise InputError("invalid_json", f"what was sent is no JSON: {error}", "send one JSON object") from error
    return PageRequest(environ["REQUEST_METHOD"], query, document)
