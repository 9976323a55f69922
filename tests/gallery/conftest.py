"""The ward in which every fault of the gallery is shown: one sandbox for each process that runs these tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gallery.ward import Ward
from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

FOREIGN = ("AWS_", "PROVISIONER_")


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    """A sandbox of its own, in which what is right is verified at once; programs are pointed at it."""
    home: Path = tmp_path_factory.mktemp("ward") / "home"
    with Sandbox(SandboxSettings(verification_delay=0.0)) as sandbox, pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith(FOREIGN)]:
            environment.delenv(name)
        for name, value in sandbox.environment({}, home).items():
            environment.setenv(name, value)
        yield Ward(home)
