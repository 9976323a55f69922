"""What stands in a message of the queue: SES's event as it is, in the envelope of SNS, or in a line of an archive."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# What SES publishes to a topic when it is first given it; for identity notifications it says the same in JSON.
_VALIDATION = "Successfully validated SNS topic for Amazon SES"
_SUBSCRIBED = "AmazonSnsSubscriptionSucceeded"
# Half of a surrogate pair can be escaped in JSON, and yet no reader of ours may take it: it becomes a question mark.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_DEEPEST = 100  # levels of a document; SES's have five


def _refuse(constant: str) -> None:
    raise ValueError(constant)


# Made once: to make them costs as much as what they do.
_DECODER = json.JSONDecoder(parse_constant=_refuse)
_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


class Unreadable(ValueError):
    """A message is no event of SES; the text says why, in words that hold nothing of the message."""


def open_message(body: str) -> Mapping[str, Any] | None:
    """Return the event's document; None for what SES publishes besides events. Raises `Unreadable`.

    SNS wraps what it delivers unless raw delivery is on: `Type` is `Notification`, and `Message` a string.
    """
    if body.startswith(_VALIDATION):
        return None
    document = _object(body)
    kind, inner = document.get("Type"), document.get("Message")
    if kind == "Notification" and isinstance(inner, str):
        if inner.startswith(_VALIDATION):
            return None
        document = _object(inner)
    elif isinstance(kind, str) and "TopicArn" in document:
        raise Unreadable("it is a message of SNS about a subscription")
    kept = document.get("raw")
    if "v" in document and isinstance(kept, dict):
        document = kept
    return None if document.get("notificationType") == _SUBSCRIBED else document


def compact(document: Mapping[str, Any]) -> str:
    """Return the document as JSON on one line, in ASCII. Raises `Unreadable` for a number that JSON has not."""
    try:
        return _ENCODER.encode(document)
    except ValueError:
        raise Unreadable("it holds a number that JSON cannot write") from None


def _object(text: str) -> Mapping[str, Any]:
    try:
        document = _DECODER.decode(text)
        if _HALF.search(text):
            document = json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except ValueError:
        raise Unreadable("it is not JSON") from None
    if not isinstance(document, dict):
        raise Unreadable("it is JSON, but not an object")
    if text.count("{") + text.count("[") > _DEEPEST and _is_deeper(document, _DEEPEST):
        raise Unreadable("it is nested too deeply")
    return document


def _is_deeper(document: object, levels: int) -> bool:
    """Say whether the document has more levels."""
    layer = [document]
    for _ in range(levels):
        layer = [
            item
            for one in layer
            for item in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
            if isinstance(item, (dict, list))
        ]
        if not layer:
            return False
    return True
