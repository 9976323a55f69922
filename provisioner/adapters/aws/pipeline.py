"""What AWS has of an audit pipeline, behind `ports.audit_edges.Look`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from provisioner.adapters.aws.session import AwsSession, in_our_words, unless_absent
from provisioner.core.audit.names import COLLECTOR, DEAD_LETTER_QUEUE, QUEUE
from provisioner.core.terraform.hops import Hops, Waiting
from provisioner.core.terraform.pipeline import Pipeline

_NO_TOPIC = ("NotFound", "NotFoundException")
_NO_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_DAYS = 14  # of events are looked through for the last one: as long as the queue keeps them


def look_at(session: AwsSession, pipeline: Pipeline) -> Hops:
    """Look at each hop."""
    region = pipeline.region.name
    topic, subscribed = _topic(session.client("sns", region), pipeline.topic_arn)
    sqs = session.client("sqs", region)
    archive, last = _archive(session.client("s3", region), pipeline.bucket)
    return Hops(
        topic=topic,
        subscribed=subscribed,
        queue=_queue(sqs, QUEUE),
        dead_letters=_queue(sqs, DEAD_LETTER_QUEUE),
        collector=_collector(session.client("lambda", region)),
        archive=archive,
        last_collected=last,
    )


def _topic(client: Any, arn: str) -> tuple[bool, bool]:
    """Say whether the topic exists, and whether the queue hears it."""
    with in_our_words("sns:GetTopicAttributes"):
        found = unless_absent(lambda: client.get_topic_attributes(TopicArn=arn), *_NO_TOPIC)
    if found is None:
        return False, False
    with in_our_words("sns:ListSubscriptionsByTopic"):
        pages = list(client.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn))
    return True, any(one["Endpoint"].endswith(f":{QUEUE}") for page in pages for one in page["Subscriptions"])


def _queue(client: Any, name: str) -> Waiting | None:
    with in_our_words("sqs:GetQueueUrl"):
        found = unless_absent(lambda: client.get_queue_url(QueueName=name), *_NO_QUEUE)
    if found is None:
        return None
    url = str(found["QueueUrl"])
    with in_our_words("sqs:GetQueueAttributes"):
        counts = client.get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTS))["Attributes"]
    return Waiting(url, sum(int(counts.get(name, 0)) for name in _COUNTS))


def _collector(client: Any) -> str | None:
    with in_our_words("lambda:GetFunctionConfiguration"):
        asked = {"FunctionName": COLLECTOR}
        answer = unless_absent(lambda: client.get_function_configuration(**asked), "ResourceNotFoundException")
    return None if answer is None else str(answer.get("State") or "Active")  # functions had no state before 2020


def _archive(client: Any, bucket: str) -> tuple[bool, datetime | None]:
    with in_our_words("s3:ListBucket"):
        times = unless_absent(lambda: list(_times(client, bucket)), "NoSuchBucket")
    return times is not None, max(times or (), default=None)


def _times(client: Any, bucket: str) -> Iterator[datetime]:
    since = (datetime.now(UTC) - timedelta(days=_DAYS)).date()
    asked = {"Bucket": bucket, "Prefix": "events/", "StartAfter": f"events/dt={since}"}
    for page in client.get_paginator("list_objects_v2").paginate(**asked):
        yield from (one["LastModified"] for one in page.get("Contents", ()))
