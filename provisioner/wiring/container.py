"""The container engine, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.adapters.engine import mounts
from provisioner.adapters.engine.docker_engine import DockerEngine
from provisioner.wiring.settings import Settings


def container_engine(environment: Mapping[str, str]) -> DockerEngine:
    """Return the container engine of this machine."""
    return DockerEngine(environment)


def ephemeral_notice(settings: Settings, *, printed: bool) -> str | None:
    """Return what to tell a user whose workspace goes with its container, None when it stays.

    `printed`: the command prints the passwords that it makes.
    """
    return mounts.ephemeral_notice(settings.environment, settings.home, printed=printed)
