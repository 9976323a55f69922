"""The runner over a program that only plays Terraform: argv, environment, events, errors, files."""

import json
import os
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from python_terraform import IsNotFlagged

from provisioner.adapters.terraform import TerraformRunner, TerraformSettings, Timeouts
from provisioner.adapters.terraform.command import FLAG, Cli, environment_for_terraform
from provisioner.adapters.terraform.mirror import this_platform
from provisioner.core.terraform.plan import Plan
from provisioner.errors import Interrupted, ProvisionerError
from provisioner.ports.terraform import TICK, Event

FAKE = """#!/bin/sh
world=$(dirname "$0")
echo "$*" >> "$world/calls"
name=$(echo "$1" | tr -c 'a-z\\n' _)
env > "$world/environment.$name"
for argument; do case $argument in -out=*) echo plan > "${argument#-out=}";; esac; done
if [ "$1" = init ]; then mkdir -p .terraform; echo lock > .terraform.lock.hcl; fi
if [ -f "$world/$name.before" ]; then . "$world/$name.before"; fi
if [ -f "$world/$name.out" ]; then cat "$world/$name.out"; fi
if [ -f "$world/$name.err" ]; then cat "$world/$name.err" >&2; fi
exit "$(cat "$world/$name.code" 2>/dev/null || echo 0)"
"""
ZONE = "module.mail_domain.aws_route53_zone.this[0]"
USER = "module.smtp_user.aws_iam_user.this"


