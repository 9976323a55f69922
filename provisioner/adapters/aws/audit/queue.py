"""The queue of SES's events in SQS, behind `ports.audit.Queue`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from provisioner.ports.audit import Message

_MOST = 10  # of SQS, for every kind of batch
_WAIT = 1  # seconds of long polling: then all of SQS's servers were asked, and an empty answer means an empty queue
_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
_REASON = "reason"  # the attribute of a dead letter


class SqsQueue:
    """A queue by its URL; `dead_letters` is the URL of the one for what nobody can read, None: it is left where it is.

    `in_our_words` turns botocore's errors into ours.
    """

    def __init__(
        self,
        client: Any,
        url: str,
        dead_letters: str | None,
        in_our_words: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._client = client
        self._url = url
        self._dead_letters = dead_letters
        self._in_our_words = in_our_words

    def receive(self) -> Sequence[Message]:
        """Return up to ten messages, none when none came for a second."""
        with self._in_our_words("sqs:ReceiveMessage"):
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_MOST,
                WaitTimeSeconds=_WAIT,
                AttributeNames=["SentTimestamp"],  # its newer name is not known to every boto3 that Lambda has
            )
        return [_message(one) for one in answer.get("Messages", ())]

    def delete(self, messages: Sequence[Message]) -> int:
        """Delete messages; return how many are gone."""
        with self._in_our_words("sqs:DeleteMessage"):
            answer = self._client.delete_message_batch(QueueUrl=self._url, Entries=_entries(messages))
        return len(answer.get("Successful", ()))

    def set_aside(self, message: Message, reason: str) -> None:
        """Send the message to the dead letters, then delete it; where it is one already, leave it."""
        if self._dead_letters is None:
            return
        attributes = {
            _REASON: {"DataType": "String", "StringValue": reason},
            "message_id": {"DataType": "String", "StringValue": message.id},
            "sent": {"DataType": "String", "StringValue": message.sent.isoformat()},
        }
        with self._in_our_words("sqs:SendMessage"):
            self._client.send_message(
                QueueUrl=self._dead_letters, MessageBody=message.body, MessageAttributes=attributes
            )
        with self._in_our_words("sqs:DeleteMessage"):
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message.handle)

    def release(self, messages: Sequence[Message]) -> None:
        """Let others receive messages at once; one that is gone does not matter."""
        entries = [entry | {"VisibilityTimeout": 0} for entry in _entries(messages)]
        with self._in_our_words("sqs:ChangeMessageVisibility"):
            self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)

    def waiting(self) -> int:
        """Return how many messages SQS has, about."""
        with self._in_our_words("sqs:GetQueueAttributes"):
            answer = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=list(_COUNTS))
        return sum(int(answer["Attributes"].get(name, 0)) for name in _COUNTS)


def _message(answer: dict[str, Any]) -> Message:
    sent = int(answer.get("Attributes", {}).get("SentTimestamp", 0)) / 1000
    return Message(
        id=answer["MessageId"],
        handle=answer["ReceiptHandle"],
        body=answer.get("Body", ""),
        sent=datetime.fromtimestamp(sent, UTC) if sent else datetime.now(UTC),
    )


def _entries(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [{"Id": str(number), "ReceiptHandle": message.handle} for number, message in enumerate(messages)]
