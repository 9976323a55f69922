"""One message in a queue: when it can be received, and by which handles it is known."""

import secrets
from typing import Any

from moto.sqs.models import Message as MotoMessage

from provisioner.sandbox import clock


class Message(MotoMessage):
    """A message of a standard queue; `dead_letter_source` is the ARN of the queue that gave it up."""

    dead_letter_source: str | None = None
    sent_timestamp: Any  # an int; moto begins with None

    @property
    def due(self) -> float:
        """Return when it can be received, in milliseconds since 1970."""
        return float(max(self.visible_at, self.delayed_until))

    def mark_sent(self, delay_seconds: int | None = None) -> None:
        """Note that it was sent now, to be received after a delay."""
        now = clock.now_ms()
        self.sent_timestamp = int(now)
        self.delayed_until = now + delay_seconds * 1000 if delay_seconds else 0.0

    def received(self, now: float, visibility_timeout: int) -> str:
        """Note that it was received, and return the handle that whoever has it can delete it by."""
        self.approximate_first_receive_timestamp = self.approximate_first_receive_timestamp or int(now)
        self.approximate_receive_count += 1
        self.visible_at = now + visibility_timeout * 1000
        self.receipt_handle = secrets.token_urlsafe(96)
        return self.receipt_handle
