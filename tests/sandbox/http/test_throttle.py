import json
import urllib.request
from typing import Any

import pytest
from botocore.config import Config

from provisioner.errors import InputError
from provisioner.sandbox.http.throttle import Bucket, Limit, parse_throttle

ONCE = Config(retries={"total_max_attempts": 1})


def _calls(aws: Any, method: str = "GET") -> Any:
    request = urllib.request.Request(f"{aws.url}/_sandbox/calls", method=method)  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def _client(aws: Any, service: str) -> Any:
    return aws.client(service, config=ONCE)


def test_rates_and_bursts_are_read() -> None:
    assert parse_throttle("route53=10:50, sesv2=1,iam=0.5") == {
        "route53": Limit(10.0, 50),
        "sesv2": Limit(1.0, 1),
        "iam": Limit(0.5, 1),
    }
    assert parse_throttle("") == {}


@pytest.mark.parametrize(
    "spec",
    ["route53", "route53=", "route53=fast", "route53=-1", "route53=0", "route53=1:0", "route54=1", "=1", "a=1:b"],
)
def test_a_faulty_spec_is_bad_input(spec: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_throttle(f"sesv2=1,{spec}")
    assert spec in caught.value.message
    assert caught.value.code == "invalid_throttle"


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    now = 0.0
    bucket = Bucket(Limit(2.0, 3), lambda: now)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now = 100.0
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(
    ("service", "operation", "error"),
    [
        ("route53", "list_hosted_zones", ("Throttling", "Rate exceeded", 400)),
        ("iam", "list_users", ("Throttling", "Rate exceeded", 400)),
        ("sts", "get_caller_identity", ("Throttling", "Rate exceeded", 400)),
        ("sesv2", "get_account", ("TooManyRequestsException", "Rate exceeded", 429)),
        ("secretsmanager", "list_secrets", ("ThrottlingException", "Rate exceeded", 400)),
        ("cloudwatch", "list_metrics", ("ThrottlingException", "Rate exceeded", 400)),
        ("s3", "list_buckets", ("Throttling", "Rate exceeded", 400)),
    ],
)
def test_each_service_refuses_in_its_own_way(
    aws_with: Any, refusal: Any, service: str, operation: str, error: tuple[str, str, int]
) -> None:
    aws = aws_with(throttle=parse_throttle(f"{service}=0.001"))
    call = getattr(_client(aws, service), operation)
    call()
    assert refusal(call) == error


def test_sdks_take_the_refusal_for_throttling_and_try_again(aws_with: Any) -> None:
    aws = aws_with(throttle=parse_throttle("route53=4:1"))
    client = aws.client("route53", config=Config(retries={"total_max_attempts": 20}))
    for _ in range(3):
        assert client.list_hosted_zones()["HostedZones"] == []
    report = _calls(aws)
    assert report["throttled"]["route53"] >= 1
    assert report["calls"]["route53"]["ListHostedZones"] == 3 + report["throttled"]["route53"]


def test_other_services_are_not_limited(aws_with: Any) -> None:
    aws = aws_with(throttle=parse_throttle("route53=0.001"))
    assert [_client(aws, "sesv2").get_account()["SendingEnabled"] for _ in range(5)] == [True] * 5


def test_calls_are_counted_by_operation_until_they_are_reset(aws: Any) -> None:
    zone = aws.zone("example.com")
    aws.change(zone, "CREATE", "www.example.com", "A", "192.0.2.1")
    aws.client("sesv2").list_email_identities()
    aws.client("iam").list_users()
    aws.client("sqs").list_queues()
    assert _calls(aws) == {
        "calls": {
            "route53": {"CreateHostedZone": 1, "ChangeResourceRecordSets": 1},
            "sesv2": {"ListEmailIdentities": 1},
            "iam": {"ListUsers": 1},
            "sqs": {"ListQueues": 1},
        },
        "throttled": {},
    }
    _calls(aws, "DELETE")
    assert _calls(aws) == {"calls": {}, "throttled": {}}
