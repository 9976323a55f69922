"""The JSON in which SNS wraps what it hands to a subscriber that did not ask for it raw.

Source: SNS developer guide, "Parsing Amazon SNS message formats". The signature is made up: who would verify it fetches
the certificate from AWS itself.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_AWS_SEPARATORS = (",", " : ")
_REGION = 3


@dataclass(frozen=True)
class Notification:
    """A message on its way from a topic to one subscription; `attributes` as SNS has them."""

    topic_arn: str
    subscription_arn: str
    message_id: str
    message: str
    subject: str | None
    attributes: Mapping[str, Any]

    def to_json(self) -> str:
        """Return the notification as SNS writes it."""
        host = f"https://sns.{self.topic_arn.split(':')[_REGION]}.amazonaws.com"
        moment = datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
        digest = hashlib.sha512(self.message.encode("utf-8", "replace")).digest()
        content = {
            "Type": "Notification",
            "MessageId": self.message_id,
            "TopicArn": self.topic_arn,
            **({"Subject": self.subject} if self.subject else {}),
            "Message": self.message,
            "Timestamp": f"{moment}Z",
            "SignatureVersion": "1",
            "Signature": base64.b64encode(digest * 4).decode(),
            "SigningCertURL": f"{host}/SimpleNotificationService-00000000000000000000000000000000.pem",
            "UnsubscribeURL": f"{host}/?Action=Unsubscribe&SubscriptionArn={self.subscription_arn}",
            **({"MessageAttributes": dict(self.attributes)} if self.attributes else {}),
        }
        return json.dumps(content, indent=2, separators=_AWS_SEPARATORS)