class FakeTerraform:
    """A program in a directory of its own; what it says to each command is a file beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.binary = folder / "terraform"
        folder.mkdir(parents=True)
        self.binary.write_text(FAKE)
        self.binary.chmod(0o755)
        self.says("version", {"terraform_version": "1.11.4"})

    def says(self, command: str, *lines: Any, code: int = 0, before: str = "", err: str = "") -> "FakeTerraform":
        text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        for kind, content in {"out": text, "code": str(code), "before": before, "err": err}.items():
            (self.folder / f"{command}.{kind}").write_text(content)
        return self

    @property
    def calls(self) -> list[str]:
        calls = self.folder / "calls"
        return calls.read_text().splitlines() if calls.exists() else []

    def forget_calls(self) -> None:
        (self.folder / "calls").unlink()

    def environment(self, command: str) -> dict[str, str]:
        lines = (self.folder / f"environment.{command}").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.fixture
def fake(tmp_path: Path) -> FakeTerraform:
    return FakeTerraform(tmp_path / "bin")


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    (folder / "registry.terraform.io/hashicorp/aws/5.100.0" / this_platform()).mkdir(parents=True)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "home/domains/example.com"
    root.mkdir(parents=True)
    (root / "main.tf").write_text("# rendered\n")
    return root


@pytest.fixture
def settings(fake: FakeTerraform, mirror: Path, tmp_path: Path) -> TerraformSettings:
    path = f"{fake.folder}:{os.environ['PATH']}"
    timeouts = Timeouts(grace=1.0)
    return TerraformSettings(
        {"PATH": path, "HOME": str(tmp_path)}, tmp_path / "home", plugin_dir=mirror, timeouts=timeouts
    )


@pytest.fixture
def runner(settings: TerraformSettings) -> TerraformRunner:
    return TerraformRunner(settings)


def with_environment(settings: TerraformSettings, **more: str) -> TerraformRunner:
    environment = {**settings.environment, **more}
    return TerraformRunner(
        TerraformSettings(environment, settings.home, settings.binary, settings.plugin_dir, settings.timeouts)
    )


def ignore(event: Event) -> None:
    """Take an event and do nothing."""


def hook(kind: str, address: str, text: str) -> dict[str, Any]:
    return {"@message": text, "type": kind, "hook": {"resource": {"addr": address}}}


def error(summary: str, detail: str = "", address: str = "") -> dict[str, Any]:
    diagnostic = {"severity": "error", "summary": summary, "detail": detail, "address": address}
    return {"@message": f"Error: {summary}", "type": "diagnostic", "diagnostic": diagnostic}


def change(address: str, *actions: str, reason: str | None = None) -> Mapping[str, Any]:
    entry = {"address": address, "type": "aws_route53_zone", "change": {"actions": list(actions), "after": {}}}
    return entry | ({"action_reason": reason} if reason else {})


def shown(*changes: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"format_version": "1.2", "resource_changes": list(changes)}


def planned(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> Plan:
    fake.says("plan", code=2).says("show", shown(change(ZONE, "create")))
    return runner.plan(root, ignore)


# argv


def test_argv_is_built_by_a_pure_function(tmp_path: Path) -> None:
    cli = Cli("terraform", tmp_path, {})
    argv: list[str] = cli.generate_cmd_string(
        "plan", json=FLAG, detailed_exitcode=FLAG, out="x.tfplan", destroy=IsNotFlagged, lock_timeout="60s", target=None
    )
    assert argv == ["terraform", "plan", "-json", "-detailed-exitcode", "-out=x.tfplan", "-lock-timeout=60s"]


def test_no_attribute_is_turned_into_a_subcommand(tmp_path: Path) -> None:
    assert not hasattr(Cli("terraform", tmp_path, {}), "nonsense")


def test_the_state_is_never_read_into_memory(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text("not even JSON")
    assert Cli("terraform", tmp_path, {}).tfstate is None


# planning


def test_a_first_plan_initialises_and_a_second_costs_one_process(
    fake: FakeTerraform, runner: TerraformRunner, root: Path
) -> None:
    fake.says("plan", code=0)
    assert runner.plan(root, ignore) == Plan.unchanged()
    plan = "plan -json -detailed-exitcode -out=provisioner.tfplan -lock-timeout=60s"
    assert fake.calls == ["version -json", "init -json -upgrade", plan]
    fake.forget_calls()
    assert runner.plan(root, ignore).empty
    assert fake.calls == [plan]


@pytest.mark.parametrize("change_of", ["main.tf", "binary", "mirror", "lock file"])
def test_it_initialises_again_when_what_it_depends_on_changed(
    fake: FakeTerraform, runner: TerraformRunner, root: Path, mirror: Path, change_of: str
) -> None:
    runner.plan(root, ignore)
    fake.forget_calls()
    if change_of == "main.tf":
        (root / "main.tf").write_text("# rendered differently\n")
    elif change_of == "binary":
        fake.binary.write_text(FAKE + "\n")
    elif change_of == "mirror":
        (mirror / "registry.terraform.io/hashicorp/aws/5.101.0" / this_platform()).mkdir(parents=True)
    else:
        (root / ".terraform.lock.hcl").unlink()
    runner.plan(root, ignore)
    asked_again = ["version"] if change_of == "binary" else []
    assert [call.split()[0] for call in fake.calls] == [*asked_again, "init", "plan"]


def test_an_emptied_plugin_cache_is_filled_again(fake: FakeTerraform, runner: TerraformRunner, root: Path) -> None:
    runner.plan(root, ignore)
    fake.forget_calls()
    once = 'if [ ! -f "$world/failed" ]; then touch "$world/failed"; echo 1 > "$world/plan.code"; '
    gone = json.dumps(error("Required plugins are not installed"))
    fake.says("plan", before=f"{once} echo '{gone}'; else echo 0 > \"$world/plan.code\"; fi")
    assert runner.plan(root, ignore).empty
    assert [call.split()[0] for call in fake.calls] == ["plan", "init", "plan"]


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


def test_a_relative_home_works(
    fake: FakeTerraform, settings: TerraformSettings, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(settings.home)
    TerraformRunner(settings).plan(root.relative_to(settings.home), ignore)
    config = Path(fake.environment("plan")["TF_CLI_CONFIG_FILE"])
    assert config.is_absolute()
    assert config.is_file()


# environment


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


# applying


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


# the state


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


# the binary


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


# the provider


def test_inits_that_share_a_plugin_cache_take_turns(
    fake: FakeTerraform, settings: TerraformSettings, tmp_path: Path
) -> None:
    direct = TerraformSettings(settings.environment, settings.home, timeouts=settings.timeouts)
    before = 'mkdir "$world/busy" || echo twice >> "$world/clash"; sleep 0.2; rmdir "$world/busy"'
    fake.says("init", before=before)
    roots = [tmp_path / f"home/domains/{name}.example" for name in "abc"]
    for root in roots:
        root.mkdir(parents=True)
        (root / "main.tf").write_text("")
    runner = _Direct(direct)
    threads = [threading.Thread(target=runner.plan, args=(root, ignore)) for root in roots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(call.startswith("init") for call in fake.calls) == 3
    assert fake.calls.count("version -json") == 1  # asked by one for all
    assert not (fake.folder / "clash").exists()


class _Direct(TerraformRunner):
    """A runner on a machine without any mirror."""

    def _mirror(self) -> None:
        return None
