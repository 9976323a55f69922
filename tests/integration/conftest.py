"""One sandbox per module, in this process; a module changes its behaviour by a `settings` fixture of its own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from integration.harness import Site
from operator_policy import OPERATOR

from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

# Each of these kills, breaks or repeats dozens of runs, and every run waits half a minute for Route 53.
LONG = {
    "test_batch",
    "test_batch_faults",
    "test_corrupt_files",
    "test_collector_killed",
    "test_faults_injected",
    "test_healing",
    "test_killed",
    "test_merging",
}

# What these are about is what a user's own run does: a cold apply, interrupts, kill -9, faults of the machine.
AS_USERS_DO = LONG | {"test_faults_of_machine", "test_interrupt", "test_life"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this needs Terraform and its AWS provider."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.integration)
            if item.path.stem in LONG:
                item.add_marker(pytest.mark.crash)
            item.add_marker(
                pytest.mark.timeout(900)
            )  # a module's fixture provisions for several minutes on a busy machine


@pytest.fixture(scope="module")
def settings() -> SandboxSettings:
    """How the module's sandbox behaves."""
    return SandboxSettings()


@pytest.fixture(scope="module")
def site(
    request: pytest.FixtureRequest, settings: SandboxSettings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A fresh sandbox with an empty home, for all tests of a module, whose program may do what its page asks for."""
    shares = request.path.stem not in AS_USERS_DO
    with Sandbox(replace(settings, operator=OPERATOR)) as sandbox:
        made = Site(sandbox, tmp_path_factory.mktemp("site") / "home", shares=shares)
        yield made
        denied = [one for one in made.page("denied")["denied"] if not _is_repeated_deletion(one)]
        assert denied == [], "docs/permissions.md does not allow this"


def _is_repeated_deletion(denied: dict[str, Any]) -> bool:
    """Say whether somebody deleted a user once more because the answer was lost: who is gone has no path any more."""
    return denied["action"] == "iam:DeleteUser" and denied["resource"].startswith("user ")
