"""The queue and the archive on an emulated AWS, and what S3 may answer besides."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber
from fakes.clock import FakeProgress
from ses_told import bounce

from provisioner.adapters.aws.audit.archive import S3Archive
from provisioner.adapters.aws.audit.queue import SqsQueue
from provisioner.adapters.aws.session import AwsSession, in_our_words
from provisioner.core.audit.archive import Damaged, lines_in
from provisioner.errors import ProvisionerError
from provisioner.ports.audit import Stored
from provisioner.sandbox.http.throttle import parse_throttle
from provisioner.usecases.audit.collect import Limits, collect

Stub = Callable[..., Stubber]
KEY = "events/dt=2026-11-28/0123.json.gz"


@pytest.fixture
def bucket(emulated: AwsSession) -> S3Archive:
    emulated.client("s3").create_bucket(Bucket="archive")
    return S3Archive(emulated.client("s3"), "archive", "mail/", in_our_words)


@pytest.fixture
def urls(emulated: AwsSession) -> tuple[str, str]:
    client = emulated.client("sqs")
    dead, queue = (client.create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "queue"))
    return queue, dead


def test_events_come_from_the_queue_into_the_bucket(
    emulated: AwsSession, bucket: S3Archive, urls: tuple[str, str]
) -> None:
    client, (url, dead) = emulated.client("sqs"), urls
    for body in [json.dumps(bounce(0)), json.dumps(bounce(1)), json.dumps(bounce(0)), "poison"]:
        client.send_message(QueueUrl=url, MessageBody=body)
    queue = SqsQueue(client, url, dead, in_our_words)
    assert queue.waiting() == 4
    done = collect(queue, bucket, Limits(receivers=2), date(2026, 11, 28), FakeProgress())
    assert (done.collected, done.duplicates, done.rejected, done.left) == (2, 1, 1, 0)
    assert keys(bucket) == keys(bucket, date(2017, 8, 5)) == done.objects
    assert len(list(lines_in(bucket.get(done.objects[0])))) == 2
    (letter,) = client.receive_message(QueueUrl=dead, MessageAttributeNames=["All"])["Messages"]
    assert letter["Body"] == "poison"
    assert letter["MessageAttributes"]["reason"]["StringValue"] == "it is not JSON"
    assert emulated.client("s3").list_objects_v2(Bucket="archive")["Contents"][0]["Key"].startswith("mail/events/")


def test_throttling_is_waited_out(emulated_with: Callable[..., AwsSession]) -> None:
    session = emulated_with(throttle=parse_throttle("sqs=10:3,s3=5:1"))
    session.client("s3").create_bucket(Bucket="archive")
    client = session.client("sqs")
    dead, url = (client.create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "queue"))
    for start in (0, 10, 20):
        bodies = [json.dumps(bounce(number)) for number in range(start, start + 10)]
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        client.send_message_batch(QueueUrl=url, Entries=entries)
    archive = S3Archive(session.client("s3"), "archive", "", in_our_words)
    queue = SqsQueue(client, url, dead, in_our_words)
    done = collect(queue, archive, Limits(messages=10), date(2026, 11, 28), FakeProgress())
    assert (done.collected, done.left) == (30, 0)
    assert sum(len(list(lines_in(archive.get(key)))) for key in done.objects) == 30


def test_a_message_has_the_time_at_which_it_came_and_can_be_let_go(emulated: AwsSession, urls: tuple[str, str]) -> None:
    client, (url, _) = emulated.client("sqs"), urls
    client.send_message(QueueUrl=url, MessageBody="x")
    queue = SqsQueue(client, url, None, in_our_words)
    (message,) = queue.receive()
    assert abs(message.sent - datetime.now(UTC)) < timedelta(minutes=5)
    assert queue.waiting() == 1  # hidden, and yet there
    queue.release([message])
    (again,) = queue.receive()
    assert again.id == message.id
    queue.set_aside(again, "it is not JSON")
    assert queue.waiting() == 1  # it is among the dead letters already
    assert queue.delete([again]) == 1
    assert queue.waiting() == 0


def test_an_object_is_put_once_and_there_is_nothing_else_among_the_keys(
    emulated: AwsSession, bucket: S3Archive
) -> None:
    bucket.put(KEY, b"one")
    bucket.put(KEY, b"one")
    client = emulated.client("s3")
    client.put_object(Bucket="archive", Key="mail/events/readme.txt", Body=b"x")
    assert keys(bucket) == [KEY]
    assert bucket.get(KEY) == b"one"
    assert bucket.place == "s3://archive/mail"


def keys(archive: S3Archive, day: date | None = None) -> list[str]:
    return [stored.key for stored in archive.objects(day)]


def put_of(condition: bool) -> dict[str, Any]:
    asked = {"Bucket": "archive", "Key": KEY, "Body": b"one", "ContentType": "application/gzip"}
    return asked | ({"IfNoneMatch": "*"} if condition else {})


def test_an_object_that_somebody_writes_at_this_moment_is_written_all_the_same(session: AwsSession, stub: Stub) -> None:
    stubber = stub("s3")
    stubber.add_client_error("put_object", "ConditionalRequestConflict", expected_params=put_of(condition=True))
    stubber.add_response("put_object", {}, put_of(condition=False))
    S3Archive(session.client("s3"), "archive", "", in_our_words).put(KEY, b"one")


def test_an_object_that_cannot_be_written_says_where(session: AwsSession, stub: Stub) -> None:
    stub("s3").add_client_error("put_object", "AccessDenied", "not authorized")
    with pytest.raises(ProvisionerError, match=r"s3:PutObject \(archive\): AccessDenied") as failure:
        S3Archive(session.client("s3"), "archive", "", in_our_words).put(KEY, b"one")
    assert failure.value.code == "access_denied"


def test_keys_go_on_over_pages(session: AwsSession, stub: Stub) -> None:
    stubber, asked = stub("s3"), {"Bucket": "archive", "Prefix": "events/dt=2026-11-28/"}
    stubber.add_response(
        "list_objects_v2", {"Contents": [{"Key": KEY, "ETag": '"abc"'}], "NextContinuationToken": "more"}, asked
    )
    stubber.add_response(
        "list_objects_v2", {"Contents": [{"Key": KEY, "ETag": '"abc"'}]}, asked | {"ContinuationToken": "more"}
    )
    archive = S3Archive(session.client("s3"), "archive", "", in_our_words)
    assert list(archive.objects(date(2026, 11, 28))) == [Stored(KEY, "abc")] * 2


def test_a_bucket_that_is_not_there_is_said_to_be_no_archive(emulated: AwsSession) -> None:
    archive = S3Archive(emulated.client("s3"), "nowhere", "", in_our_words)
    with pytest.raises(ProvisionerError, match="the bucket nowhere does not exist") as failure:
        list(archive.objects())
    assert failure.value.code == "no_archive"


@pytest.mark.parametrize("code", ["NoSuchKey", "InvalidObjectState"])
def test_an_object_that_cannot_be_had_is_one_that_is_left_out(session: AwsSession, stub: Stub, code: str) -> None:
    stub("s3").add_client_error("get_object", code, "no")
    with pytest.raises(Damaged):
        S3Archive(session.client("s3"), "archive", "", in_our_words).get(KEY)
