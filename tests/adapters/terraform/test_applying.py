"""Applying a plan, and what is told of it."""

from pathlib import Path

import pytest
from adapters.terraform.fake_terraform import (
    ZONE,
    FakeTerraform,
    hook,
    ignore,
    planned,
)

from provisioner.adapters.terraform import TerraformRunner
from provisioner.core.terraform.plan import Plan
from provisioner.errors import ProvisionerError
from provisioner.ports.terraform import TICK, Event


def test_apply_uses_exactly_the_planned_file_and_deletes_it(
    fake: FakeTerraform, runner: TerraformRunner, root: Path
) -> None:
    plan = planned(fake, runner, root)
    runner.apply(root, plan, ignore)
    assert fake.calls[-1] == "apply -json -lock-timeout=60s provisioner.tfplan"
    assert not (root / plan.file).exists()


def test_a_discarded_plan_cannot_be_applied(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> None:
    plan = planned(fake, runner, root)
    runner.discard(root, plan)
    with pytest.raises(ProvisionerError) as raised:
        runner.apply(root, plan, ignore)
    assert raised.value.code == "plan_missing"
    assert not any(call.startswith("apply") for call in fake.calls)


def test_discarding_an_unchanged_plan_does_nothing(runner: TerraformRunner, root: Path) -> None:
    runner.discard(root, Plan.unchanged())
    assert (root / "main.tf").exists()


def test_events_are_told_in_order(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> None:
    plan = planned(fake, runner, root)
    fake.says(
        "apply",
        {"@message": "Terraform 1.11.4", "type": "version", "ui": "1.2"},
        hook("apply_start", ZONE, f"{ZONE}: Creating..."),
        hook("apply_progress", ZONE, f"{ZONE}: Still creating... [10s elapsed]"),
        {"@message": "something new", "type": "type_of_the_future"},
        "not JSON at all",
        hook("apply_complete", ZONE, f"{ZONE}: Creation complete after 15s"),
    )
    events: list[Event] = []
    runner.apply(root, plan, events.append)
    told = [event for event in events if event != TICK]
    assert [(event.kind, event.address) for event in told] == [
        ("apply_start", ZONE),
        ("apply_progress", ZONE),
        ("apply_complete", ZONE),
    ]
    assert told[0].text == f"{ZONE}: Creating..."


def test_the_whole_output_is_in_a_private_log(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> None:
    plan = planned(fake, runner, root)
    fake.says("apply", "plain words", code=0)
    runner.apply(root, plan, ignore)
    log = root / "logs/apply.log"
    assert log.read_text() == "plain words\n"
    assert log.stat().st_mode & 0o777 == 0o600
