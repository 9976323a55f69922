"""A hosted zone of Route 53."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HostedZone:
    """A public Route 53 hosted zone; `id` without the `/hostedzone/` prefix, `name` an A-label without trailing dot."""

    id: str
    name: str
    name_servers: tuple[str, ...]
    tags: Mapping[str, str]
    comment: str = ""
