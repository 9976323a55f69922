"""Where a service puts an event that nobody could take: a queue or a topic, as the role that it acts as."""

import logging
from typing import cast

from moto.sqs.models import sqs_backends

from provisioner.sandbox.messaging import topics
from provisioner.sandbox.messaging.queues import NOT_DELIVERED, QueueStore
from provisioner.sandbox.policy.resource import Somebody
from provisioner.sandbox.policy.roles import documents_of

log = logging.getLogger(__name__)


def send_as(role: str, target: str, text: str, region: str) -> None:
    """Put a text into a queue or publish it to a topic, by ARN, if the role may; nobody is told when it may not."""
    who = Somebody(role, documents_of(role, region))
    _, _, service, place, account, name = target.split(":", 5)
    if service == "sns":
        found = topics.topic(target)
        if found is not None and topics.may_publish(found, who) is None:
            found.publish(text)
        return
    try:
        cast("QueueStore", sqs_backends[account][place]).deliver(name, text, {}, who, {})
    except NOT_DELIVERED as error:
        log.info("%s could not be given what nobody took: %s", target, error)
