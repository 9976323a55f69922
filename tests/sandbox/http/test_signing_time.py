"""A clock of AWS that is not this machine's."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from aws_clients import Aws

from provisioner.sandbox.aws.server import AwsServer
from provisioner.sandbox.knobs.board import Board
from provisioner.sandbox.settings import SandboxSettings

Refusal = Callable[..., tuple[str, str, int]]
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "iam": ("get_user", {"UserName": "x"}),
    "route53": ("list_hosted_zones", {}),
    "sts": ("get_caller_identity", {}),
    "ses": ("get_send_quota", {}),
    "sesv2": ("list_email_identities", {}),
    "ssm": ("describe_parameters", {}),
    "secretsmanager": ("list_secrets", {}),
}


@pytest.fixture(scope="module")
def board() -> Board:
    return Board()


@pytest.fixture(scope="module")
def off(board: Board) -> Iterator[Aws]:
    server = AwsServer(SandboxSettings(), {}, board)
    server.start()
    yield Aws(f"http://127.0.0.1:{server.port}")
    server.stop()


def call(aws: Aws, service: str) -> Any:
    client = aws._make(service, "us-east-1")  # without the look at errors: these are no service's own
    client.meta.events.unregister("before-parse.sesv2", aws._check)
    operation, asked = CALLS[service]
    return getattr(client, operation)(**asked)


REFUSALS = {
    "iam": (403, "SignatureDoesNotMatch"),
    "route53": (403, "SignatureDoesNotMatch"),
    "sts": (403, "SignatureDoesNotMatch"),
    "ses": (403, "SignatureDoesNotMatch"),
    "sesv2": (403, "InvalidSignatureException"),
    "ssm": (400, "InvalidSignatureException"),
    "secretsmanager": (400, "InvalidSignatureException"),
}


@pytest.mark.parametrize("service", REFUSALS)
@pytest.mark.parametrize("skew", [360, -360])
def test_what_was_signed_six_minutes_away_is_refused(
    off: Aws, board: Board, refusal: Refusal, service: str, skew: float
) -> None:
    board.clock_skew = skew
    code, message, status = refusal(call, off, service)
    assert (status, code) == REFUSALS[service]
    assert message.startswith("Signature expired: " if skew > 0 else "Signature not yet current: ")
    assert message.endswith(" 5 min.)")


@pytest.mark.parametrize("skew", [-240, 0, 240])
def test_an_answer_is_dated_by_the_clock(off: Aws, board: Board, skew: float) -> None:
    board.clock_skew = skew
    headers = call(off, "route53")["ResponseMetadata"]["HTTPHeaders"]
    ahead = parsedate_to_datetime(headers["date"]) - datetime.now(UTC)
    assert abs(ahead - timedelta(seconds=skew)) < timedelta(seconds=30)


def test_s3_is_more_patient(off: Aws, board: Board, refusal: Refusal) -> None:
    board.clock_skew = 600
    assert off.client("s3").list_buckets()["Buckets"] == []
    board.clock_skew = 1000
    assert refusal(off.client("s3").list_buckets)[0] == "RequestTimeTooSkewed"
