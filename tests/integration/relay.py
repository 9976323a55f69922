"""A relay in front of the emulated AWS that knows which operation a request is: a test meddles with it, or it fails."""

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
from provisioner.sandbox.http.errors import refuse

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

    @property
    def service(self) -> str:
        """The service by boto3's name, e.g. `sesv2`."""
        return self.operation.partition(":")[0]

    def names(self, value: str) -> bool:
        """Say whether a text is in the path or the body."""
        return value in self.path or value.encode() in self.body


@dataclass(frozen=True)
class Reply:
    """What goes back; without a status the connection is reset instead."""

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


RESET = Reply(None)
Onwards = Callable[[], Reply]
Meddler = Callable[[Request, Onwards], Reply]  # calls its second argument to let AWS carry the request out


def refused(request: Request, status: int, code: str, message: str) -> Reply:
    """Return an error of AWS in the form of the service that was asked."""
    said: dict[str, str] = {}
    body = b"".join(refuse(request.service, status, code, message, lambda _, headers, *__: said.update(headers)))  # type: ignore[arg-type]  # the one use of WSGI's callable that is made
    return Reply(status, said, body)


@dataclass
class Fault:
    """An error of AWS for the requests that match, `times` times over; they are `carried_out` all the same, or not."""

    matches: Callable[[Request], bool]
    status: int
    code: str
    message: str
    times: int = 1
    carried_out: bool = False

    def answer(self, request: Request, onwards: Onwards) -> Reply:
        """Answer a request that matches."""
        if self.carried_out:
            onwards()
        return refused(request, self.status, self.code, self.message)


@dataclass
class Relay:
    """Where it listens, what it does with each request that no fault is meant for, and how many it saw of each."""

    upstream: str
    meddler: Meddler = lambda _, onwards: onwards()
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Carry out one request, or whatever the meddler makes of it."""
        operation = _operation(method, path, headers, body)
        with self.lock:
            self.seen[operation] += 1
            request = Request(operation, self.seen[operation], method, path, headers, body)
            fault = next((fault for fault in self.faults if fault.times and fault.matches(request)), None)
            if fault:
                fault.times -= 1
        answer = fault.answer if fault else self.meddler
        return answer(request, lambda: self._carried_out(request))

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
            "HTTP_X_AMZ_TARGET": headers.get("X-Amz-Target", ""),
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
