"""The attributes of a queue: which values SQS takes, and how it tells them.

Source: SQS API reference, CreateQueue and SetQueueAttributes; the forms are those that Terraform's provider compares.
"""

import json
from collections.abc import Mapping
from typing import Any

from moto.sqs.exceptions import InvalidAttributeValue, InvalidParameterValue
from moto.sqs.models import sqs_backends

_RANGES = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
_MOST_RECEIVES = 1000
_COMPACT = (",", ":")


def checked(attributes: Mapping[str, Any], region: str, account: str) -> dict[str, Any]:
    """Return attributes that SQS takes; raises its own error for a value out of range or a policy that is none."""
    for name, (least, most) in _RANGES.items():
        if name in attributes and not _is_within(attributes[name], least, most):
            raise InvalidAttributeValue(name)
    for name in ("Policy", "RedriveAllowPolicy"):
        if attributes.get(name) and not _is_document(attributes[name]):
            raise InvalidAttributeValue(name)
    if attributes.get("RedrivePolicy"):
        _check_redrive(str(attributes["RedrivePolicy"]), region, account)
    return dict(attributes)


def told(attributes: Mapping[str, Any], redrive_policy: Any) -> dict[str, Any]:
    """Return attributes as SQS tells them: compact JSON, whole seconds, and nothing for what was not set."""
    found = dict(attributes)
    if redrive_policy:
        found["RedrivePolicy"] = json.dumps(redrive_policy, separators=_COMPACT)
    for name in ("CreatedTimestamp", "LastModifiedTimestamp"):
        found[name] = int(found[name])
    if found.get("KmsMasterKeyId"):
        found["SqsManagedSseEnabled"] = "false"  # one kind of encryption at a time
    return {name: value for name, value in found.items() if value not in (None, "")}


def _is_within(value: Any, least: int, most: int) -> bool:
    try:
        return least <= int(value) <= most
    except ValueError:
        return False


def _is_document(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _check_redrive(text: str, region: str, account: str) -> None:
    policy = json.loads(text) if _is_document(text) else None
    if policy == {}:  # takes the policy away
        return
    if policy is None or not {"deadLetterTargetArn", "maxReceiveCount"} <= policy.keys():
        raise _invalid(text, "Redrive policy is not a valid JSON map.")
    if not _is_within(policy["maxReceiveCount"], 1, _MOST_RECEIVES):
        raise _invalid(text, "Invalid value for maxReceiveCount: must be between 1 and 1000.")
    known = {queue.queue_arn for queue in sqs_backends[account][region].queues.values()}
    if policy["deadLetterTargetArn"] not in known:
        raise _invalid(text, "Dead letter target does not exist.")


def _invalid(text: str, why: str) -> InvalidParameterValue:
    return InvalidParameterValue(f"Value {text} for parameter RedrivePolicy is invalid. Reason: {why}")
