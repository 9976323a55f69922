"""`kill -9` of a collector at random moments of its work over HTTP: every event is in the archive, and once."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest
from ses_told import bounce

from provisioner.core.audit.archive import lines_in

EVENTS = 120
KILLS = 30
BUCKET = "archive"

# Loaded once; each run is a fork of it that kills itself before or after its n-th request, whatever its threads do.
COLLECTOR = """
import json, os, signal, sys, threading
from datetime import date
from provisioner.adapters.aws.audit.archive import S3Archive
from provisioner.adapters.aws.audit.queue import SqsQueue
from provisioner.lambdas.clients import in_our_words, open_client
from provisioner.lambdas.log import LogProgress
from provisioner.usecases.audit.collect import Limits, collect

def run(url, dead, moment, event):
    calls, lock = [0], threading.Lock()
    def count(**_):
        with lock:
            calls[0] += 1
            if calls[0] == moment:
                os.kill(os.getpid(), signal.SIGKILL)
    sqs, s3 = open_client("sqs"), open_client("s3")
    for client in (sqs, s3):
        client.meta.events.register(event, count)
    collect(SqsQueue(sqs, url, dead, in_our_words), S3Archive(s3, "archive", "", in_our_words),
            Limits(messages=30), date(2026, 11, 28), LogProgress())
    return calls[0]

for line in sys.stdin:
    asked = json.loads(line)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        sys.stdout = open(os.devnull, "w")
        os.write(writing, str(run(**asked)).encode())
        os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    calls = os.read(reading, 20).decode()
    os.close(reading)
    print(json.dumps({"killed": os.WIFSIGNALED(status), "code": status, "calls": int(calls or 0)}), flush=True)
"""


@pytest.fixture
def clients(start_aws: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", start_aws())
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    make: Any = boto3.client  # the stubs know only literal names
    return lambda service: make(service, region_name="us-east-1")


@pytest.fixture
def collector(clients: Callable[[str], Any]) -> Any:
    command = [sys.executable, "-c", COLLECTOR]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ) as process:

        def call(**asked: Any) -> Mapping[str, Any]:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            answer: Mapping[str, Any] = json.loads(process.stdout.readline())
            return answer

        yield call
        assert process.stdin is not None
        process.stdin.close()


def test_killed_at_thirty_moments_nothing_is_lost_and_nothing_counts_twice(
    clients: Callable[[str], Any], collector: Callable[..., Mapping[str, Any]]
) -> None:
    sqs, s3 = clients("sqs"), clients("s3")
    s3.create_bucket(Bucket=BUCKET)
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    # What a dead run had received comes again at once: the clock is not what is tried here.
    url = sqs.create_queue(QueueName="queue", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
    probe = sqs.create_queue(QueueName="probe")["QueueUrl"]
    _send(sqs, probe, range(EVENTS, 2 * EVENTS))
    whole = collector(url=probe, dead=dead, moment=0, event="before-send")["calls"]
    assert whole > KILLS
    chance = random.Random(4)  # noqa: S311 - which moments, no secret
    killed = 0
    _send(sqs, url, range(EVENTS))
    for number in range(KILLS):
        event = ("before-send", "after-call")[number % 2]
        killed += collector(url=url, dead=dead, moment=chance.randint(1, whole * 2 // 3), event=event)["killed"]
        _send(sqs, url, range(number, number + 3))  # and SQS delivers some of them once more
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "900"})
    assert collector(url=url, dead=dead, moment=0, event="before-send")["code"] == 0
    counts = _messages(s3)
    assert killed > KILLS // 2
    assert set(counts) == {f"message-{number}" for number in range(2 * EVENTS)}
    assert set(counts.values()) == {1}


def _send(sqs: Any, url: str, numbers: range) -> None:
    for number in numbers:
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(bounce(number)))


def _messages(s3: Any) -> Counter[str]:
    counts = Counter[str]()
    for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        data = s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read()
        counts.update(json.loads(line)["message_id"] for line in lines_in(data))
    return counts
