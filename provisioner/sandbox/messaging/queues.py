"""The queues of one region, as the sandbox serves them: moto's, with standard queues of our own kind."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import JsonRESTError, ServiceException
from moto.sqs import urls
from moto.sqs.exceptions import InvalidParameterValue, QueueAlreadyExists, SQSException
from moto.sqs.models import Queue as MotoQueue
from moto.sqs.models import SQSBackend, _filter_message_attributes, sqs_backends

from provisioner.sandbox.messaging import encryption
from provisioner.sandbox.messaging.message import Message
from provisioner.sandbox.messaging.permission import Who, refusal
from provisioner.sandbox.messaging.queue import Queue
from provisioner.sandbox.policy.resource import Service

_FIFO = ".fifo"
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # SQS API reference, SendMessage
_LONGEST_DELAY = 900


class QueueStore(SQSBackend):
    """SQS of one region."""

    _url_module = urls  # moto looks beside its own class otherwise

    def create_queue(self, name: str, tags: dict[str, str] | None = None, **attributes: Any) -> MotoQueue:
        """Make a queue; one that exists with the same attributes is answered again."""
        attributes.pop("region", None)
        kind: Any = MotoQueue if name.endswith(_FIFO) else Queue
        made: MotoQueue = kind(name, self.region_name, self.account_id, **attributes)
        known = self.queues.get(name)
        if known is not None:
            if any(known.attributes.get(key) != made.attributes.get(key) for key in attributes):
                raise QueueAlreadyExists(
                    "A queue already exists with the same name and a different value for an attribute"
                )
            return known
        made.tags = tags or {}
        self.queues[name] = made
        return made

    def send_message(self, queue_name: str, message_body: str, *args: Any, **given: Any) -> Any:
        """Put a message into a queue that takes it."""
        queue = self.get_queue(queue_name)
        if not isinstance(queue, Queue):
            return super().send_message(queue_name, message_body, *args, **given)
        return _put(queue, message_body, given)

    def deliver(self, queue_name: str, body: str, attributes: dict[str, Any], who: Who, source: dict[str, str]) -> None:
        """Put a message into a queue for a service, if the queue's policy lets it; raises one of `NOT_DELIVERED`."""
        queue = self.get_queue(queue_name)
        why = refusal(policy_of(queue), who, "SQS:SendMessage", queue.queue_arn, source)
        if why is None and isinstance(who, Service):
            key: str | None = getattr(queue, "kms_master_key_id", None)
            why = encryption.refusal(key, who, queue.queue_arn, source)
        if why:
            raise AccessDeniedError(why)
        self.send_message(queue_name, body, message_attributes=attributes)

    def receive_message(
        self,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> list[Any]:
        """Receive messages, with those of their attributes that are asked for."""
        queue = self.get_queue(queue_name)
        if not isinstance(queue, Queue):
            asked = (wait_seconds_timeout, visibility_timeout, message_attribute_names)
            return super().receive_message(queue_name, count, *asked)
        found = queue.receive(count, wait_seconds_timeout or 0, int(visibility_timeout))
        for message in found:
            _filter_message_attributes(message, message_attribute_names or [])
        return found

    def change_message_visibility(self, queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
        """Let a message appear again sooner or later."""
        queue = self.get_queue(queue_name)
        if isinstance(queue, Queue):
            queue.change_visibility(receipt_handle, int(visibility_timeout))
        else:
            super().change_message_visibility(queue_name, receipt_handle, visibility_timeout)


def policy_of(queue: Any) -> str | None:
    """Return the policy of a queue of either kind."""
    policy: str | None = queue.policy
    return policy


class AccessDeniedError(JsonRESTError):
    """SQS's refusal."""

    code = 403

    def __init__(self, why: str) -> None:
        super().__init__("AccessDenied", why)


NOT_DELIVERED = (ServiceException, JsonRESTError)  # what SQS says when a queue does not take a message


def register() -> None:
    """Make moto create SQS backends of this kind from now on; call after moto was reset."""
    sqs_backends.backend = QueueStore


def unregister() -> None:
    """Give moto back its own SQS."""
    sqs_backends.backend = SQSBackend


def _put(queue: Queue, body: str, given: Mapping[str, Any]) -> Message:
    """Put a message into a queue; `given` are moto's optional arguments by name."""
    attributes, delay = given.get("message_attributes") or {}, given.get("delay_seconds")
    delay = queue.delay_seconds if delay is None else int(delay)
    _check(queue, body, attributes, delay)
    message = Message(str(uuid.uuid4()), body, given.get("system_attributes"))
    message.message_attributes = attributes
    message.group_id, message.deduplication_id = given.get("group_id"), given.get("deduplication_id")
    message.mark_sent(delay_seconds=delay)
    queue.add_message(message)
    return message


def _check(queue: Queue, body: str, attributes: dict[str, Any], delay: int) -> None:
    size = len(body.encode("utf-8", "surrogatepass")) + sum(_size(name, value) for name, value in attributes.items())
    if not body:
        raise SQSException("MissingParameter", "The request must contain the parameter MessageBody.")
    if size > queue.maximum_message_size:
        limit = queue.maximum_message_size
        why = f"One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes."
        raise InvalidParameterValue(why)
    if _FORBIDDEN.search(body):
        raise SQSException("InvalidMessageContents", "Invalid binary character was found in the message body.")
    if not 0 <= delay <= _LONGEST_DELAY:
        why = f"Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
        raise InvalidParameterValue(why)


def _size(name: str, value: dict[str, Any]) -> int:
    content = value.get("BinaryValue") or str(value.get("StringValue") or "").encode()
    return len(name.encode()) + len(str(value.get("DataType", "")).encode()) + len(content)
