"""Where configuration sets publish events, as SES v2 says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provisioner.adapters.aws.session import in_our_words, unless_absent
from provisioner.core.mail_domain.configuration_set import EventDestination, Target

_ABSENT = "NotFoundException"
_TARGETS = {
    "SnsDestination": (Target.SNS, "TopicArn"),
    "KinesisFirehoseDestination": (Target.FIREHOSE, "DeliveryStreamArn"),
    "CloudWatchDestination": (Target.CLOUDWATCH, ""),
    "EventBridgeDestination": (Target.EVENT_BRIDGE, "EventBusArn"),
    "PinpointDestination": (Target.PINPOINT, "ApplicationArn"),
}


def event_destinations(client: Any, configuration_set: str) -> Sequence[EventDestination] | None:
    """Return where a set publishes events, None when it does not exist."""
    asked = {"ConfigurationSetName": configuration_set}
    with in_our_words("ses:GetConfigurationSetEventDestinations"):
        answer = unless_absent(lambda: client.get_configuration_set_event_destinations(**asked), _ABSENT)
    return None if answer is None else tuple(_destination(one) for one in answer["EventDestinations"])


def _destination(answer: Mapping[str, Any]) -> EventDestination:
    kind = next((kind for kind in _TARGETS if kind in answer), "")
    target, arn = _TARGETS.get(kind, (None, ""))
    return EventDestination(
        answer.get("Name", ""),
        bool(answer.get("Enabled")),
        tuple(answer.get("MatchingEventTypes", ())),
        target,
        (answer[kind].get(arn) or "") if kind else "",
    )
