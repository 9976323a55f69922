"""The operations of SQS as the sandbox serves them: moto's, behind the policy of the queue."""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.responses import SQSResponse

from provisioner.sandbox.messaging.permission import caller, refusal
from provisioner.sandbox.messaging.queue import Queue
from provisioner.sandbox.messaging.queues import AccessDeniedError, policy_of

_SOURCE = "DeadLetterQueueSourceArn"


def _guarded(action: str, operation: Callable[[Any], ActionResult]) -> Callable[["SqsApi"], ActionResult]:
    """Return an operation that is refused unless the caller may do `action` with the queue."""

    def guarded(api: "SqsApi") -> ActionResult:
        api.admit(action)
        return operation(api)

    return guarded


class SqsApi(SQSResponse):
    """Each operation on a queue asks the queue's policy and the caller's own; batches count as their single actions."""

    change_message_visibility = _guarded("ChangeMessageVisibility", SQSResponse.change_message_visibility)
    change_message_visibility_batch = _guarded("ChangeMessageVisibility", SQSResponse.change_message_visibility_batch)
    delete_message = _guarded("DeleteMessage", SQSResponse.delete_message)
    delete_message_batch = _guarded("DeleteMessage", SQSResponse.delete_message_batch)
    delete_queue = _guarded("DeleteQueue", SQSResponse.delete_queue)
    get_queue_attributes = _guarded("GetQueueAttributes", SQSResponse.get_queue_attributes)
    purge_queue = _guarded("PurgeQueue", SQSResponse.purge_queue)
    send_message = _guarded("SendMessage", SQSResponse.send_message)
    send_message_batch = _guarded("SendMessage", SQSResponse.send_message_batch)
    set_queue_attributes = _guarded("SetQueueAttributes", SQSResponse.set_queue_attributes)

    def receive_message(self) -> ActionResult:
        """Receive messages; of dead letters SQS says from which queue they came, which moto does not."""
        self.admit("ReceiveMessage")
        answer: ActionResult = super().receive_message()
        asked = {*self._get_param("AttributeNames", []), *self._get_param("MessageSystemAttributeNames", [])}
        queue = self.sqs_backend.get_queue(self._get_queue_name())
        if asked & {"All", _SOURCE} and isinstance(queue, Queue):
            found: Any = answer.result
            for message in found.get("Messages", []):
                source = queue.dead_letter_source(message["MessageId"])
                message["Attributes"].update({_SOURCE: source} if source else {})
        return answer

    def admit(self, action: str) -> None:
        """Raise SQS's refusal unless the caller may do it."""
        try:
            queue = self.sqs_backend.get_queue(self._get_queue_name())
        except QueueDoesNotExist:
            return  # what follows says so
        who = caller(self.access_key, self.current_account, self.region)
        why = refusal(policy_of(queue), who, f"sqs:{action}".lower(), queue.queue_arn)
        if why:
            raise AccessDeniedError(why)
