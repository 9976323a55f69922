"""Reads an event of SES out of a text: whole or in fragments, in both dialects, in any envelope, or of a DSN."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.core.explain.event_rows import BOUNCES, COMPLAINTS, DELAYS, NO_MAILBOX, OTHERS, TEST_MESSAGE
from provisioner.core.explain.explanation import Row

_KEYS = frozenset(
    {
        "eventtype", "notificationtype", "bouncetype", "bouncesubtype", "complaintfeedbacktype", "complaintsubtype",
        "delaytype", "diagnosticcode", "status", "action", "emailaddress", "source", "reason", "errormessage",
        "smtpresponse",
    }
)  # fmt: skip
_FIELD = re.compile(r"""["']?\b(?P<key>[A-Za-z]{5,24})["']?\s*[:=]\s*(?P<quote>["'])(?P<value>.*?)(?<!\\)(?P=quote)""")
_DSN_FIELD = re.compile(
    r"^[ \t>]*(?P<key>Final-Recipient|Original-Recipient|Action|Status|Diagnostic-Code):[ "
    r"\t]*(?P<value>.*(?:\n[ \t]+\S.*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_DSN_KEYS = {
    "final-recipient": "emailaddress", "original-recipient": "emailaddress", "action": "action", "status": "status",
    "diagnostic-code": "diagnosticcode",
}  # fmt: skip
_SUB_TYPES = sorted({sub for _, sub in BOUNCES}, key=len, reverse=True)
_PAIR = re.compile(rf"\b(permanent|transient)\b[^a-z]{{1,6}}({'|'.join(_SUB_TYPES)})\b", re.IGNORECASE)
_UNDETERMINED = re.compile(r"\bbounce\w*\W+(?:type\W+)?(undetermined)\b|\b(undetermined) bounce", re.IGNORECASE)
_OWN_SUB_TYPE = re.compile(  # these words are nothing else's
    r"\b(OnAccountSuppressionList|OnTenantSuppressionList|EmailValidationSuppressed|UnsubscribedRecipient|"
    r"CustomTimeoutExceeded|AttachmentRejected|MessageTooLarge|ContentRejected)\b",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"\bdelivery ?delay\w*\W+(?:type\W+)?([a-z]+)|\b(TransientCommunicationFailure|"
    r"BYOIPHostNameLookupUnavailable|SpamDetected|IPFailure|"
    r"RecipientServerError|SendingDeferral|InternalFailure)\b",
    re.IGNORECASE,
)
_FEEDBACK = re.compile(
    r"\bcomplaint\b\W+(?:\w+\W+){0,3}?(abuse|not-spam|auth-failure|fraud|virus|other)\b", re.IGNORECASE
)
_REJECT = re.compile(r"\b(reject)\b.{0,40}\bbad content|\bbad content\b.{0,20}\b(reject)", re.IGNORECASE)
_NAMED = re.compile(  # a field without quotes: `bounceSubType NoEmail`, `delayType=IPFailure`
    r"\b(bounceSubType|complaintFeedbackType|delayType|sub[- ]?type)\b\W{1,3}([A-Za-z-]{3,40})", re.IGNORECASE
)
_RENDERING = re.compile(r"\b(rendering ?failure)\b", re.IGNORECASE)
_WORDS: tuple[tuple[re.Pattern[str], Mapping[str, Row]], ...] = (
    (_OWN_SUB_TYPE, {sub: row for (_, sub), row in BOUNCES.items()}),
    (_UNDETERMINED, {"undetermined": BOUNCES["undetermined", "undetermined"]}),
    (_FEEDBACK, COMPLAINTS),
    (_DELAY, DELAYS),
    (_REJECT, OTHERS),
    (_RENDERING, OTHERS),
    (_NAMED, {**COMPLAINTS, **DELAYS, **{sub: row for (_, sub), row in BOUNCES.items()}}),
)
_DELAYED = re.compile(r"\bbounce\b.{0,60}\baction\W{1,4}delayed\b|^action:\s*delayed\b", re.IGNORECASE | re.MULTILINE)
_TEST = re.compile(r"successfully validated sns topic for amazon ses", re.IGNORECASE)
_OPEN = ("", "general", "undetermined", "noemail")  # sub types that leave it to the server's text
_FAILURES = 50  # braces that begin no document, before the text counts as none
_SUCCESSES = ("delivered", "relayed", "expanded")


@dataclass(frozen=True, slots=True)
class Event:
    """What a text says of an event.

    `row` is what the kind of event says, and `decides` that no server's text may say it better; `texts` are what
    servers said in it, `named` its address and the domain it was sent from.
    """

    row: Row | None
    texts: tuple[str, ...]
    named: Mapping[str, str]
    delayed: bool = False
    decides: bool = False


def event_in(text: str) -> Event | None:
    """Return the first event in a text as it was pasted, None when there is none."""
    if _TEST.search(text):
        return Event(TEST_MESSAGE, (), {}, decides=True)
    for fields in _candidates(text):
        event = _of_fields(fields)
        if event:
            return event
    return _of_words(text)


def _candidates(text: str) -> Iterator[dict[str, str]]:
    """Yield the fields of what looks like an event: of each JSON document in the text, of its fragments, of a DSN."""
    for document in _documents(text):
        yield from (_fields(found) for found in _events(document))
    plain = re.sub(r"\\+([\"'/])", r"\1", text)
    yield _first(((found["key"], found["value"]) for found in _FIELD.finditer(plain)), _KEYS)
    folded = (
        (_DSN_KEYS[found["key"].lower()], found["value"]) for found in _DSN_FIELD.finditer(text.replace("\r", ""))
    )
    yield _first(((key, value.split(";", 1)[-1] if key == "emailaddress" else value) for key, value in folded), _KEYS)


def _first(pairs: Iterator[tuple[str, str]], keys: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in pairs:
        if key.lower() in keys:
            found.setdefault(key.lower(), value.strip())
    return found


def _documents(text: str) -> Iterator[Any]:
    decoder, place, failures = json.JSONDecoder(), 0, 0
    while failures < _FAILURES and (place := text.find("{", place)) >= 0:
        try:
            document, place = decoder.raw_decode(text, place)
            yield document
        except (ValueError, RecursionError):
            place, failures = place + 1, failures + 1


def _events(node: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Go through the documents that are events, within envelopes: SNS, SQS, EventBridge, Lambda."""
    if depth > 12:  # noqa: PLR2004 - deeper than any envelope
        return
    if isinstance(node, str) and node.lstrip()[:1] in ("{", "["):
        for document in _documents(node):
            yield from _events(document, depth + 1)
    elif isinstance(node, list):
        for one in node:
            yield from _events(one, depth + 1)
    elif isinstance(node, dict):
        if {"eventType", "notificationType", "bounceType", "complaintFeedbackType", "delayType"} & set(node):
            yield node
        else:
            for one in node.values():
                yield from _events(one, depth + 1)


