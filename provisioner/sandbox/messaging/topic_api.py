"""The operations of SNS as the sandbox serves them: moto's, with the policy of the topic before what is published."""

from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSException
from moto.sns.responses import SNSResponse

from provisioner.sandbox.messaging.permission import caller
from provisioner.sandbox.messaging.topics import may_publish, topic


class SnsApi(SNSResponse):
    """Publishing asks the topic's policy and the caller's own."""

    def publish(self) -> ActionResult:
        """Publish one message."""
        self._admit(self._get_param("TopicArn") or self._get_param("TargetArn"))
        published: ActionResult = super().publish()
        return published

    def publish_batch(self) -> ActionResult:
        """Publish several messages."""
        self._admit(self._get_param("TopicArn"))
        published: ActionResult = super().publish_batch()
        return published

    def _admit(self, arn: str | None) -> None:
        found = topic(arn or "")
        if found is None:
            return  # a phone number, or moto says that there is none
        why = may_publish(found, caller(self.access_key, self.current_account, self.region))
        if why:
            raise SNSException("AuthorizationError", why)
