"""The commands on the account through their real wiring, against an emulated AWS."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from provisioner.sandbox.environment import OPERATOR_KEY
from provisioner.sandbox.http.throttle import Limit

Cli = Callable[..., Any]


@pytest.fixture
def aws(start_aws: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Start an emulated AWS with some settings of the sandbox, and let commands find it."""

    def start(**settings: Any) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", start_aws(**settings))
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
        monkeypatch.setenv("AWS_REGION", "us-east-1")

    return start


def client(service: str) -> Any:
    make: Any = boto3.client  # the stubs know only literal names
    return make(service, "us-east-1", endpoint_url=os.environ["AWS_ENDPOINT_URL"])


def sent(name: str, value: float, *dimensions: tuple[str, str]) -> None:
    listed = [{"Name": key, "Value": of} for key, of in dimensions]
    datum = {"MetricName": name, "Value": value, "Timestamp": datetime.now(UTC), "Dimensions": listed}
    client("cloudwatch").put_metric_data(Namespace="AWS/SES", MetricData=[datum])


def test_what_ses_and_cloudwatch_say_is_told(cli: Cli, aws: Callable[..., None]) -> None:
    aws(enforcement="PROBATION", production=False, review="DENIED", sent_last_day=40.0)
    client("sesv2").create_configuration_set(ConfigurationSetName="example-com")
    sent("Send", 12_000.0)
    sent("Reputation.BounceRate", 0.11)
    status = cli("account", "status", "--json").document
    assert (status["enforcement_status"], status["production_access"]) == ("PROBATION", False)
    assert (status["review"], status["review_case"], status["sent_last_24_hours"]) == ("DENIED", "1234567890", 40)
    assert status["reputation"]["bounce_rate"]["verdict"] == "pause"
    assert {one["kind"]: one["used"] for one in status["limits"]}["configuration sets"] == 1
    assert status["not_seen"] == []
    assert cli("account", "request-production", "--website", "example.com", "--yes").code == 5
    assert cli("suppression", "add", "a@example.net", "--reason", "BOUNCE").code == 5
    metrics = cli("metrics", "example.com", "--json").document
    assert metrics["totals"]["sends"] is None  # they are the account's
    assert len(metrics["notes"]) == 2


def test_the_sandbox_is_left_by_asking_once(cli: Cli, aws: Callable[..., None]) -> None:
    aws(production=False)
    line = ("account", "request-production", "--website", "example.com", "--yes", "--json")
    assert cli(*line).document["stage"] == "filed"
    assert cli(*line).document["stage"] == "pending"


def test_many_addresses_are_added_although_ses_says_that_it_is_too_fast(cli: Cli, aws: Callable[..., None]) -> None:
    aws(throttle={"sesv2": Limit(1.0, 15)})  # ours is one a second
    names = [f"a{number}@example.net" for number in range(8)]
    assert cli("suppression", "add", *names, "--reason", "BOUNCE", "--json").document["changed"] is True
    listed = cli("suppression", "list", "--json").document["addresses"]
    assert sorted(entry["address"] for entry in listed) == names


def test_an_operator_who_may_nothing_is_told_all_that_is_missing(
    cli: Cli, aws: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'
    aws(operator=(nothing,))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OPERATOR_KEY)
    outcome = cli("account", "status", "--json")
    assert outcome.code == 0
    assert [one["part"] for one in outcome.document["not_seen"]] == [
        "what SES lets the account do",
        "what was sent, and the rates of bounces and complaints",
        "how many hosted zones there are",
        "how many IAM users there are",
        "how many SES identities there are",
        "how many configuration sets there are",
    ]
    assert cli("suppression", "list", "--json").error["code"] == "access_denied"
