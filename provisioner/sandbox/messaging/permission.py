"""Who calls SNS or SQS, and whether the policy of the topic or queue lets them."""

from collections.abc import Mapping
from functools import lru_cache

from moto.utilities.utils import get_partition

from provisioner.core.iam.evaluate import Outcome
from provisioner.core.iam.request import IamRequest
from provisioner.sandbox.policy.evaluate import UnsupportedPolicyError
from provisioner.sandbox.policy.resource import Service, Somebody, permits
from provisioner.sandbox.policy.users import holder_of

Who = Service | Somebody
_OWNER = 4  # which part of an ARN is the account


def caller(key_id: str, account: str, region: str) -> Somebody:
    """Return who signed a request: the user that holds the key, or somebody of the account who may do anything."""
    user = holder_of(key_id, account, region)
    if user is None:
        return Somebody(f"arn:{get_partition(region)}:iam::{account}:root")
    return Somebody(user.arn, user.documents, user.boundary)


def refusal(policy: str | None, who: Who, action: str, arn: str, source: Mapping[str, str] | None = None) -> str | None:
    """Say why `who` may not do something with a topic or queue, in AWS's words; None when they may.

    `source` are the keys that a service adds, e.g. `aws:SourceArn`.
    """
    name = who.name if isinstance(who, Service) else who.arn
    keys = {} if isinstance(who, Service) else {"aws:PrincipalArn": who.arn, "aws:PrincipalAccount": who.account}
    context = {"aws:SecureTransport": "true", **keys, **(source or {})}
    try:
        outcome = _outcome(policy, who, action, arn, tuple(context.items()))
    except UnsupportedPolicyError as error:
        return error.message
    if outcome is Outcome.ALLOWED:
        return None
    why = "with an explicit deny in a resource-based policy"
    if outcome is not Outcome.DENIED:
        kind = "resource-based" if isinstance(who, Service) else "identity-based"
        why = f"because no {kind} policy allows the {action} action"
    return f"User: {name} is not authorized to perform: {action} on resource: {arn} {why}"


@lru_cache(maxsize=4096)  # the same is asked for each of thousands of messages
def _outcome(policy: str | None, who: Who, action: str, arn: str, context: tuple[tuple[str, str], ...]) -> Outcome:
    return permits(policy, who, IamRequest(action, (arn,), dict(context)), arn.split(":")[_OWNER])
