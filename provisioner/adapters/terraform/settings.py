"""What a runner of Terraform is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds that a command may take, that it may take to end after an interrupt, and wait for the state's lock."""

    version: float = 60.0
    init: float = 900.0
    plan: float = 1800.0
    apply: float = 7200.0  # a new zone's name servers and each record wait for Route 53 to be in sync
    show: float = 300.0
    grace: float = 120.0
    state_lock: float = 60.0


@dataclass(frozen=True, slots=True)
class TerraformSettings:
    """What a runner is made of; `environment` is the whole environment, its AWS part reaches Terraform.

    `locks_state` False says that the state is locked already, by whoever runs Terraform.
    """

    environment: Mapping[str, str] = field(repr=False)  # holds AWS credentials
    home: Path
    binary: str | None = None
    plugin_dir: Path | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    locks_state: bool = True
