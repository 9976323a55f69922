"""The runner with a warm provider, over programs that only play Terraform and the provider."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from adapters.terraform.test_runner import USER, ZONE, FakeTerraform, change, hook, ignore, shown
from adapters.terraform.warm.fake_provider import FakeProvider

from provisioner.adapters.terraform import TerraformRunner, TerraformSettings
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.core.terraform.sharing import Sharing
from provisioner.errors import ProvisionerError
from provisioner.ports.terraform import TICK, Event

CREATES_ZONE, CREATES_USER = shown(change(ZONE, "create")), shown(change(USER, "create"))


@pytest.fixture
def fake(tmp_path: Path) -> FakeTerraform:
    return FakeTerraform(tmp_path / "bin")


@pytest.fixture
def settings(fake: FakeTerraform, provider: FakeProvider, tmp_path: Path) -> TerraformSettings:
    environment = {"PATH": f"{fake.folder}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    return TerraformSettings(environment, tmp_path / "home", plugin_dir=provider.mirror)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "home/domains/example.com"
    root.mkdir(parents=True)
    (root / "main.tf").write_text("# rendered\n")
    return root


@pytest.fixture
def warm_runner(settings: TerraformSettings, provider: FakeProvider) -> Iterator[TerraformRunner]:
    with WarmProvider(settings, ()) as warm:
        yield TerraformRunner(settings, warm)


@pytest.fixture
def cold_runner(settings: TerraformSettings) -> TerraformRunner:
    return TerraformRunner(settings)


def commands(fake: FakeTerraform) -> list[str]:
    """Return the commands since the last look."""
    calls = [call.split()[0] for call in fake.calls]
    fake.forget_calls()
    return calls


def test_every_command_of_a_run_reattaches_to_the_same_provider(
    fake: FakeTerraform, warm_runner: TerraformRunner, provider: FakeProvider, root: Path
) -> None:
    fake.says("plan", code=2).says("show", CREATES_ZONE)
    warm_runner.apply(root, warm_runner.plan(root, ignore), ignore)
    told = {fake.environment(command)["TF_REATTACH_PROVIDERS"] for command in ("init", "plan", "show", "apply")}
    (plugin,) = [json.loads(text)["registry.terraform.io/hashicorp/aws"] for text in told]
    assert plugin["Pid"] == provider.pids[0]


def test_without_a_warm_provider_nothing_reattaches(
    fake: FakeTerraform, cold_runner: TerraformRunner, root: Path
) -> None:
    cold_runner.plan(root, ignore)
    assert "TF_REATTACH_PROVIDERS" not in fake.environment("plan")


@pytest.mark.parametrize(
    ("sharing", "reattached"),
    [
        (Sharing.NEVER, [False, False, False, False]),
        (Sharing.READS, [False, False, True, False]),
        (Sharing.ALWAYS, [True, True, True, True]),
    ],
)
def test_who_shares_the_provider_is_chosen(
    fake: FakeTerraform, settings: TerraformSettings, root: Path, sharing: Sharing, reattached: list[bool]
) -> None:
    fake.says("plan", code=2).says("show", CREATES_ZONE)

    def shared(command: str) -> bool:
        return "TF_REATTACH_PROVIDERS" in fake.environment(command)

    with WarmProvider(settings, ()) as warm:
        runner = TerraformRunner(settings, warm, sharing)
        first = runner.plan(root, ignore)
        seen = [shared("plan")]
        runner.apply(root, first, ignore)
        seen.append(shared("apply"))
        second = runner.plan(root, ignore)
        seen.append(shared("plan"))
        runner.apply(root, second, ignore)
        seen.append(shared("apply"))
    assert seen == reattached


def test_a_root_initialised_without_the_provider_is_initialised_again_to_go_cold_and_not_to_go_warm(
    fake: FakeTerraform, warm_runner: TerraformRunner, cold_runner: TerraformRunner, root: Path
) -> None:
    runners = [warm_runner, warm_runner, cold_runner, cold_runner, warm_runner]
    ran = []
    for runner in runners:
        runner.plan(root, ignore)
        ran.append("init" in commands(fake))
    assert ran == [True, False, True, False, False]


def test_a_plan_made_cold_is_applied_warm_as_it_is(
    fake: FakeTerraform, warm_runner: TerraformRunner, cold_runner: TerraformRunner, root: Path
) -> None:
    fake.says("plan", code=2).says("show", CREATES_ZONE)
    plan = cold_runner.plan(root, ignore)
    fake.forget_calls()
    warm_runner.apply(root, plan, ignore)
    assert commands(fake) == ["apply"]


def test_a_plan_made_warm_is_made_again_before_it_is_applied_cold(
    fake: FakeTerraform, warm_runner: TerraformRunner, cold_runner: TerraformRunner, root: Path
) -> None:
    fake.says("plan", code=2).says("show", CREATES_ZONE)
    plan = warm_runner.plan(root, ignore)
    fake.forget_calls()
    cold_runner.apply(root, plan, ignore)
    assert commands(fake) == ["version", "init", "show", "plan", "show", "show", "apply"]
    assert not (root / plan.file).exists()


def test_a_destruction_is_made_again_as_a_destruction(
    fake: FakeTerraform, warm_runner: TerraformRunner, cold_runner: TerraformRunner, root: Path
) -> None:
    fake.says("plan", code=2).says("show", shown(change(ZONE, "delete")))
    plan = warm_runner.plan(root, ignore, destroy=True)
    fake.forget_calls()
    cold_runner.apply(root, plan, ignore)
    assert all("-destroy" in call for call in fake.calls if call.startswith("plan"))


@pytest.mark.parametrize("code", [0, 2])
def test_a_plan_that_is_another_the_second_time_is_refused_and_nothing_is_applied(
    fake: FakeTerraform, warm_runner: TerraformRunner, cold_runner: TerraformRunner, root: Path, code: int
) -> None:
    fake.says("plan", code=2).says("show", CREATES_ZONE)
    plan = warm_runner.plan(root, ignore)
    other = json.dumps(CREATES_USER)
    fake.says("plan", code=code, before=f"cat > \"$world/show.out\" <<'END'\n{other}\nEND")
    with pytest.raises(ProvisionerError) as raised:
        cold_runner.apply(root, plan, ignore)
    assert raised.value.code == "plan_stale"
    assert "apply" not in commands(fake)


def test_a_run_that_fails_for_an_unknown_reason_goes_on_cold_and_says_so(
    fake: FakeTerraform, warm_runner: TerraformRunner, root: Path
) -> None:
    fake.says("plan", before='if [ -n "$TF_REATTACH_PROVIDERS" ]; then exit 1; fi')
    said: list[Event] = []
    assert warm_runner.plan(root, said.append).empty
    assert [event.kind for event in said if event != TICK] == ["warm_provider"]
    assert commands(fake) == ["version", "init", "plan", "init", "plan"]


def test_a_provider_lost_after_the_first_change_is_an_error_to_retry(
    fake: FakeTerraform, warm_runner: TerraformRunner, root: Path
) -> None:
    fake.says("plan", code=2).says("show", CREATES_ZONE)
    plan = warm_runner.plan(root, ignore)
    lost = {"severity": "error", "summary": "Plugin did not respond", "detail": "", "address": ZONE}
    diagnostic = {"@message": "Error", "type": "diagnostic", "diagnostic": lost}
    fake.says("apply", hook("apply_start", ZONE, "Creating..."), diagnostic, code=1)
    with pytest.raises(ProvisionerError) as raised:
        warm_runner.apply(root, plan, ignore)
    assert raised.value.code == "provider_lost"
    assert ZONE in raised.value.message
    assert [call.split()[0] for call in fake.calls].count("apply") == 1


def test_forgetting_a_resource_needs_no_provider_to_be_installed(
    fake: FakeTerraform, warm_runner: TerraformRunner, root: Path
) -> None:
    warm_runner.plan(root, ignore)
    fake.forget_calls()
    warm_runner.forget(root, ZONE)
    assert [call.split()[:2] for call in fake.calls] == [["state", "rm"]]
    assert "TF_REATTACH_PROVIDERS" in fake.environment("state")
