"""An access key of an IAM user."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key of an IAM user; the secret is known only to whoever created it. `created` is None when unknown."""

    id: str
    active: bool
    created: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LastUse:
    """When an access key was last used, at which service (`ses`) and in which region, as far as IAM has noted it."""

    at: datetime
    service: str
    region: str
