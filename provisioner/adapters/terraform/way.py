"""The way that a run of Terraform goes: what its environment has besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provisioner.ports.terraform import Event

Way = Mapping[str, str]  # what is added to Terraform's environment
OnEvent = Callable[[Event], None]
COLD: Way = {}