def _fields(event: dict[str, Any]) -> dict[str, str]:
    return _first(_pairs(event), _KEYS)


def _pairs(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for one in node:
            yield from _pairs(one)
    elif isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str):
                yield key, value
            elif key not in ("headers", "tags"):
                yield from _pairs(value)


def _of_fields(fields: Mapping[str, str]) -> Event | None:
    kind = (fields.get("eventtype") or fields.get("notificationtype") or "").replace(" ", "").replace("_", "").lower()
    named = _named(fields)
    texts = tuple(fields[key] for key in ("diagnosticcode", "smtpresponse", "errormessage") if fields.get(key))
    delayed = fields.get("action", "").lower() == "delayed"
    if "bouncetype" in fields or "bouncesubtype" in fields or kind == "bounce":
        return _bounce(fields, texts, named, delayed=delayed)
    if kind == "complaint" or "complaintfeedbacktype" in fields or "complaintsubtype" in fields:
        return Event(_complaint(fields), (), named, decides=True)
    if kind == "deliverydelay" or "delaytype" in fields:
        row = DELAYS.get(fields.get("delaytype", "").lower())
        return Event(row, texts, named, decides=row is not None and row is not DELAYS["general"])
    if kind == "reject" or fields.get("reason", "").lower() == "bad content":
        return Event(OTHERS["reject"], (), named, decides=True)
    if kind in OTHERS:
        return Event(OTHERS[kind], (), named, decides=True)
    return _delivery_status(fields, texts, named, delayed=delayed)


def _delivery_status(
    fields: Mapping[str, str], texts: tuple[str, ...], named: Mapping[str, str], *, delayed: bool
) -> Event | None:
    """Return what a DSN or a recipient of a bounce says: its diagnostic text, else its status."""
    if fields.get("action", "").lower() in _SUCCESSES:
        return Event(OTHERS["delivery"], (), named, decides=True)
    texts = texts or tuple(f"smtp; {fields['status']}" for _ in [0] if re.match(r"[245]\.\d", fields.get("status", "")))
    delayed = delayed and bool(texts or "address" in named)
    return Event(None, texts, named, delayed) if delayed or (texts and "diagnosticcode" in fields) else None


def _bounce(fields: Mapping[str, str], texts: tuple[str, ...], named: Mapping[str, str], *, delayed: bool) -> Event:
    kind, sub = fields.get("bouncetype", "").lower(), fields.get("bouncesubtype", "").lower()
    status = fields.get("status", "")
    known = BOUNCES.get((kind, sub)) or (None if sub in _OPEN else _by_sub_type(sub))
    row = known or next((row for (one, _), row in BOUNCES.items() if one == kind), None)
    if (kind, sub) == ("permanent", "general") and status.startswith("5.1.1"):
        row = NO_MAILBOX
    if not texts and status:
        texts = (f"smtp; {status}",)
    return Event(row, texts, named, delayed, decides=known is not None and sub not in _OPEN)


def _by_sub_type(sub: str) -> Row | None:
    return next((row for (_, one), row in BOUNCES.items() if one == sub), None)


def _complaint(fields: Mapping[str, str]) -> Row:
    if "suppressionlist" in fields.get("complaintsubtype", "").lower():
        return COMPLAINTS["suppressed"]
    kind = fields.get("complaintfeedbacktype", "").lower()
    return COMPLAINTS.get(kind, COMPLAINTS["other"])


def _of_words(text: str) -> Event | None:
    """Return the event that is named in words: `Bounce Permanent/Suppressed`, `DeliveryDelay SpamDetected`."""
    found = _PAIR.search(text)
    if found and (pair := (found[1].lower(), found[2].lower())) in BOUNCES:
        texts = (text,) if pair[1] in ("general", "noemail") else ()
        return Event(BOUNCES[pair], texts, {}, decides=not texts)
    for pattern, rows in _WORDS:
        found = pattern.search(text)
        row = found and rows.get(next(filter(None, reversed(found.groups()))).lower().replace(" ", ""))
        if row:
            return Event(row, (), {}, decides=True)
    return Event(None, (), {}, delayed=True) if _DELAYED.search(text) else None


def _named(fields: Mapping[str, str]) -> dict[str, str]:
    named = {}
    if "@" in fields.get("emailaddress", ""):
        named["address"] = re.sub(r"^.*<|>.*$", "", fields["emailaddress"]).strip()
    if "@" in fields.get("source", ""):
        named["source"] = fields["source"]
    return named
