"""A standard queue whose messages cost the same however many there are; moto looks at all of them many times a call.

Source: SQS developer guide, "Visibility timeout", "Dead-letter queues", "Delay queues"; API reference, DeleteMessage,
ChangeMessageVisibility, SetQueueAttributes.
"""

import copy
import heapq
import itertools
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from moto.sqs.exceptions import InvalidParameterValue, ReceiptHandleIsInvalid
from moto.sqs.models import Queue as MotoQueue

from provisioner.sandbox import clock
from provisioner.sandbox.messaging.attributes import checked, told
from provisioner.sandbox.messaging.message import Message

_LONGEST_NAP = 0.25  # seconds: what falls due while somebody waits is found within


class Queue(MotoQueue):
    """Messages are found by id and by handle; those that can be received stand in a line, the others in a heap."""

    BASE_ATTRIBUTES = [*MotoQueue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]  # noqa: RUF012 reason: moto's own is a list
    redrive_allow_policy: str | None = None
    delay_seconds: int
    maximum_message_size: int
    message_retention_period: int

    def __init__(self, name: str, region: str, account_id: str, **attributes: Any) -> None:
        self._start([])
        super().__init__(name, region, account_id, **attributes)

    def _start(self, messages: list[Message]) -> None:
        self._held = {message.id: message for message in messages}
        self._handles: dict[str, str] = {}  # to ids; one that is too old stays known, for it is no error
        self._ready = deque(messages)
        self._later: list[tuple[float, int, Message]] = []
        self._numbers = itertools.count()

    @property
    def _messages(self) -> list[Any]:
        return list(self._held.values())

    @_messages.setter
    def _messages(self, messages: list[Any]) -> None:
        self._start(messages)

    def _set_attributes(self, attributes: dict[str, Any], now: float | None = None) -> None:
        """Change attributes; a policy that is not mentioned stays, which moto drops."""
        kept = getattr(self, "_policy_json", None)
        super()._set_attributes(checked(attributes, self.region, self.account_id), now)
        if "Policy" not in attributes and kept is not None:
            self._policy_json = kept

    @property
    def attributes(self) -> dict[str, Any]:
        """Return the attributes as GetQueueAttributes answers them."""
        return told(super().attributes, self.redrive_policy)

    @property
    def messages(self) -> list[Any]:
        """Return what can be received now."""
        now = clock.now_ms()
        return [message for message in self._messages if message.due <= now]

    @property
    def approximate_number_of_messages_delayed(self) -> int:
        """Return how many wait for their delay to pass."""
        now = clock.now_ms()
        return sum(message.delayed_until > now for message in self._messages)

    @property
    def approximate_number_of_messages_not_visible(self) -> int:
        """Return how many were received and neither deleted nor given up."""
        now = clock.now_ms()
        return sum(message.visible_at > now for message in self._messages)

    def add_message(self, message: Any) -> None:
        """Put a message in the queue."""
        with self._messages_lock:
            self._held[message.id] = message
            self._line_up(message)
            self._messages_lock.notify_all()

    def receive(self, count: int, wait_seconds: float, visibility_timeout: int) -> list[Message]:
        """Return copies of up to `count` messages, waiting for the first if need be."""
        end = time.monotonic() + wait_seconds
        with self._messages_lock:
            while not (found := self._take(count, visibility_timeout)) and (left := end - time.monotonic()) > 0:
                self._messages_lock.wait(min(left, _LONGEST_NAP))
        return found

    def dead_letter_source(self, message_id: str) -> str | None:
        """Return the ARN of the queue that gave a message up, None when it was sent here."""
        message = self._held.get(message_id)
        return message.dead_letter_source if message else None

    def delete_message(self, receipt_handle: str) -> None:
        """Delete a message by its newest handle; an older one is taken, and deletes nothing."""
        with self._messages_lock:
            message = self._message_of(receipt_handle)
            if message is not None and message.receipt_handle == receipt_handle:
                self._forget(message)

    def change_visibility(self, receipt_handle: str, visibility_timeout: int) -> None:
        """Let a message that somebody has appear again so many seconds from now."""
        with self._messages_lock:
            message, now = self._message_of(receipt_handle), clock.now_ms()
            if message is None or message.visible_at <= now or message.receipt_handle != receipt_handle:
                raise InvalidParameterValue(
                    f"Value {receipt_handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or "
                    "is not available for visibility timeout change."
                )
            message.visible_at = now + visibility_timeout * 1000 if visibility_timeout else 0.0
            self._line_up(message)
            self._messages_lock.notify_all()

    def _message_of(self, receipt_handle: str) -> Message | None:
        """Return the message that was received by a handle, None when it is no longer here."""
        if receipt_handle not in self._handles:
            raise ReceiptHandleIsInvalid
        return self._held.get(self._handles[receipt_handle])

    def _line_up(self, message: Message) -> None:
        if message.due <= clock.now_ms():
            self._ready.append(message)
        else:
            heapq.heappush(self._later, (message.due, next(self._numbers), message))

    def _take(self, count: int, visibility_timeout: int) -> list[Message]:
        now = clock.now_ms()
        taken: dict[str, Message] = {}
        for message in self._receivable(now):
            if message.id in taken:
                continue
            if self._is_given_up(message):
                self._hand_over(message)
                continue
            self._handles[message.received(now, visibility_timeout)] = message.id
            taken[message.id] = message
            if len(taken) == count:
                break
        for message in taken.values():
            self._line_up(message)
        return [copy.copy(message) for message in taken.values()]

    def _receivable(self, now: float) -> Iterator[Message]:
        """Yield what can be received, and drop what is kept too long; entries that are no longer true are skipped."""
        while self._later and self._later[0][0] <= now:
            due, _, message = heapq.heappop(self._later)
            if message.due == due:
                self._ready.append(message)
        oldest = now - self.message_retention_period * 1000
        while self._ready:
            message = self._ready.popleft()
            if message.id not in self._held or message.due > now:
                continue
            if message.sent_timestamp < oldest:
                self._forget(message)
                continue
            yield message

    def _is_given_up(self, message: Message) -> bool:
        policy = self.redrive_policy if self.dead_letter_queue is not None else None
        return policy is not None and message.approximate_receive_count >= policy["maxReceiveCount"]

    def _hand_over(self, message: Message) -> None:
        self._forget(message)
        message.dead_letter_source = self.queue_arn
        if self.dead_letter_queue is not None:
            self.dead_letter_queue.add_message(message)

    def _forget(self, message: Message) -> None:
        del self._held[message.id]
