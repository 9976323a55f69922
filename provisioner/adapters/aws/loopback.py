"""A server on loopback for the Terraform that we run and for its provider; each request gets one answer of ours."""

from __future__ import annotations

import select
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_ENDING = 0.05  # seconds that it takes to stop listening


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What is answered; the length of the body is no business of `headers`."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of an error in a JSON protocol of AWS, e.g. `TooManyRequestsException`; empty without one."""
        return header(self.headers, "x-amzn-errortype").partition(":")[0]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks; `target` is the path with its query, as it came. `is_awaited`: whether they still wait."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    is_awaited: Callable[[], bool]


Answerer = Callable[[Asked], HttpAnswer | None]


def header(headers: Mapping[str, str], name: str) -> str:
    """Return a header, whatever the case of its letters; empty without one."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


@contextmanager
def listen(name: str, answer: Answerer) -> Iterator[str]:
    """Answer whoever asks until the block ends; gives the server's address, e.g. `http://127.0.0.1:40001`.

    Everybody on this machine can ask, so `answer` must know whom to believe. Many threads call it; None ends the
    connection without an answer, as if nobody were there. `name` is that of the thread that listens.
    """
    with _Server(answer) as server:
        threading.Thread(target=server.serve_forever, args=(_ENDING,), name=name, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # an idle connection keeps nobody waiting
    request_queue_size = 128  # Terraform's resources come together

    def __init__(self, answer: Answerer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer

    def handle_error(self, *_: object) -> None:
        """Say nothing: the connection ends, and who asked has gone already or asks again."""


class _Handler(BaseHTTPRequestHandler):
    """One connection of somebody who asks."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # in two pieces, Go's SDK can lose the second, and ask again for what has been done

    def _respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, self.path, dict(self.headers.items()), body, self._is_awaited)
        answer = self.server.answer(asked)
        if answer is None:  # as if AWS had not answered: an SDK knows what to do then
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _is_awaited(self) -> bool:
        """Say whether who asked is still there: they send nothing while they wait, so what can be read is the end."""
        return not select.select([self.connection], [], [], 0)[0]

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = _respond  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Say nothing: stderr is the user's."""
