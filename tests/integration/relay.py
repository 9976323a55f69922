"""A relay in front of the emulated AWS that knows which operation a request is, and lets a test meddle with it."""

import io
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from provisioner.sandbox.http.calls import identify

HOP_BY_HOP = {"connection", "content-length", "host", "transfer-encoding"}
OUR_ANSWERS = HOP_BY_HOP | {"date", "server"}  # what http.server writes itself


@dataclass(frozen=True)
class Request:
    """One request to AWS: `operation` as `route53:CreateHostedZone`, and the how manieth of its kind it is, from 1."""

    operation: str
    number: int
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def from_boto(self) -> bool:
        """Whether our own code asks, not Terraform's provider."""
        return "Boto3" in self.headers.get("User-Agent", "")


@dataclass(frozen=True)
class Reply:
    """What goes back; without a status the connection is reset instead."""

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


RESET = Reply(None)
Onwards = Callable[[], Reply]
Meddler = Callable[[Request, Onwards], Reply]  # calls its second argument to let AWS carry the request out


@dataclass
class Relay:
    """Where it listens, what it does with each request, and how many it saw of each operation."""

    upstream: str
    meddler: Meddler = lambda _, onwards: onwards()
    url: str = ""
    seen: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Carry out one request, or whatever the meddler makes of it."""
        operation = _operation(method, path, headers, body)
        with self.lock:
            self.seen[operation] += 1
            request = Request(operation, self.seen[operation], method, path, headers, body)
        return self.meddler(request, lambda: self._carried_out(request))

    def _carried_out(self, request: Request) -> Reply:
        kept = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        with closing(HTTPConnection(self.upstream.removeprefix("http://"))) as connection:
            connection.request(request.method, request.path, request.body, kept)
            answer = connection.getresponse()
            return Reply(answer.status, dict(answer.headers), answer.read())


def _operation(method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
    place, _, query = path.partition("?")
    call = identify(
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": place,
            "QUERY_STRING": query,
            "HTTP_AUTHORIZATION": headers.get("Authorization", ""),
            "CONTENT_TYPE": headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
        }
    )
    return f"{call.service}:{call.operation}"


@contextmanager
def relay_to(upstream: str, meddler: Meddler | None = None) -> Iterator[Relay]:
    """Run a relay in a thread of this process."""
    relay = Relay(upstream, meddler) if meddler else Relay(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 1 << 16  # in one piece, see tests/pieces.py

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            reply = relay.handle(self.command, self.path, dict(self.headers), body)
            with suppress(OSError):  # who asked may be dead by now
                self.reset() if reply.status is None else self.send(reply.status, reply)

        def send(self, status: int, reply: Reply) -> None:
            self.send_response(status)
            for name, value in reply.headers.items():
                if name.lower() not in OUR_ANSWERS:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def reset(self) -> None:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RD)
            self.connection.close()

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = answer  # noqa: N815 - http.server's names

        def log_message(self, *_arguments: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_arguments: object) -> None: ...  # a client that was killed

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    relay.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield relay
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
