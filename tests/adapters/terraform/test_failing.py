"""Runs of Terraform that fail, are interrupted or take too long."""

import json
import os
import signal
from pathlib import Path

import pytest
from adapters.terraform.fake_terraform import (
    USER,
    ZONE,
    FakeTerraform,
    error,
    hook,
    ignore,
    planned,
)

from provisioner.adapters.terraform import TerraformRunner, TerraformSettings, Timeouts
from provisioner.errors import Interrupted, ProvisionerError
from provisioner.ports.terraform import Event


def test_a_failed_apply_names_what_failed_and_says_that_the_rest_is_kept(
    fake: FakeTerraform, runner: TerraformRunner, root: Path
) -> None:
    plan = planned(fake, runner, root)
    refused = "operation error IAM: CreateUser, https response error StatusCode: 409, EntityAlreadyExists: User exists"
    fake.says("apply", hook("apply_errored", USER, "errored"), error("creating IAM User", refused, USER), code=1)
    with pytest.raises(ProvisionerError) as raised:
        runner.apply(root, plan, ignore)
    assert raised.value.code == "apply_failed"
    assert raised.value.message.startswith(f"apply failed at {USER}: ")
    assert refused in raised.value.message
    assert "the same command completes it" in raised.value.hint
    assert not (root / plan.file).exists()


def test_an_emergency_state_is_rescued_into_a_private_file_and_kept_out_of_the_log(
    fake: FakeTerraform, runner: TerraformRunner, root: Path
) -> None:
    plan = planned(fake, runner, root)
    dump = {"@message": "Emergency state dump", "type": "log", "state": {"serial": 7, "resources": ["made"]}}
    fake.says("apply", dump, error("Failed to persist state"), code=1)
    with pytest.raises(ProvisionerError):
        runner.apply(root, plan, ignore)
    rescued = root / "recovered.tfstate"
    assert json.loads(rescued.read_text()) == {"serial": 7, "resources": ["made"]}
    assert rescued.stat().st_mode & 0o777 == 0o600
    assert "made" not in (root / "logs/apply.log").read_text()
    assert "Failed to persist state" in (root / "logs/apply.log").read_text()


def test_a_format_of_the_future_is_refused(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> None:
    fake.says("plan", {"@message": "Terraform 3.0", "type": "version", "ui": "2.0"})
    with pytest.raises(ProvisionerError) as raised:
        runner.plan(root, ignore)
    assert raised.value.code == "terraform_unsupported"


def test_an_interrupted_apply_waits_for_terraform_and_raises_interrupted(
    fake: FakeTerraform, runner: TerraformRunner, root: Path
) -> None:
    plan = planned(fake, runner, root)
    line = json.dumps(hook("apply_start", ZONE, "Creating..."))
    wait = "until [ $stop ]; do sleep 0.02; done"
    fake.says("apply", before=f"trap 'stop=1' INT; echo '{line}'; {wait}; echo saved > terraform.tfstate", code=1)

    def interrupt(event: Event) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Interrupted) as raised:
        runner.apply(root, plan, interrupt)
    assert raised.value.exit_code == 130
    assert (root / "terraform.tfstate").read_text() == "saved\n"
    assert not (root / plan.file).exists()


def test_a_command_that_takes_too_long_is_stopped(fake: FakeTerraform, settings: TerraformSettings, root: Path) -> None:
    hasty = Timeouts(plan=0.3, grace=0.3)
    runner = TerraformRunner(TerraformSettings(settings.environment, settings.home, None, settings.plugin_dir, hasty))
    fake.says("plan", before="while :; do sleep 0.05; done")
    with pytest.raises(ProvisionerError) as raised:
        runner.plan(root, ignore)
    assert raised.value.code == "terraform_timeout"
