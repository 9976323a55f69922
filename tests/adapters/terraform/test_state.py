"""Changes of the state alone."""

from pathlib import Path

import pytest
from adapters.terraform.fake_terraform import (
    ZONE,
    FakeTerraform,
)

from provisioner.adapters.terraform import TerraformRunner
from provisioner.errors import ProvisionerError


def test_forgetting_takes_a_resource_out_of_the_state(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> None:
    runner.forget(root, ZONE)
    assert fake.calls[-1] == f"state rm -lock-timeout=60s {ZONE}"


@pytest.mark.parametrize(
    "said", ["Error: Invalid target address\n\nNo matching objects found.", "No state file was found!"]
)
def test_forgetting_what_is_not_there_does_nothing(
    fake: FakeTerraform, runner: TerraformRunner, root: Path, said: str
) -> None:
    fake.says("state", code=1, err=said)
    runner.forget(root, ZONE)
    assert fake.calls[-1].startswith("state rm")


def test_a_state_that_cannot_be_changed_is_an_error(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> None:
    fake.says("state", code=1, err="Error: Error acquiring the state lock\n\nWho: root@elsewhere")
    with pytest.raises(ProvisionerError) as raised:
        runner.forget(root, ZONE)
    assert raised.value.code == "state_locked"
    assert "root@elsewhere" in raised.value.message
