"""The door to Terraform: its argv and its environment."""

from pathlib import Path

import pytest
from adapters.terraform.fake_terraform import (
    FakeTerraform,
    ignore,
    with_environment,
)

from provisioner.adapters.terraform import TerraformRunner, TerraformSettings
from provisioner.adapters.terraform.command import Cli, environment_for_terraform
from provisioner.adapters.terraform.command_line import CommandLine, apply, init, plan, show, state_rm, untaint, version


@pytest.mark.parametrize(
    ("line", "argv"),
    [
        (version(), ["version", "-json"]),
        (init(upgrade=False, reconfigure=False, locks=True), ["init", "-json"]),
        (
            init(upgrade=True, reconfigure=True, locks=False),
            ["init", "-json", "-upgrade", "-reconfigure", "-lock=false"],
        ),
        (plan("x.tfplan", 60.0), ["plan", "-json", "-detailed-exitcode", "-out=x.tfplan", "-lock-timeout=60s"]),
        (
            plan("x.tfplan", None, destroy=True),
            ["plan", "-json", "-detailed-exitcode", "-out=x.tfplan", "-destroy", "-lock=false"],
        ),
        (show("x.tfplan"), ["show", "-json", "x.tfplan"]),
        (apply("x.tfplan", 0.0), ["apply", "-json", "-lock-timeout=0s", "x.tfplan"]),
        (apply("x.tfplan", None), ["apply", "-json", "-lock=false", "x.tfplan"]),
        (untaint("aws_x.y[0]", 2.5), ["untaint", "-lock-timeout=2.5s", "aws_x.y[0]"]),
        (state_rm("aws_x.y[0]", None), ["state", "rm", "-lock=false", "aws_x.y[0]"]),
    ],
)
def test_argv_is_a_pure_function_of_the_command_line(tmp_path: Path, line: CommandLine, argv: list[str]) -> None:
    assert Cli("terraform", tmp_path, {}).argv(line) == ["terraform", *argv]


def test_no_attribute_is_turned_into_a_subcommand(tmp_path: Path) -> None:
    assert not hasattr(Cli("terraform", tmp_path, {}), "nonsense")


def test_the_state_is_never_read_into_memory(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text("not even JSON")
    assert Cli("terraform", tmp_path, {}).tfstate is None


def test_a_stale_environment_of_terraform_does_not_reach_it(
    fake: FakeTerraform, settings: TerraformSettings, root: Path, mirror: Path
) -> None:
    stale = {
        "TF_CLI_CONFIG_FILE": "/nowhere/terraformrc",
        "TF_CLI_ARGS": "-nonsense",
        "TF_CLI_ARGS_plan": "-destroy",
        "TF_DATA_DIR": "/nowhere",
        "TF_LOG": "TRACE",
        "TF_REATTACH_PROVIDERS": "{}",
        "TF_VAR_region": "xx-nowhere-1",
        "TF_WORKSPACE": "other",
    }
    with_environment(settings, **stale).plan(root, ignore)
    seen = {name: value for name, value in fake.environment("plan").items() if name.startswith(("TF_", "CHECKPOINT"))}
    config = seen.pop("TF_CLI_CONFIG_FILE")
    assert seen == {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    assert str(mirror) in Path(config).read_text()


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_region_is_handed_on_under_both_its_names(name: str) -> None:
    environment = environment_for_terraform({name: "eu-west-1", "AWS_PROFILE": "mail"}, Path("/x"))
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert environment["AWS_PROFILE"] == "mail"


def test_the_process_environment_itself_is_not_used(
    fake: FakeTerraform, runner: TerraformRunner, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-somebody-else")
    runner.plan(root, ignore)
    assert "AWS_SECRET_ACCESS_KEY" not in fake.environment("plan")


def test_settings_are_shown_without_their_environment(settings: TerraformSettings) -> None:
    secret = TerraformSettings({"AWS_SECRET_ACCESS_KEY": "hunter2"}, settings.home)
    assert "hunter2" not in repr(secret)


def test_secrets_of_the_environment_are_in_no_argv_and_no_file(
    fake: FakeTerraform, settings: TerraformSettings, root: Path
) -> None:
    with_environment(settings, AWS_SECRET_ACCESS_KEY="hunter2").plan(root, ignore)
    assert fake.environment("plan")["AWS_SECRET_ACCESS_KEY"] == "hunter2"
    texts = [path.read_text() for path in settings.home.rglob("*") if path.is_file()]
    assert all("hunter2" not in text for text in [*texts, *fake.calls])
