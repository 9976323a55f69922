"""Run this program in its container."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from provisioner.core.container import IMAGE, BuildSpec, Host, RunSpec, run_spec


class Engine(Protocol):
    """A container engine."""

    def is_rootless(self) -> bool:
        """Say whether root in a container is the user who runs the engine."""

    def run(self, spec: RunSpec) -> int:
        """Run to the end, with our streams and signals, and return the exit status.

        Raises `ProvisionerError` for a missing engine, image or permission, and when the container ran out of memory.
        """

    def build(self, spec: BuildSpec) -> None:
        """Build the image, its output on stderr; raises `ProvisionerError` when that fails."""


def run_in_container(
    engine: Engine, host: Host, arguments: Sequence[str], *, image: str = IMAGE, network: str | None = None
) -> int:
    """Run one command line of this program in a container and return its exit status."""
    return engine.run(run_spec(arguments, host, image=image, network=network, rootless=engine.is_rootless()))
