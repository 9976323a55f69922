"""The policies that AWS keeps for everybody, e.g. AdministratorAccess: each is known when it is asked for."""

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend


def know(backend: IAMBackend, arn: str | None) -> None:
    """Let IAM know the policy of an ARN, if it is one of AWS's own; others are left alone."""
    name = (arn or "").rpartition("/")[2]
    if arn is None or ":iam::aws:policy/" not in arn or arn in backend.managed_policies or name not in _of_aws():
        return
    policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, _of_aws()[name])
    if policy.arn == arn:
        backend.aws_managed_policies.append(policy)
        backend.managed_policies[arn] = policy


@cache
def _of_aws() -> dict[str, Any]:
    """Return what moto knows of them, five megabytes that few need."""
    found: dict[str, Any] = json.loads(aws_managed_policies_data)
    return found
