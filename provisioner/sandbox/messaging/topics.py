"""The topics of one region, and how SNS hands on what is published to them.

Source: SNS developer guide, "Message delivery", "Raw message delivery", "Dead-letter queues", "Subscription filter
policies". What a subscriber does not take goes to the subscription's dead-letter queue, or is lost: whoever published
is not told. moto fails the publisher instead.
"""

import json
import logging
from typing import Any, cast

from moto.sns import urls
from moto.sns.models import SNSBackend, Subscription, Topic, sns_backends
from moto.sqs.models import sqs_backends

from provisioner.sandbox.messaging import encryption
from provisioner.sandbox.messaging.envelope import Notification
from provisioner.sandbox.messaging.permission import Who, refusal
from provisioner.sandbox.messaging.queues import NOT_DELIVERED, QueueStore
from provisioner.sandbox.policy.resource import Service

SNS = Service("sns.amazonaws.com")
LONGEST = 262_144  # bytes, SNS developer guide, "Service quotas"

log = logging.getLogger(__name__)


class QueueSubscription(Subscription):
    """A queue that is subscribed to a topic."""

    def publish(self, message: str, message_id: str, *args: Any, **kwargs: Any) -> None:
        """Hand a message to the queue, or to the dead-letter queue of the subscription."""
        if self.protocol != "sqs":
            super().publish(message, message_id, *args, **kwargs)
            return
        attributes = kwargs.get("message_attributes") or {}
        if self._filter_policy_matcher and not self._filter_policy_matcher.matches(attributes, message):
            return
        if kwargs.get("message_structure") == "json":
            message = self._parse_message_structure(message, self.protocol)
        if self.attributes.get("RawMessageDelivery"):
            self._hand_over(message, _as_sqs_has_them(attributes))
            return
        told = Notification(self.topic.arn, self.arn, message_id, message, kwargs.get("subject"), attributes)
        self._hand_over(told.to_json(), {})

    def _hand_over(self, body: str, attributes: dict[str, Any]) -> None:
        for queue in filter(None, (self.endpoint, self._dead_letter_queue())):
            try:
                _deliver(queue, body, attributes, self.topic.arn)
            except NOT_DELIVERED as error:
                log.info("SNS could not deliver to %s: %s", queue, error)
            else:
                return

    def _dead_letter_queue(self) -> str | None:
        policy = self.attributes.get("RedrivePolicy")
        return json.loads(policy).get("deadLetterTargetArn") if policy else None


class TopicStore(SNSBackend):
    """SNS of one region."""

    _url_module = urls  # moto looks beside its own class otherwise

    def subscribe(self, topic_arn: str, endpoint: str, protocol: str) -> Subscription:
        """Subscribe something; a queue is one of our kind."""
        made = super().subscribe(topic_arn, endpoint, protocol)
        made.__class__ = QueueSubscription
        return made


def topic(arn: str) -> Topic | None:
    """Return a topic of any account and region, None when it does not exist."""
    parts = arn.split(":")
    if len(parts) != len(["arn", "aws", "sns", "region", "account", "name"]):
        return None
    backend: SNSBackend = sns_backends[parts[4]][parts[3]]
    return backend.topics.get(arn)


def publish(who: Service, source: dict[str, str], arn: str, message: str, subject: str | None = None) -> str | None:
    """Publish for a service that names its `source`; return why SNS does not take it, None when it does."""
    found = topic(arn)
    if found is None:
        return f"topic {arn} does not exist"
    if len(message.encode("utf-8", "surrogatepass")) > LONGEST:
        return "the message is longer than 256 KiB"
    why = may_publish(found, who, source) or encryption.refusal(found.kms_master_key_id, who, arn, source)
    if why is None:
        found.publish(message, subject=subject)
        found.sent_notifications.clear()  # moto remembers everything
    return why


def may_publish(found: Topic, who: Who, source: dict[str, str] | None = None) -> str | None:
    """Say why somebody may not publish to a topic, None when they may."""
    return refusal(found.policy, who, "SNS:Publish", found.arn, source)


def register() -> None:
    """Make moto create SNS backends of this kind from now on; call after moto was reset."""
    sns_backends.backend = TopicStore


def unregister() -> None:
    """Give moto back its own SNS."""
    sns_backends.backend = SNSBackend


def _deliver(queue_arn: str, body: str, attributes: dict[str, Any], topic_arn: str) -> None:
    _, _, _, region, account, name = queue_arn.split(":")
    source = {"aws:SourceArn": topic_arn, "aws:SourceAccount": topic_arn.split(":")[4]}
    store = cast("QueueStore", sqs_backends[account][region])
    store.deliver(name, body, attributes, SNS, source)


def _as_sqs_has_them(attributes: dict[str, Any]) -> dict[str, Any]:
    fields = {"Binary": "BinaryValue"}
    return {
        name: {"DataType": value["Type"], fields.get(value["Type"].split(".")[0], "StringValue"): str(value["Value"])}
        for name, value in attributes.items()
    }
