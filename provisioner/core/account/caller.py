"""Who works in the AWS account."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """Who the AWS credentials belong to."""

    account: str
    arn: str
