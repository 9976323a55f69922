"""What a plan is made of, read from, and leaves behind."""

import json
from pathlib import Path

import pytest
from adapters.terraform.fake_terraform import (
    USER,
    ZONE,
    FakeTerraform,
    change,
    error,
    ignore,
    planned,
    shown,
)

from provisioner.adapters.terraform import TerraformRunner
from provisioner.errors import ProvisionerError


def test_a_plan_with_changes_is_read_from_its_file(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> None:
    plan = planned(fake, runner, root)
    assert plan.counts == {"add": 1, "change": 0, "destroy": 0, "import": 0}
    assert [entry.address for entry in plan.changes] == [ZONE]
    assert fake.calls[-1] == "show -json provisioner.tfplan"
    assert (root / plan.file).stat().st_mode & 0o777 == 0o600


def test_the_plan_itself_is_in_no_log(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> None:
    planned(fake, runner, root)
    assert sorted(path.name for path in (root / "logs").iterdir()) == ["init.log", "plan.log"]


def test_a_destroying_plan_says_so(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> None:
    fake.says("plan", code=2).says("show", shown(change(ZONE, "delete")))
    assert runner.plan(root, ignore, destroy=True).counts["destroy"] == 1
    assert "-destroy" in fake.calls[-2].split()


def test_without_changes_no_plan_file_is_left(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> None:
    fake.says("plan", code=0)
    runner.plan(root, ignore)
    assert not (root / "provisioner.tfplan").exists()


def test_a_failed_plan_leaves_no_plan_file(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> None:
    fake.says("plan", error("Unsupported argument"), code=1)
    with pytest.raises(ProvisionerError):
        runner.plan(root, ignore)
    assert not (root / "provisioner.tfplan").exists()


def test_a_half_made_resource_is_updated_instead_of_replaced(
    fake: FakeTerraform, runner: TerraformRunner, root: Path
) -> None:
    tainted = json.dumps(shown(change(ZONE, "delete", "create", reason="replace_because_tainted")))
    healed = json.dumps(shown(change(USER, "create")))
    answer = f"if grep -q ^untaint \"$world/calls\"; then echo '{healed}'; else echo '{tainted}'; fi"
    fake.says("plan", code=2).says("show", before=answer)
    plan = runner.plan(root, ignore)
    assert [(entry.address, entry.kind) for entry in plan.changes] == [(USER, "create")]
    assert f"untaint -lock-timeout=60s {ZONE}" in fake.calls
