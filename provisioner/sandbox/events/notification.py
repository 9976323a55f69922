"""SES's older dialect: notifications of an identity, to the topics that the identity itself has.

Source: SES developer guide, "Amazon SNS notification contents" and "Configuring Amazon SNS notifications": without
tags, and without headers unless they are asked for, which the sandbox does not know; a topic that cannot be published
to is taken away from the identity, and its feedback is forwarded by mail again.
"""

from typing import Any

from provisioner.sandbox.events.record import Json
from provisioner.sandbox.ses.sent import SentMail
from provisioner.sandbox.ses.store import store

KINDS = ("Bounce", "Complaint", "Delivery")
_OF_MAIL = ("timestamp", "source", "sourceArn", "sendingAccountId", "messageId", "destination")


def notification(event: Json, mail: SentMail) -> Json:
    """Return an event of one of `KINDS` in the older dialect."""
    told = {name: event["mail"][name] for name in _OF_MAIL}
    caller = {"sourceIp": mail.source_ip, "callerIdentity": mail.caller}
    rest = {name: value for name, value in event.items() if name not in ("eventType", "mail")}
    return {"notificationType": event["eventType"], **rest, "mail": {**told, **caller}}


def topic_of(mail: SentMail, kind: str, region: str) -> str | None:
    """Return the topic that the identity of a message has for a kind, None when it has none."""
    topic: str | None = _topics(mail, region).get(kind)
    return topic


def take_away(mail: SentMail, kind: str, region: str) -> None:
    """Take a topic away from the identity of a message, which gets its feedback by mail again."""
    _topics(mail, region).pop(kind, None)
    identity = store(region).identities.get(_name(mail))
    if identity is not None:
        identity.feedback_forwarding = True


def _topics(mail: SentMail, region: str) -> dict[str, Any]:
    found: dict[str, Any] = store(region).core_backend.sns_topics.get(_name(mail), {})
    return found


def _name(mail: SentMail) -> str:
    return mail.identity_arn.rpartition(":identity/")[2]
