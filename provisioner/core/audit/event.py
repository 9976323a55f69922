"""An event of SES, in either of its two dialects: event publishing and identity notifications.

Source: SES developer guide, "Contents of event data in Amazon SNS" and "Amazon SNS notification contents". Fields that
are absent, new or of another type than documented are no reason to lose an event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from provisioner.core.audit.envelope import Unreadable

_EARLIEST = datetime(2011, 1, 1, tzinfo=UTC)  # SES itself is of January 2011
_AHEAD = timedelta(days=366)  # a clock may be wrong, or turned; what is further ahead is no time
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_SPACED_OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")  # one documented example has `2018-10-08T14:05:45 +0000`
_IN_BRACKETS = re.compile(r"<([^<>]*)>\s*$")
_LONGEST_TYPE = 40
_RECIPIENTS = {
    "bounce": "bouncedRecipients",
    "complaint": "complainedRecipients",
    "delivery_delay": "delayedRecipients",
}
_SUB_TYPES = ("bounceSubType", "complaintSubType", "delayType", "reason")
_PAYLOADS = {"rendering_failure": "failure"}

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom an event is about, and what the receiving server said of it; `address` None: SES named nobody."""

    address: str | None
    action: str | None = None
    status: str | None = None
    diagnostic: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What SES says happened to a message.

    `type` is SES's kind in snake case: `send`, `delivery_delay`, `rendering_failure`. `stamp` is the time as SES wrote
    it, which is the same however often the event is delivered; `at` the moment that it means, and when it means none,
    that of the mail or of the event's arrival.
    """

    type: str
    at: datetime
    stamp: str
    message_id: str
    sender: str | None
    source_arn: str | None
    configuration_set: str | None
    from_domain: str | None
    caller: str | None
    source_ip: str | None
    label: str | None
    sub_type: str | None
    feedback: str | None
    feedback_id: str | None
    recipients: Sequence[Recipient]


def parse_event(document: Object, received: datetime) -> Event:
    """Read an event; `received` is when it came into the queue. Raises `Unreadable` for what is none."""
    kind = _text(document.get("eventType")) or _text(document.get("notificationType"))
    mail = _object(document.get("mail"))
    message_id = _text(mail.get("messageId"))
    if kind is None:
        raise Unreadable("it has neither eventType nor notificationType")
    if message_id is None:
        raise Unreadable("it names no message: mail.messageId is missing")
    name = type_of(kind)
    said = _object(document.get(_PAYLOADS.get(name, kind[:1].lower() + kind[1:])))
    stamp = _text(said.get("timestamp")) or _text(mail.get("timestamp")) or ""
    return Event(
        type=name,
        at=_moment(stamp, received) or _moment(_text(mail.get("timestamp")) or "", received) or received,
        stamp=stamp,
        message_id=message_id,
        sender=_sender(mail),
        source_arn=_text(mail.get("sourceArn")),
        configuration_set=_tag(mail, "ses:configuration-set"),
        from_domain=_tag(mail, "ses:from-domain"),
        caller=_tag(mail, "ses:caller-identity") or _text(mail.get("callerIdentity")),
        source_ip=_tag(mail, "ses:source-ip") or _text(mail.get("sourceIp")),
        label=_text(said.get("bounceType")),
        sub_type=next(filter(None, (_text(said.get(member)) for member in _SUB_TYPES)), None),
        feedback=_text(said.get("complaintFeedbackType")),
        feedback_id=_text(said.get("feedbackId")),
        recipients=tuple(_recipients(name, said, mail)),
    )


def type_of(kind: str) -> str:
    """Return SES's kind of event in snake case: `DeliveryDelay` -> `delivery_delay`; `unknown` without letters."""
    return _WORD.sub("_", kind).strip("_").lower()[:_LONGEST_TYPE] or "unknown"


def bare_address(text: str) -> str:
    """Return the address alone of `Sender Name <sender@example.com>`, its domain in lower case."""
    bracketed = _IN_BRACKETS.search(text)
    local, at, domain = (bracketed.group(1) if bracketed else text).strip().rpartition("@")
    return f"{local}@{domain.lower()}" if at else domain


def _recipients(name: str, said: Object, mail: Object) -> Iterator[Recipient]:
    """Yield each recipient that the event names once: those that bounced or complained, not all the mail was for."""
    seen = set()
    for one in map(_recipient, _named(name, said, mail)):
        if one.address and one.address.lower() not in seen:
            seen.add(one.address.lower())
            yield one
    if not seen:
        yield Recipient(None, diagnostic=_answer(said))


def _named(name: str, said: Object, mail: Object) -> Sequence[Any]:
    if member := _RECIPIENTS.get(name):
        return _list(said.get(member))
    if name == "delivery":
        return [{"emailAddress": one, "diagnosticCode": _answer(said)} for one in _list(said.get("recipients"))]
    return [{"emailAddress": one, "diagnosticCode": _answer(said)} for one in _list(mail.get("destination"))]


def _recipient(entry: Any) -> Recipient:
    given = _object(entry)
    address = _text(given.get("emailAddress"))
    return Recipient(
        address=bare_address(address) if address else None,
        action=_text(given.get("action")),
        status=_text(given.get("status")),
        diagnostic=_text(given.get("diagnosticCode")),
    )


def _answer(said: Object) -> str | None:
    """Return what was said of all recipients alike."""
    return _text(said.get("smtpResponse")) or _text(said.get("reason")) or _text(said.get("errorMessage"))


def _sender(mail: Object) -> str | None:
    """Return the address of the From header, of the envelope where SES gives no headers."""
    written = next(iter(_list(_object(mail.get("commonHeaders")).get("from"))), None)
    text = _text(written) or _text(mail.get("source"))
    return bare_address(text) if text else None


def _tag(mail: Object, name: str) -> str | None:
    """Return a tag that SES itself sets; senders cannot: a tag of theirs has no colon."""
    value = _object(mail.get("tags")).get(name)
    return _text(next(iter(value), None) if isinstance(value, list) else value)


def _moment(stamp: str, received: datetime) -> datetime | None:
    """Return the moment in UTC, None for what is none or lies where no event can."""
    try:
        moment = datetime.fromisoformat(_SPACED_OFFSET.sub("", stamp.strip()))
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _EARLIEST <= moment <= received + _AHEAD else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _object(value: Any) -> Object:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
