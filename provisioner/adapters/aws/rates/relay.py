"""A door to SES on loopback for Terraform's provider, whose requests then stand in the same line as ours.

The provider repeats a request that AWS refuses for coming too early, but after pauses that grow up to five minutes: of
one request a second, which is what SES allows, many runs at once would let a third go unused. So the provider is told,
by AWS's own `AWS_ENDPOINT_URL_SESV2`, to ask here. A request waits for its turn, is signed anew (a signature holds for
one host and five minutes) and goes to AWS as it is; the answer goes back as it is.

Route 53 needs none of it: its bucket holds five seconds' worth of requests, so that a pause wastes little.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import select
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from provisioner.adapters.aws.rates.forward import Forwarder, HttpAnswer, HttpRequest
from provisioner.adapters.aws.rates.limiter import CallLimiter
from provisioner.adapters.aws.session import ATTEMPTS_IN_LINE, AwsSession, is_throttled
from provisioner.errors import ProvisionerError

SERVICE = "sesv2"
VARIABLE = "AWS_ENDPOINT_URL_SESV2"

# Settings with which an AWS SDK refuses an endpoint of one's own, or does not look at the variable.
_EXCLUDING = ("use_fips_endpoint", "use_dualstack_endpoint", "ignore_configured_endpoint_urls")
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([a-z0-9-]+)/")  # of a signature: key/date/region/service/aws4_request
_LOGGED_OUT = ("no_credentials", "expired_token")
_ENDING = 0.05  # seconds that it takes to close the door


@contextmanager
def open_relay(session: AwsSession, limiter: CallLimiter) -> Iterator[Mapping[str, str]]:
    """Keep the door open, and give the variable that leads to it: none where AWS's settings leave no room for it."""
    if any(session.setting(name) for name in _EXCLUDING):
        yield {}
        return
    key = secrets.token_urlsafe()  # nobody else on this machine shall have anything signed
    with _Server(key, PacedSes(session, limiter)) as server:
        threading.Thread(target=server.serve_forever, args=(_ENDING,), name="ses-relay", daemon=True).start()
        try:
            yield {VARIABLE: f"http://127.0.0.1:{server.server_port}/{key}"}
        finally:
            server.shutdown()


class PacedSes:
    """SES, asked at the account's rate; threads may share it."""

    def __init__(self, session: AwsSession, limiter: CallLimiter) -> None:
        self._ses, self._limiter = Forwarder(session, SERVICE), limiter

    def ask(self, request: HttpRequest, is_awaited: Callable[[], bool]) -> HttpAnswer | None:
        """Return the answer of AWS, None when nobody waits for it any more.

        Throttling is repeated until AWS grants the request, or has refused it a hundred times. Raises
        `ProvisionerError`: `unreachable`, or what is wrong with the credentials.
        """
        line = self._limiter.line(SERVICE, request.region)
        if line is None:
            return self._ses.send(request)
        for attempt in range(ATTEMPTS_IN_LINE):
            number = line.turn(again=attempt > 0)
            if not is_awaited():
                return None
            answer = self._ses.send(request)
            if not is_throttled(answer.status, answer.code):
                line.granted()
                break
            line.refused(number)
        return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # an idle connection keeps nobody waiting
    request_queue_size = 128  # Terraform's resources come together

    def __init__(self, key: str, ses: PacedSes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.prefix, self.ses = f"/{key}/", ses

    def handle_error(self, *_: object) -> None:
        """Say nothing: the connection ends, and who asked has gone already or asks again."""


class _Handler(BaseHTTPRequestHandler):
    """One connection of somebody who asks."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # in two pieces, Go's SDK can lose the second, and ask again for what has been done

    def _relay(self) -> None:
        answer = self._answer()
        if answer is None:  # as if AWS had not answered: an SDK knows what to do then
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _answer(self) -> HttpAnswer | None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        key, target = self.path[: len(self.server.prefix)], self.path[len(self.server.prefix) - 1 :]
        scope = _SCOPE.search(self.headers.get("Authorization", ""))
        if scope is None or not hmac.compare_digest(key.encode(), self.server.prefix.encode()):
            return _refusal("AccessDeniedException", "only for the Terraform of one batch")
        request = HttpRequest(scope[1], self.command, target, dict(self.headers.items()), body)
        try:
            return self.server.ses.ask(request, self._is_awaited)
        except ProvisionerError as error:
            return _refusal("ExpiredTokenException", error.message) if error.code in _LOGGED_OUT else None

    def _is_awaited(self) -> bool:
        """Say whether who asked is still there: they send nothing while they wait, so what can be read is the end."""
        return not select.select([self.connection], [], [], 0)[0]

    do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = _relay  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Say nothing: stderr is the user's."""


def _refusal(code: str, message: str) -> HttpAnswer:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return HttpAnswer(403, headers, json.dumps({"message": message}).encode())
