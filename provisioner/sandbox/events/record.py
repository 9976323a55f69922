"""SES's events in its own JSON, member by member in its order.

Source: SES developer guide, "Contents of event data that Amazon SES publishes to Amazon SNS" and "Examples of event
data"; members that the examples lack (`remoteMtaIp`, the TLS versions) are those of events published by others in 2026.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from provisioner.sandbox.events import headers
from provisioner.sandbox.events.outcome import Bounce
from provisioner.sandbox.ses.sent import SentMail
from provisioner.sandbox.zones import ACCOUNT

Json = dict[str, Any]

OUTGOING_IP = "54.240.8.12"
_REMOTE_IP = "192.0.2.25"
_MILLISECONDS = {"Delivery": 450, "Bounce": 512, "Complaint": 978}  # after the message was sent
_EXPIRES = timedelta(hours=14)


class Kind(StrEnum):
    """The kinds of events, as `eventType` names them."""

    SEND = "Send"
    DELIVERY = "Delivery"
    BOUNCE = "Bounce"
    COMPLAINT = "Complaint"
    REJECT = "Reject"
    DELIVERY_DELAY = "DeliveryDelay"


def text(event: Json) -> str:
    """Return an event as SES publishes it: one line, and its end."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n"


def send(mail: SentMail) -> Json:
    """Tell that SES took a message."""
    return {"eventType": Kind.SEND.value, "mail": _mail(mail), "send": {}}


def reject(mail: SentMail) -> Json:
    """Tell that SES found a virus, and will not deliver."""
    return {"eventType": Kind.REJECT.value, "mail": _mail(mail), "reject": {"reason": "Bad content"}}


def delivery(mail: SentMail, recipients: Sequence[str], reply: str, region: str) -> Json:
    """Tell that the server of these recipients took the message."""
    took = _MILLISECONDS["Delivery"]
    told = {
        "timestamp": _after(mail.time, took),
        "processingTimeMillis": took,
        "recipients": list(recipients),
        "smtpResponse": reply,
        "remoteMtaIp": _REMOTE_IP,
        "reportingMTA": _own_host(region),
    }
    return {"eventType": Kind.DELIVERY.value, "mail": _mail(mail, delivered=True), "delivery": told}


def bounce(mail: SentMail, recipients: Sequence[str], why: Bounce, feedback_id: str, region: str) -> Json:
    """Tell that the message came back from these recipients."""
    told: Json = {
        "feedbackId": feedback_id,
        "bounceType": why.kind,
        "bounceSubType": why.sub_kind,
        "bouncedRecipients": [_failed(recipient, why) for recipient in recipients],
        "timestamp": _after(mail.time, _MILLISECONDS["Bounce"]),
    }
    if why.status and why.asked:
        told |= {"remoteMtaIp": _REMOTE_IP, "reportingMTA": f"dns; {_own_host(region)}"}
    elif why.status:
        told |= {"reportingMTA": "dns; amazonses.com"}
    return {"eventType": Kind.BOUNCE.value, "bounce": told, "mail": _mail(mail)}


def complaint(mail: SentMail, recipients: Sequence[str], feedback: str, sub_kind: str | None, feedback_id: str) -> Json:
    """Tell that one of these recipients complained; without a kind of feedback SES itself says so."""
    moment = _after(mail.time, _MILLISECONDS["Complaint"])
    told: Json = {
        "feedbackId": feedback_id,
        "complaintSubType": sub_kind,
        "complainedRecipients": [{"emailAddress": recipient} for recipient in recipients],
        "timestamp": moment,
    }
    if feedback:
        agent = "Amazon SES Mailbox Simulator"
        told |= {"userAgent": agent, "complaintFeedbackType": feedback, "arrivalDate": moment}
    return {"eventType": Kind.COMPLAINT.value, "complaint": told, "mail": _mail(mail)}


def delay(mail: SentMail, recipients: Sequence[str], why: Bounce) -> Json:
    """Tell that SES is still trying."""
    told = {
        "timestamp": _after(mail.time, _MILLISECONDS["Delivery"]),
        "delayType": why.sub_kind,
        "expirationTime": _stamp(mail.time + _EXPIRES),
        "delayedRecipients": [
            {"emailAddress": one, "status": why.status, "diagnosticCode": why.diagnostic} for one in recipients
        ],
    }
    return {"eventType": Kind.DELIVERY_DELAY.value, "mail": _mail(mail), "deliveryDelay": told}


def _mail(mail: SentMail, *, delivered: bool = False) -> Json:
    return {
        "timestamp": _stamp(mail.time),
        "source": mail.source,
        "sourceArn": mail.identity_arn,
        "sendingAccountId": ACCOUNT,
        "messageId": mail.message_id,
        "destination": list(mail.recipients),
        **headers.of_mail(mail.raw, mail.message_id),
        "tags": {name: [value] for name, value in _own_tags(mail, delivered)} | headers.message_tags(mail.raw),
    }


def _own_tags(mail: SentMail, delivered: bool) -> Iterable[tuple[str, str]]:
    if mail.tls_version:
        yield "ses:source-tls-version", mail.tls_version
    yield "ses:operation", "SendRawEmail"  # the permission that SMTP needs, too
    if mail.configuration_set:
        yield "ses:configuration-set", mail.configuration_set
    if delivered:
        yield "ses:outgoing-tls-version", "TLSv1.3"
    yield "ses:source-ip", mail.source_ip
    yield "ses:from-domain", mail.from_address.rpartition("@")[2].lower()
    yield "ses:caller-identity", mail.caller
    if delivered:
        yield "ses:outgoing-ip", OUTGOING_IP


def _failed(recipient: str, why: Bounce) -> Json:
    failure = {"action": "failed", "status": why.status, "diagnosticCode": why.diagnostic} if why.status else {}
    return {"emailAddress": recipient, **failure}


def _own_host(region: str) -> str:
    return "a8-12.smtp-out.amazonses.com" if region == "us-east-1" else f"a8-12.smtp-out.{region}.amazonses.com"


def _after(moment: datetime, milliseconds: int) -> str:
    return _stamp(moment + timedelta(milliseconds=milliseconds))


def _stamp(moment: datetime) -> str:
    return f"{moment.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"
