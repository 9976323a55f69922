"""Whether a service may use the KMS key of a topic or queue.

Source: SES developer guide, "Setting up an Amazon SNS event destination" (encrypted topics); SNS developer guide,
"Enabling compatibility between event sources from AWS services and encrypted topics"; SQS developer guide, "Configuring
KMS permissions for AWS services". Of AWS's own keys, `alias/aws/...`, no service may use one for another.
"""

from typing import Any

from moto.backends import get_backend

from provisioner.core.iam.evaluate import Outcome
from provisioner.core.iam.request import IamRequest
from provisioner.sandbox.policy.evaluate import UnsupportedPolicyError
from provisioner.sandbox.policy.resource import Service, permits

_NEEDED = ("kms:GenerateDataKey", "kms:Decrypt")


def refusal(key: str | None, who: Service, arn: str, source: dict[str, str]) -> str | None:
    """Say why a service may not use the key of the topic or queue `arn`; None when it may, or there is no key."""
    if not key:
        return None
    _, _, _, region, account, _ = arn.split(":", 5)
    found = None if "alias/aws/" in key else _key(key, account, region)
    if found is None:
        return f"{who.name} cannot use the KMS key {key}"
    for action in _NEEDED:
        request = IamRequest(action, (found.arn,), source)
        try:
            outcome = permits(found.policy, who, request, account)
        except UnsupportedPolicyError as error:
            return error.message
        if outcome is not Outcome.ALLOWED:
            return f"{who.name} is not authorized to perform: {action} on the KMS key {key}"
    return None


def _key(name: str, account: str, region: str) -> Any:
    backend: Any = get_backend("kms")[account][region]
    return backend.keys.get(backend.any_id_to_key_id(name))
