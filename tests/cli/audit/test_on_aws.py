"""The audit commands on an emulated AWS: the names of what they look for, and what is said where it is not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from ses_told import bounce

from provisioner.core.audit.names import DEAD_LETTER_QUEUE, QUEUE, archive_bucket

Cli = Callable[..., Any]
ACCOUNT = "123456789012"
BUCKET = archive_bucket(ACCOUNT, "us-east-1")


@pytest.fixture
def clients(start_aws: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", start_aws())
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    make: Any = boto3.client  # the stubs know only literal names
    return lambda service: make(service, region_name="us-east-1")


def test_where_nothing_is_deployed_it_is_said(cli: Cli, clients: Callable[[str], Any]) -> None:
    outcome = cli("audit", "collect", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "audit_not_deployed")
    assert "nothing collects the events of us-east-1" in outcome.error["message"]
    outcome = cli("audit", "query", "bounces", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "no_archive")
    assert BUCKET in outcome.error["message"]


def test_events_go_from_the_queue_into_the_bucket_and_are_asked_for_there(
    cli: Cli, clients: Callable[[str], Any], home: Path
) -> None:
    pytest.importorskip("duckdb", reason="the extra `queries`")
    sqs, s3 = clients("sqs"), clients("s3")
    s3.create_bucket(Bucket=BUCKET)
    url = sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
    sqs.create_queue(QueueName=DEAD_LETTER_QUEUE)
    for body in [json.dumps(bounce(0)), "poison"]:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    collected = cli("audit", "collect", "--json").document
    assert (collected["collected"], collected["rejected"], collected["left"]) == (1, 1, 0)
    listed = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [item["Key"] for item in listed] == collected["objects"]

    counted = ("audit", "query", "--sql", "SELECT count(*) AS n FROM events", "--json")
    assert cli(*counted).document["rows"] == [{"n": 1}]
    for place in (f"s3://{BUCKET}", f"s3://{BUCKET}/", f"s3://{BUCKET}/events/"):
        assert cli(*counted, "--archive", place).document["rows"] == [{"n": 1}]
    (copy,) = home.rglob("*.json.gz")
    assert copy.is_relative_to(home / "archive" / BUCKET)
    assert copy.stat().st_mode & 0o077 == 0

    s3.put_object(Bucket=BUCKET, Key="old/raw-events", Body=json.dumps(bounce(1)).encode())
    imported = cli("audit", "import", f"s3://{BUCKET}/old", "--json").document
    assert (imported["files"], imported["imported"]) == (1, 1)
    assert cli(*counted).document["rows"] == [{"n": 2}]


@pytest.mark.parametrize("place", ["s3://", "s3://A", "s3:bucket", "S3://Bucket_x/y"])
def test_a_place_that_is_none_is_bad_input(cli: Cli, place: str) -> None:
    outcome = cli("audit", "query", "bounces", "--archive", place, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "invalid_place")
