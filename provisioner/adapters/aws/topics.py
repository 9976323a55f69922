"""SNS, and KMS for the keys of its topics, behind `ports.facts.Topics`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from provisioner.adapters.aws.session import AwsSession, in_our_words, unless_absent
from provisioner.core.mail_domain.configuration_set import Topic
from provisioner.errors import ProvisionerError

_ABSENT = ("NotFound", "NotFoundException")  # as SNS says it, and as its model names it


class SnsTopics:
    """See `ports.facts.Topics`."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def topic(self, arn: str) -> Topic | None:
        """Return a topic of any region and account, None when it does not exist."""
        client = self._session.client("sns", _region_of(arn))
        with in_our_words("sns:GetTopicAttributes"):
            answer = unless_absent(lambda: client.get_topic_attributes(TopicArn=arn), *_ABSENT)
        if answer is None:
            return None
        attributes = answer["Attributes"]
        key = attributes.get("KmsMasterKeyId") or None
        policy, unseen = self._key_policy(key, arn) if key else (None, "")
        return Topic(arn, _document(attributes.get("Policy")), key, policy, unseen)

    def _key_policy(self, key: str, topic: str) -> tuple[Mapping[str, object] | None, str]:
        """Return the policy of a topic's key, or why it cannot be seen; a policy is asked for by id, not by alias."""
        client = self._session.client("kms", _region_of(topic))
        try:
            with in_our_words("kms:DescribeKey"):
                key_id = client.describe_key(KeyId=key)["KeyMetadata"]["KeyId"]
            with in_our_words("kms:GetKeyPolicy"):
                return _document(client.get_key_policy(KeyId=key_id, PolicyName="default").get("Policy")), ""
        except ProvisionerError as error:
            return None, error.message


def _document(text: str | None) -> Mapping[str, Any] | None:
    """Return a policy document, None for what is none."""
    try:
        document = json.loads(text or "")
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _region_of(arn: str) -> str | None:
    """Return the region in an ARN; None, for the one in use, where it names none."""
    parts = arn.split(":")
    return parts[3] or None if len(parts) > 3 else None  # noqa: PLR2004 - arn:partition:service:region
