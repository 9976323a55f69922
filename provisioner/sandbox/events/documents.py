"""What is sent to the sandbox's pages about events, read and checked."""

from collections.abc import Mapping
from typing import Any

from provisioner.errors import InputError
from provisioner.sandbox.events.outcome import BEHAVIOURS, Outcome


def messages_in(document: Any) -> tuple[str, list[str]]:
    """Return the topic's ARN and the texts to publish to it; raises `InputError`."""
    wanted = isinstance(document, Mapping) and set(document) == {"topic_arn", "messages"}
    topic, messages = (document["topic_arn"], document["messages"]) if wanted else (None, None)
    if not (isinstance(topic, str) and isinstance(messages, list) and all(isinstance(one, str) for one in messages)):
        raise InputError(
            "invalid_events",
            "events are an object with the members `topic_arn` and `messages`, a list of texts",
            'send e.g. {"topic_arn": "arn:aws:sns:...", "messages": ["..."]}',
        )
    return topic, messages


def behaviours_in(document: Any) -> dict[str, tuple[str, Outcome]]:
    """Return how the mailboxes of addresses (in lower case) answer; raises `InputError`."""
    if not isinstance(document, Mapping) or not document or not all(name in BEHAVIOURS for name in document.values()):
        raise InputError(
            "invalid_recipients",
            f"recipients are an object of addresses, each with one of {', '.join(BEHAVIOURS)}",
            'send e.g. {"gone@example.net": "bounce"}',
        )
    return {address.lower(): (name, BEHAVIOURS[name]) for address, name in document.items()}
