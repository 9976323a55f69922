"""The sandbox's own pages, beside AWS: JSON under `/_sandbox/`."""

import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from provisioner.errors import InputError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Page = Callable[[str, bytes], Any]  # HTTP method and body -> something for JSON; raises InputError


class Pages:
    """Serves the pages by their names; everything else goes to AWS."""

    def __init__(self, app: "WSGIApplication", pages: Mapping[str, Page]) -> None:
        self._app, self._pages = app, pages

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a page, or pass the request on."""
        prefix, _, name = environ["PATH_INFO"].removeprefix("/").partition("/")
        if prefix != "_sandbox":
            return self._app(environ, start_response)
        status, content = self._answer(name, environ)
        body = json.dumps(content, default=str).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(f"{status} {status.phrase}", headers)
        return [body]

    def _answer(self, name: str, environ: "WSGIEnvironment") -> tuple[HTTPStatus, Any]:
        page = self._pages.get(name)
        if page is None:
            return HTTPStatus.NOT_FOUND, {"pages": [*self._pages]}
        try:
            return HTTPStatus.OK, page(environ["REQUEST_METHOD"], environ["wsgi.input"].read())
        except InputError as error:
            told = {"code": error.code, "message": error.message, "hint": error.hint}
            return HTTPStatus.BAD_REQUEST, {"error": told}
