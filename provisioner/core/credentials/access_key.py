"""An access key of an IAM user."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key of an IAM user; the secret is known only to whoever created it."""

    id: str
    active: bool


@dataclass(frozen=True, slots=True)
class LastUse:
    """When an access key was last used, at which service (`ses`) and in which region, as far as IAM has noted it."""

    at: datetime
    service: str
    region: str
