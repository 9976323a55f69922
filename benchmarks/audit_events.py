"""Made-up events of SES for the benchmark: of real size, for hundreds of customers, some far larger than others."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from provisioner.adapters.disk.archive import DirectoryArchive
from provisioner.core.audit.archive import Entry, entries_in, pack
from provisioner.ports.audit import Message

CUSTOMERS = 870
FIRST = date(2026, 11, 1)
DAYS = 28
RECEIVED = datetime(2026, 11, 28, 23, tzinfo=UTC)
DUPLICATES = 100  # one message in so many is delivered twice
POISON = 1_000  # one in so many is no event

_KINDS = (("Send", 50), ("Delivery", 45), ("Bounce", 3), ("Complaint", 1), ("DeliveryDelay", 1))
_HEADERS = {
    "From": "Shop <shop@DOMAIN>",
    "To": "RECIPIENT",
    "Subject": "Your order MESSAGE",
    "MIME-Version": "1.0",
    "Content-Type": 'multipart/alternative; boundary="----=_Part_7307378_1629847660.1516840721503"',
    "X-Mailer": "WPMailSMTP/Mailer/smtp 4.1.1",
    "Message-ID": "<MESSAGE@DOMAIN>",
}


def _template(kind: str) -> str:
    said: dict[str, dict[str, Any]] = {
        "Send": {},
        "Delivery": {"recipients": ["RECIPIENT"], "smtpResponse": "250 2.0.0 OK", "processingTimeMillis": 812},
        "Bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "feedbackId": "feedback-MESSAGE",
            "bouncedRecipients": [
                {"emailAddress": "RECIPIENT", "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 no"}
            ],
        },
        "Complaint": {
            "complainedRecipients": [{"emailAddress": "RECIPIENT"}],
            "complaintFeedbackType": "abuse",
            "feedbackId": "feedback-MESSAGE",
        },
        "DeliveryDelay": {"delayType": "General", "delayedRecipients": [{"emailAddress": "RECIPIENT"}]},
    }
    mail = {
        "timestamp": "DAYT10:00:00.000Z",
        "source": "shop@DOMAIN",
        "sourceArn": "arn:aws:ses:us-east-1:123456789012:identity/DOMAIN",
        "sendingAccountId": "123456789012",
        "messageId": "MESSAGE",
        "destination": ["RECIPIENT"],
        "headersTruncated": False,
        "headers": [{"name": name, "value": value} for name, value in _HEADERS.items()],
        "commonHeaders": {"from": ["Shop <shop@DOMAIN>"], "to": ["RECIPIENT"], "subject": "Your order MESSAGE"},
        "tags": {
            "ses:configuration-set": ["SET"],
            "ses:source-ip": ["192.0.2.17"],
            "ses:from-domain": ["DOMAIN"],
            "ses:caller-identity": ["DOMAIN"],
        },
    }
    member = kind[:1].lower() + kind[1:]
    return json.dumps({"eventType": kind, member: {**said[kind], "timestamp": "DAYT10:00:05.000Z"}, "mail": mail})


_TEMPLATES = [_template(kind) for kind, _ in _KINDS]
_WEIGHTS = [weight for _, weight in _KINDS]


def body(number: int) -> str:
    """Return the event of a number, always the same."""
    chance = random.Random(number)  # noqa: S311 - which event, no secret
    template = chance.choices(_TEMPLATES, _WEIGHTS)[0]
    for name, value in _values(number, chance).items():
        template = template.replace(name, value)
    return template


def _values(number: int, chance: random.Random) -> Mapping[str, str]:
    customer = f"customer{min(int(chance.paretovariate(0.8)), CUSTOMERS)}"
    return {
        "MESSAGE": f"0100018f{number:012x}-example",
        "RECIPIENT": f"r{chance.randrange(10**6)}@mx{chance.randrange(300)}.example",
        "DOMAIN": f"{customer}.example",
        "SET": f"{customer}-example",
        "DAY": _day(number).isoformat(),
    }


def _day(number: int) -> date:
    return FIRST + timedelta(days=number % DAYS)


class MadeUpQueue:
    """`ports.audit.Queue` of so many events that are made up as they are received, so that they cost no memory.

    Some are delivered twice, and some are no events: that is what SQS does, and what others may put there.
    """

    def __init__(self, events: int) -> None:
        self.poison = 0
        self._numbers = self._all(events)
        self._left = events

    def _all(self, events: int) -> Iterator[int]:
        for number in range(events):
            yield number
            if number % DUPLICATES == 0:
                yield max(0, number - DUPLICATES // 2)

    def receive(self) -> Sequence[Message]:
        """Return the next ten."""
        return [self._message(number) for _, number in zip(range(10), self._numbers, strict=False)]

    def _message(self, number: int) -> Message:
        text = "no event" if number % POISON == POISON - 1 else body(number)
        return Message(str(number), str(number), text, RECEIVED)

    def delete(self, messages: Sequence[Message]) -> int:
        """Forget them."""
        return len(messages)

    def set_aside(self, message: Message, reason: str) -> None:  # noqa: ARG002 - the port's
        """Count it."""
        self.poison += 1

    def release(self, messages: Sequence[Message]) -> None:
        """Do nothing: nobody else receives."""

    def waiting(self) -> int:
        """Return none."""
        return 0


def fill(root: Path, events: int, each: int = 9_000) -> None:
    """Write an archive of so many events, `each` in an object."""
    archive, chance = DirectoryArchive(root), random.Random(1)  # noqa: S311 - which event, no secret
    models = [_model(template) for template in _TEMPLATES]
    for day in range(DAYS):
        numbers = range(day, events, DAYS)
        for start in range(0, len(numbers), each):
            entries = [_entry(chance.choices(models, _WEIGHTS)[0], n, chance) for n in numbers[start : start + each]]
            for packed in pack(entries):
                archive.put(packed.key, packed.data)


def _model(template: str) -> Entry:
    """Return the entry of a kind with placeholders in it: to read a million events anew would take minutes."""
    values = {
        "DOMAIN": "domain.example",
        "SET": "domain-example",
        "DAY": FIRST.isoformat(),
        "RECIPIENT": "RECIPIENT@x.yz",
    }
    for name, value in values.items():
        template = template.replace(name, value)
    (entry,) = entries_in(template, RECEIVED) or []

    def back(text: str) -> str:
        for name, value in values.items():
            text = text.replace(value, name)
        return text

    return Entry(entry.id, entry.day, entry.at, back(entry.head), back(entry.raw))


def _entry(model: Entry, number: int, chance: random.Random) -> Entry:
    entry_id = hashlib.blake2b(str(number).encode(), digest_size=16).hexdigest()
    head, raw = model.head.replace(model.id, entry_id), model.raw
    for name, value in _values(number, chance).items():
        head, raw = head.replace(name, value), raw.replace(name, value)
    return Entry(entry_id, _day(number), f"{_day(number)}T10:00:05.000Z", head, raw)
