"""The Terraform program: its version, and one that will not do."""

from pathlib import Path

import pytest
from adapters.terraform.fake_terraform import (
    FakeTerraform,
    ignore,
)

from provisioner.adapters.terraform import TerraformRunner, TerraformSettings
from provisioner.errors import ProvisionerError


def test_versions_say_what_would_run(fake: FakeTerraform, runner: TerraformRunner, mirror: Path) -> None:
    versions = runner.versions()
    assert (versions.terraform, versions.provider) == ("1.11.4", "5.100.0")
    assert (versions.terraform_path, versions.mirror) == (str(fake.binary), str(mirror))


def test_noise_before_the_version_is_skipped(fake: FakeTerraform, runner: TerraformRunner) -> None:
    fake.says("version", "There are some problems with the CLI configuration:", {"terraform_version": "1.12.0-beta1"})
    assert runner.versions().terraform == "1.12.0-beta1"


@pytest.mark.parametrize(
    ("version", "code"),
    [("1.8.5", "terraform_too_old"), ("0.15.0", "terraform_too_old"), ("2.0.0", "terraform_unsupported")],
)
def test_a_version_that_will_not_do_is_refused_before_anything_is_initialised(
    fake: FakeTerraform, runner: TerraformRunner, root: Path, version: str, code: str
) -> None:
    fake.says("version", {"terraform_version": version})
    with pytest.raises(ProvisionerError) as raised:
        runner.plan(root, ignore)
    assert raised.value.code == code
    assert version in raised.value.message
    assert fake.calls == ["version -json"]


@pytest.mark.parametrize("binary", ["/nonexistent/terraform", "no-such-terraform"])
def test_an_absent_binary_is_said_to_be_missing(settings: TerraformSettings, root: Path, binary: str) -> None:
    runner = TerraformRunner(TerraformSettings(settings.environment, settings.home, binary, settings.plugin_dir))
    with pytest.raises(ProvisionerError) as raised:
        runner.plan(root, ignore)
    assert raised.value.code == "terraform_missing"
    assert binary in raised.value.message
    assert "PROVISIONER_TERRAFORM" in raised.value.hint


def test_a_program_that_is_no_terraform_is_said_to_be_none(fake: FakeTerraform, runner: TerraformRunner) -> None:
    fake.says("version", "usage: something else", code=64)
    with pytest.raises(ProvisionerError) as raised:
        runner.versions()
    assert raised.value.code == "terraform_missing"
    assert "usage: something else" in raised.value.message


def test_a_program_for_another_machine_is_explained(fake: FakeTerraform, runner: TerraformRunner) -> None:
    fake.binary.write_bytes(b"\x7fELF of another world")
    with pytest.raises(ProvisionerError) as raised:
        runner.versions()
    assert raised.value.code == "terraform_missing"


def test_a_root_that_cannot_be_written_is_explained(runner: TerraformRunner, root: Path) -> None:
    (root / "logs").write_text("a file where the directory should be")
    with pytest.raises(ProvisionerError) as raised:
        runner.plan(root, ignore)
    assert raised.value.code == "file_error"
    assert str(root / "logs") in raised.value.message
