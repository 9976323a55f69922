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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from provisioner.adapters.aws.loopback import Asked, HttpAnswer, header, listen
from provisioner.adapters.aws.rates.forward import Forwarder, HttpRequest
from provisioner.adapters.aws.rates.limiter import CallLimiter
from provisioner.adapters.aws.session import ATTEMPTS_IN_LINE, AwsSession, is_throttled
from provisioner.errors import ProvisionerError

SERVICE = "sesv2"
VARIABLE = "AWS_ENDPOINT_URL_SESV2"

# Settings with which an AWS SDK refuses an endpoint of one's own, or does not look at the variable.
_EXCLUDING = ("use_fips_endpoint", "use_dualstack_endpoint", "ignore_configured_endpoint_urls")
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([a-z0-9-]+)/")  # of a signature: key/date/region/service/aws4_request
_LOGGED_OUT = ("no_credentials", "expired_token")


@contextmanager
def open_relay(session: AwsSession, limiter: CallLimiter) -> Iterator[Mapping[str, str]]:
    """Keep the door open, and give the variable that leads to it: none where AWS's settings leave no room for it."""
    if any(session.setting(name) for name in _EXCLUDING):
        yield {}
        return
    door = _Door(secrets.token_urlsafe(), PacedSes(session, limiter))
    with listen("ses-relay", door.answer) as address:
        yield {VARIABLE: f"{address}/{door.key}"}


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


@dataclass(frozen=True, slots=True)
class _Door:
    """The way in; who does not know its `key` gets nothing signed: others work on this machine too."""

    key: str
    ses: PacedSes

    def answer(self, asked: Asked) -> HttpAnswer | None:
        """Let SES answer."""
        prefix = f"/{self.key}/"
        key, target = asked.target[: len(prefix)], asked.target[len(prefix) - 1 :]
        scope = _SCOPE.search(header(asked.headers, "Authorization"))
        if scope is None or not hmac.compare_digest(key.encode(), prefix.encode()):
            return _refusal("AccessDeniedException", "only for the Terraform of one batch")
        request = HttpRequest(scope[1], asked.method, target, asked.headers, asked.body)
        try:
            return self.ses.ask(request, asked.is_awaited)
        except ProvisionerError as error:
            return _refusal("ExpiredTokenException", error.message) if error.code in _LOGGED_OUT else None


def _refusal(code: str, message: str) -> HttpAnswer:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return HttpAnswer(403, headers, json.dumps({"message": message}).encode())
