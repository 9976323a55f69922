"""An access key of an IAM user."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key of an IAM user; the secret is known only to whoever created it."""

    id: str
    active: bool
