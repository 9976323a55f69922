"""An access key of an IAM user."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key of an IAM user; the secret is known only to whoever created it. `created` is None when unknown."""

    id: str
    active: bool
    created: datetime | None = field(default=None, compare=False)
