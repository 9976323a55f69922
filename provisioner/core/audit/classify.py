"""What an event means for one recipient.

SES's own label says little: it calls hard failures transient, and answers of people on holiday bounces. What the
receiving server said of the recipient goes before it (RFC 3463: 5 is final, 4 is not).
"""

from __future__ import annotations

import re
from enum import StrEnum

from provisioner.core.audit.event import Event, Recipient

# SES developer guide, "Bounce types": what SES did not even try to send.
_NOT_SENT = frozenset({
    "Suppressed", "OnAccountSuppressionList", "OnTenantSuppressionList", "EmailValidationSuppressed",
    "UnsubscribedRecipient",
})  # fmt: skip  # a table, not a column
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")  # no part of an IP address
_REFUSAL = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"^(?:smtp;)?\s*([245])\d\d(?:[ -]|$)", re.IGNORECASE)
_BY_ITSELF = re.compile(
    r"out[- ]of[- ](?:the[- ])?office|auto(?:matic|mated)?[- ]?(?:reply|response|responder)|abwesenheit"
    r"|on (?:vacation|holiday|leave)|vacation (?:reply|message|notice)|away from (?:my|the) (?:desk|office)",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """What a bounce is, of one recipient; a complaint of a suppressed recipient is `SUPPRESSED` too."""

    HARD = "hard"
    SOFT = "soft"
    SUPPRESSED = "suppressed"
    AUTO_REPLY = "auto_reply"
    UNKNOWN = "unknown"


_BY_CLASS = {"5": Kind.HARD, "4": Kind.SOFT}
_BY_LABEL = {"Permanent": Kind.HARD, "Transient": Kind.SOFT}


def kind_of(event: Event, recipient: Recipient) -> Kind | None:
    """Return what the event means for the recipient; None where there is nothing to tell apart.

    Nothing was sent to a recipient on a suppression list, whatever status SES gives it. A report that says anything but
    `failed`, e.g. `delayed`, ends nothing.
    """
    if event.type not in ("bounce", "complaint"):
        return None
    if event.sub_type in _NOT_SENT:
        return Kind.SUPPRESSED
    return _kind_of_bounce(event, recipient) if event.type == "bounce" else None


def _kind_of_bounce(event: Event, recipient: Recipient) -> Kind:
    severity = _class(recipient)
    if severity != "5" and _is_auto_reply(event, recipient):
        return Kind.AUTO_REPLY
    if recipient.action and recipient.action.lower() != "failed":
        return Kind.UNKNOWN
    return _BY_CLASS.get(severity) or _BY_LABEL.get(event.label or "", Kind.UNKNOWN)


def status_of(recipient: Recipient) -> str | None:
    """Return the enhanced status, e.g. `5.1.1`, from its own field or else from what the server said."""
    found = _STATUS.search(recipient.status or "") or _REFUSAL.search(recipient.diagnostic or "")
    return found.group(1) if found else None


def is_complaint(type_: str, kind: str | None, feedback: str | None) -> bool:
    """Say whether somebody complained: `not-spam` is the opposite, and who is suppressed got nothing to complain of."""
    return type_ == "complaint" and feedback != "not-spam" and kind != Kind.SUPPRESSED


def _class(recipient: Recipient) -> str:
    """Return the first digit of the status, or of the SMTP reply; empty when the server gave none."""
    if status := status_of(recipient):
        return status[0]
    reply = _REPLY.match(recipient.diagnostic or "")
    return reply.group(1) if reply else ""


def _is_auto_reply(event: Event, recipient: Recipient) -> bool:
    """Say whether a program answered for its owner: SES calls that a general transient bounce, with no report in it."""
    if event.label != "Permanent" and _BY_ITSELF.search(recipient.diagnostic or ""):
        return True
    general = event.label == "Transient" and event.sub_type == "General"
    return general and not (recipient.status or recipient.action or recipient.diagnostic)
