"""Events as SES tells them, for tests: AWS's own samples, and others made of them."""

import copy
import functools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RECEIVED = datetime(2026, 11, 28, 12, tzinfo=UTC)
SAMPLES = sorted((Path(__file__).parent / "ses_events").glob("*.json"))
VALIDATION = "Successfully validated SNS topic for Amazon SES event publishing."


@functools.cache
def _sample(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(next(path for path in SAMPLES if f"-{name}-" in path.name).read_text())
    return found


def event(name: str, number: int = 0, *, set_name: str = "example-com", **of_mail: Any) -> dict[str, Any]:
    """Return AWS's sample of this kind as the event of a message of its own; `of_mail` replaces members of `mail`."""
    made = copy.deepcopy(_sample(name))
    made["mail"]["messageId"] = f"message-{number}"
    made["mail"]["tags"]["ses:configuration-set"] = [set_name]
    made["mail"] |= of_mail
    return made


def bounce(
    number: int = 0, *recipients: dict[str, Any], label: str = "Permanent", sub: str = "General"
) -> dict[str, Any]:
    """Return a bounce, by default of one recipient who is unknown."""
    made = event("bounce", number)
    made["bounce"] |= {"bounceType": label, "bounceSubType": sub, "feedbackId": f"feedback-{number}"}
    if recipients:
        made["bounce"]["bouncedRecipients"] = list(recipients)
    return made


def notified(made: dict[str, Any]) -> dict[str, Any]:
    """Return the same event as an identity's notification tells it."""
    other = copy.deepcopy(made)
    other["notificationType"] = other.pop("eventType")
    tags = other["mail"].pop("tags")
    other["mail"] |= {"callerIdentity": tags["ses:caller-identity"][0], "sourceIp": tags["ses:source-ip"][0]}
    return other


def wrapped(message: str, **others: str) -> str:
    """Return a message in the envelope of SNS."""
    envelope = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:provisioner-feedback",
        "Message": message,
        "Timestamp": "2026-11-28T12:00:00.000Z",
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
    }
    return json.dumps(envelope | others)
