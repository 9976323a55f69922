"""When a root is initialised, and how."""

import json
import threading
from pathlib import Path

import pytest
from adapters.terraform.fake_terraform import (
    FAKE,
    FakeTerraform,
    error,
    ignore,
)

from provisioner.adapters.terraform import TerraformRunner, TerraformSettings
from provisioner.adapters.terraform.mirror import this_platform
from provisioner.core.terraform.plan import Plan


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


def test_a_relative_home_works(
    fake: FakeTerraform, settings: TerraformSettings, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(settings.home)
    TerraformRunner(settings).plan(root.relative_to(settings.home), ignore)
    config = Path(fake.environment("plan")["TF_CLI_CONFIG_FILE"])
    assert config.is_absolute()
    assert config.is_file()


def test_inits_that_share_a_plugin_cache_take_turns(
    fake: FakeTerraform, settings: TerraformSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    direct = TerraformSettings(settings.environment, settings.home, timeouts=settings.timeouts)
    before = 'mkdir "$world/busy" || echo twice >> "$world/clash"; sleep 0.2; rmdir "$world/busy"'
    fake.says("init", before=before)
    roots = [tmp_path / f"home/domains/{name}.example" for name in "abc"]
    for root in roots:
        root.mkdir(parents=True)
        (root / "main.tf").write_text("")
    monkeypatch.setattr("provisioner.adapters.terraform.mirror.find", lambda *_: None)  # a machine without any
    runner = TerraformRunner(direct)
    threads = [threading.Thread(target=runner.plan, args=(root, ignore)) for root in roots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(call.startswith("init") for call in fake.calls) == 3
    assert fake.calls.count("version -json") == 1  # asked by one for all
    assert not (fake.folder / "clash").exists()
