"""Somebody else's requests to SES, through our door: real sockets on both sides, boto3 in the provider's place."""

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ConnectionClosedError
from pieces import record_pieces

from provisioner.adapters.aws.loopback import HttpAnswer
from provisioner.adapters.aws.rates.forward import HttpRequest
from provisioner.adapters.aws.rates.limiter import CallLimiter, RequestLine
from provisioner.adapters.aws.rates.relay import PacedSes, open_relay
from provisioner.adapters.aws.session import AwsSession
from provisioner.core.account.rates import Rate

TOO_EARLY = (429, {"x-amzn-ErrorType": "TooManyRequestsException:"}, b'{"message": "Rate exceeded"}')
LISTED = (200, {"Content-Type": "application/json"}, b'{"EmailIdentities": []}')


class Aws:
    """Answers from a list, then with an empty one of identities, and keeps what it was asked."""

    def __init__(self, *answers: tuple[int, dict[str, str], bytes]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        aws = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                aws.asked.append((self.command, self.path, dict(self.headers.items()), body))
                status, headers, text = aws.answers.pop(0) if aws.answers else LISTED
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            do_POST = do_PUT = do_GET  # noqa: N815 - the names that http.server looks for

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    found = Aws()
    monkeypatch.setenv("AWS_ENDPOINT_URL", found.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOURS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ours")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    thread = threading.Thread(target=found.server.serve_forever, args=(0.05,))
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def session() -> AwsSession:
    return AwsSession({}, "us-east-1", None)


def at_once(**rates: Rate) -> CallLimiter:
    """A limiter in whose lines time flies."""
    now = [0.0]

    def wait(_condition: threading.Condition, seconds: float | None) -> None:
        now[0] += seconds or 0.0

    return CallLimiter(rates, lambda rate: RequestLine(rate, lambda: now[0], wait))


def somebody(door: str, region: str = "us-east-1", attempts: int = 1) -> Any:
    """A client of other credentials that asks at our door."""
    config = Config(retries={"mode": "standard", "total_max_attempts": attempts})
    return boto3.client("sesv2", region, endpoint_url=door, aws_access_key_id="AKIATHEIRS",
                        aws_secret_access_key="theirs", config=config)  # fmt: skip


def test_a_request_reaches_aws_as_it_is_with_our_signature_for_aws_own_host(aws: Aws) -> None:
    with open_relay(session(), at_once(sesv2=Rate(1, 1))) as variables:
        somebody(variables["AWS_ENDPOINT_URL_SESV2"]).create_email_identity(EmailIdentity="a+b@example.com")
    method, path, headers, body = aws.asked[0]
    assert (method, path, json.loads(body)) == ("POST", "/v2/email/identities", {"EmailIdentity": "a+b@example.com"})
    assert headers["Host"] == urlsplit(aws.url).netloc
    assert headers["Authorization"] == _signature(aws.url + path, method, headers, body)
    assert "AKIAOURS" in headers["Authorization"]


def _signature(url: str, method: str, headers: dict[str, str], body: bytes) -> str:
    signed = headers["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    kept = {name: value for name, value in headers.items() if name.lower() in signed}
    request = AWSRequest(method, url, data=body, headers=kept)
    request.context["timestamp"] = headers["X-Amz-Date"]
    auth = SigV4Auth(Credentials("AKIAOURS", "ours"), "ses", "us-east-1")
    text = auth.string_to_sign(request, auth.canonical_request(request))
    scope = headers["Authorization"].split("Credential=")[1].split(",")[0]
    return (
        f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={';'.join(signed)}, "
        f"Signature={auth.signature(text, request)}"
    )


def test_names_that_need_quoting_arrive_quoted_once(aws: Aws) -> None:
    with open_relay(session(), at_once()) as variables:
        somebody(variables["AWS_ENDPOINT_URL_SESV2"]).list_tags_for_resource(ResourceArn="arn:aws:ses:x:1:identity/a.b")
    assert aws.asked[0][1] == "/v2/email/tags?ResourceArn=arn%3Aaws%3Ases%3Ax%3A1%3Aidentity%2Fa.b"


def test_what_aws_answers_comes_back_as_it_is(aws: Aws) -> None:
    aws.answers = [(404, {"x-amzn-ErrorType": "NotFoundException", "x-amzn-RequestId": "r1"}, b'{"message": "gone"}')]
    with (
        open_relay(session(), at_once(sesv2=Rate(1, 1))) as variables,
        pytest.raises(ClientError) as caught,
    ):
        somebody(variables["AWS_ENDPOINT_URL_SESV2"]).get_email_identity(EmailIdentity="example.com")
    assert caught.value.response["Error"] == {"Message": "gone", "Code": "NotFoundException"}
    assert caught.value.response["ResponseMetadata"]["RequestId"] == "r1"


def test_an_answer_comes_back_in_one_piece(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_relay(session(), at_once()) as variables:
        door = variables["AWS_ENDPOINT_URL_SESV2"]
        pieces = record_pieces(urlsplit(door).port or 0, monkeypatch)
        somebody(door).create_email_identity(EmailIdentity="example.com")
    assert [(piece[:9], piece[-len(LISTED[2]) :]) for piece in pieces] == [(b"HTTP/1.1 ", LISTED[2])]


def test_throttling_never_reaches_who_asks(aws: Aws) -> None:
    aws.answers = [TOO_EARLY] * 5
    with open_relay(session(), at_once(sesv2=Rate(1, 1))) as variables:
        assert somebody(variables["AWS_ENDPOINT_URL_SESV2"]).list_email_identities()["EmailIdentities"] == []
    assert len(aws.asked) == 6


def test_throttling_that_does_not_end_is_told_at_last(aws: Aws) -> None:
    aws.answers = [TOO_EARLY] * 1000
    with (
        open_relay(session(), at_once(sesv2=Rate(1, 1))) as variables,
        pytest.raises(ClientError, match="TooManyRequests"),
    ):
        somebody(variables["AWS_ENDPOINT_URL_SESV2"]).list_email_identities()
    assert len(aws.asked) == 100


def test_each_region_is_asked_where_it_is_and_at_its_own_rate(aws: Aws) -> None:
    limiter = at_once(sesv2=Rate(1, 1))
    aws.answers = [TOO_EARLY]
    with open_relay(session(), limiter) as variables:
        for region in ("eu-west-1", "us-east-1"):
            somebody(variables["AWS_ENDPOINT_URL_SESV2"], region).list_email_identities()
    assert ["eu-west-1" in headers["Authorization"] for *_, headers, _ in aws.asked] == [True, True, False]
    assert limiter.line("sesv2", "us-east-1") is not limiter.line("sesv2", "eu-west-1")


def test_who_does_not_know_the_way_in_gets_nothing_signed(aws: Aws) -> None:
    with open_relay(session(), at_once(sesv2=Rate(1, 1))) as variables:
        door = urlsplit(variables["AWS_ENDPOINT_URL_SESV2"])
        for guess in (f"http://{door.netloc}", f"http://{door.netloc}/{'x' * len(door.path[1:])}"):
            with pytest.raises(ClientError, match="AccessDenied"):
                somebody(guess).list_email_identities()
    assert aws.asked == []


def test_who_has_gone_while_waiting_is_not_asked_for(aws: Aws) -> None:
    ses = PacedSes(session(), at_once(sesv2=Rate(1, 1)))
    request = HttpRequest("us-east-1", "GET", "/v2/email/identities/example.com", {}, b"")
    assert ses.ask(request, lambda: False) is None
    assert aws.asked == []
    answer = ses.ask(request, lambda: True)
    assert isinstance(answer, HttpAnswer)
    assert answer.status == 200


def test_a_connection_that_was_closed_counts_as_gone(aws: Aws) -> None:
    standing, go_on = threading.Event(), threading.Event()

    def wait(*_: object) -> None:
        standing.set()
        assert go_on.wait(10)
        now[0] += 10

    now = [0.0]
    limiter = CallLimiter({"sesv2": Rate(1, 1)}, lambda rate: RequestLine(rate, lambda: now[0], wait))
    line = limiter.line("sesv2", "us-east-1")
    assert line is not None
    line.refused(0)
    with open_relay(session(), limiter) as variables:
        door = urlsplit(variables["AWS_ENDPOINT_URL_SESV2"])
        connection = HTTPConnection(door.netloc)
        scope = "AWS4-HMAC-SHA256 Credential=AKIATHEIRS/20260101/us-east-1/ses/aws4_request"
        connection.request("DELETE", f"{door.path}/v2/email/identities/example.com", headers={"Authorization": scope})
        assert standing.wait(10)
        connection.close()
        go_on.set()
        somebody(variables["AWS_ENDPOINT_URL_SESV2"]).list_email_identities()
    assert [method for method, *_ in aws.asked] == ["POST"]


def test_an_aws_that_cannot_be_reached_is_a_connection_that_ends(monkeypatch: pytest.MonkeyPatch, aws: Aws) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with (
        open_relay(session(), at_once(sesv2=Rate(1, 1))) as variables,
        pytest.raises(ConnectionClosedError),
    ):
        somebody(variables["AWS_ENDPOINT_URL_SESV2"]).list_email_identities()


def test_credentials_that_are_gone_are_an_expired_session_to_who_asks(
    monkeypatch: pytest.MonkeyPatch, aws: Aws
) -> None:
    ours = session()
    with open_relay(ours, at_once(sesv2=Rate(1, 1))) as variables:
        monkeypatch.setattr(ours._session(), "get_credentials", lambda: None)
        with pytest.raises(ClientError, match="ExpiredToken"):
            somebody(variables["AWS_ENDPOINT_URL_SESV2"]).list_email_identities()
    assert aws.asked == []


@pytest.mark.parametrize(
    "variable", ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]
)
def test_settings_that_exclude_an_endpoint_of_ones_own_keep_the_door_shut(
    monkeypatch: pytest.MonkeyPatch, aws: Aws, variable: str
) -> None:
    monkeypatch.setenv(variable, "true")
    with open_relay(session(), at_once(sesv2=Rate(1, 1))) as variables:
        assert variables == {}
