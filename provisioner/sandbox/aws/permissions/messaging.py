"""Which actions and resources an operation of SNS or SQS is authorised on.

Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon SNS" and "... Amazon SQS". A
batch counts as its single actions; what has a subscription's ARN is authorised on no resource of its own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_NAMED_OTHERWISE = {
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "DeleteMessageBatch": "DeleteMessage",
    "PublishBatch": "Publish",
    "SendMessageBatch": "SendMessage",
}


def of_queue(operation: str, asked: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Yield (action, name of the queue), None for what concerns all of them."""
    url = str(asked.get("QueueUrl") or "")
    name = asked.get("QueueName") or url.rstrip("/").rpartition("/")[2] or None
    yield _NAMED_OTHERWISE.get(operation, operation), name
    if operation == "CreateQueue" and asked.get("tags"):
        yield "TagQueue", name


def of_topic(operation: str, asked: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Yield (action, name of the topic), None for what concerns all of them."""
    arn = str(asked.get("TopicArn") or asked.get("TargetArn") or asked.get("ResourceArn") or "")
    name = asked.get("Name") or arn.rpartition(":")[2] or None
    yield _NAMED_OTHERWISE.get(operation, operation), name
    if operation == "CreateTopic" and asked.get("Tags"):
        yield "TagResource", name
