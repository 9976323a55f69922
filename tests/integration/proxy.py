"""A reverse proxy in front of the emulated AWS that answers chosen calls with AWS's own errors."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

XML = (
    '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>{code}</Code>'
    "<Message>{message}</Message></Error><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
)
HOP_BY_HOP = {"connection", "content-length", "host", "transfer-encoding"}


@dataclass(frozen=True)
class Call:
    """One request: `POST /v2/email/identities`, or an action in the body, `Action=CreateUser&...`."""

    method: str
    path: str
    body: str


@dataclass
class Fault:
    """An error for the calls that match, `times` times over; `carried_out` all the same, or not."""

    matches: Callable[[Call], bool]
    status: int
    code: str
    message: str
    times: int = 1
    carried_out: bool = False

    def answer(self, call: Call) -> tuple[int, dict[str, str], bytes]:
        """Return the error in the form of the service that was called."""
        if call.path.startswith("/v2/email"):
            body = json.dumps({"message": self.message})
            return self.status, {"Content-Type": "application/json", "x-amzn-ErrorType": self.code}, body.encode()
        text = XML.format(code=self.code, message=self.message)
        return self.status, {"Content-Type": "text/xml"}, text.encode()


@dataclass
class Proxy:
    """Where it listens, and what it will answer itself."""

    upstream: str
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, call: Call, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Answer with the first fault that matches, or let AWS answer."""
        with self.lock:
            fault = next((fault for fault in self.faults if fault.times and fault.matches(call)), None)
            if fault:
                fault.times -= 1
        if fault is None:
            return self._passed_on(call, headers)
        if fault.carried_out:
            self._passed_on(call, headers)
        return fault.answer(call)

    def _passed_on(self, call: Call, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        kept = {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}
        with closing(HTTPConnection(self.upstream.removeprefix("http://"))) as connection:
            connection.request(call.method, call.path, call.body.encode("latin-1"), kept)
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()


@contextmanager
def proxy_to(upstream: str) -> Iterator[Proxy]:
    """Run a proxy in a thread of this process."""
    proxy = Proxy(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 1 << 16  # in one piece, see tests/pieces.py

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode("latin-1")
            status, headers, content = proxy.handle(Call(self.command, self.path, body), dict(self.headers))
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in HOP_BY_HOP | {"date", "server"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = answer  # noqa: N815 - http.server's names

        def log_message(self, *_arguments: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
