"""What goes wrong with a shared provider: interrupts, deaths, and providers that are not to be had."""

import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from adapters.terraform.warm.fake_provider import FakeProvider, alive
from integration.harness import Site, wait_until
from integration.roots import Roots
from twice import answered_alike

from provisioner.adapters.terraform import TerraformRunner
from provisioner.adapters.terraform.mirror import this_platform
from provisioner.adapters.terraform.warm.fallback import configuration_of
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.core.asked.decisions import ResolvedMode
from provisioner.errors import ProvisionerError
from provisioner.ports.terraform import Event
from provisioner.sandbox.settings import SandboxSettings

pytestmark = pytest.mark.timeout(600)

UNCHANGED = {"add": 0, "change": 0, "destroy": 0, "import": 0}
HOLDER = """
import os, sys
from pathlib import Path
from provisioner.adapters.terraform import TerraformSettings, TerraformRunner
from provisioner.adapters.terraform.warm.pool import WarmProvider
settings = TerraformSettings(dict(os.environ), Path(sys.argv[1]))
with WarmProvider(settings, ()) as warm, warm.run() as lease:
    print(lease.environment["TF_REATTACH_PROVIDERS"], flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def settings() -> SandboxSettings:
    return SandboxSettings(verification_delay=0)


@pytest.fixture(scope="module")
def roots(site: Site) -> Iterator[Roots]:
    with answered_alike():
        yield Roots(site.environment(), site.home)


class Applying:
    """A run in the middle of its apply: the zone is being made, which takes half a minute."""

    def __init__(self, pool: ThreadPoolExecutor, roots: Roots, warm: WarmProvider, name: str) -> None:
        self.root = roots.render(name, ResolvedMode.CREATED)
        self.runner = TerraformRunner(roots.settings, warm)
        self._said: list[Event] = []
        plan = self.runner.plan(self.root, self._said.append)
        self.future: Future[None] = pool.submit(self.runner.apply, self.root, plan, self._said.append)

    def wait_for_the_zone(self) -> "Applying":
        wait_until(lambda: self.told("apply_progress", "aws_route53_zone.this[0]") or self.future.done())
        assert not self.future.done()
        return self

    def told(self, kind: str, address: str) -> bool:
        return any(event.kind == kind and event.address.endswith(address) for event in self._said)

    @property
    def terraform(self) -> int:
        """The process id of the Terraform in the root."""
        for path in Path("/proc").glob("[0-9]*"):
            try:
                if (path / "cwd").readlink() == self.root.resolve() and (path / "comm").read_text() == "terraform\n":
                    return int(path.name)
            except OSError:
                continue
        raise AssertionError("no Terraform runs there")

    def types_in_state(self) -> set[str]:
        return {one["type"] for one in json.loads((self.root / "terraform.tfstate").read_text())["resources"]}


def provider_of(warm: WarmProvider, root: Path) -> int:
    """Return the process id of the provider that the next run of a root gets."""
    with warm.run(configuration_of(root)) as lease:
        (plugin,) = json.loads(lease.environment["TF_REATTACH_PROVIDERS"]).values()
        return int(plugin["Pid"])


def test_interrupting_one_run_does_not_disturb_its_neighbour(roots: Roots) -> None:
    with roots.warm() as warm, ThreadPoolExecutor(2) as pool:
        one, other = (Applying(pool, roots, warm, f"{name}.example") for name in ("interrupted", "neighbour"))
        one.wait_for_the_zone()
        os.kill(one.terraform, signal.SIGINT)
        with pytest.raises(ProvisionerError):
            one.future.result(240)
        other.future.result(240)
        assert other.runner.plan(other.root, print).counts == UNCHANGED
        assert "aws_route53_zone" in one.types_in_state()
        assert "aws_route53_record" not in one.types_in_state()
        plan = one.runner.plan(one.root, print)
        assert plan.counts == {"add": 8, "change": 0, "destroy": 0, "import": 0}  # the records and MAIL FROM
        one.runner.apply(one.root, plan, print)
        assert one.runner.plan(one.root, print).counts == UNCHANGED


def test_a_provider_killed_in_the_middle_is_an_error_to_retry_and_the_next_run_has_a_new_one(roots: Roots) -> None:
    with roots.warm() as warm, ThreadPoolExecutor(1) as pool:
        run = Applying(pool, roots, warm, "killed.example").wait_for_the_zone()
        first = provider_of(warm, run.root)
        os.kill(first, signal.SIGKILL)
        with pytest.raises(ProvisionerError) as raised:
            run.future.result(60)
        assert raised.value.code == "provider_lost"
        assert "same command" in raised.value.hint
        assert {"aws_sesv2_email_identity", "aws_iam_user"} <= run.types_in_state()
        assert run.runner.plan(run.root, print).counts["add"] > 0
        assert provider_of(warm, run.root) not in (first, os.getpid())


def test_without_a_provider_that_starts_everything_runs_cold_and_says_so(roots: Roots, tmp_path: Path) -> None:
    broken = FakeProvider(tmp_path / "world").behaves(says="cannot allocate memory")
    said: list[Event] = []
    root = roots.render("cold.example")
    with WarmProvider(replace(roots.settings, plugin_dir=broken.mirror), ()) as warm:
        runner = TerraformRunner(roots.settings, warm)
        runner.apply(root, runner.plan(root, said.append), said.append)
        assert runner.plan(root, said.append).counts == UNCHANGED
    ways = [event.text for event in said if event.kind == "warm_provider"]
    assert len(ways) == 3
    assert all("without the shared AWS provider" in way for way in ways)
    assert "cannot allocate memory" in ways[0]


def test_a_provider_lost_between_plan_and_apply_costs_nothing(roots: Roots) -> None:
    said: list[Event] = []
    root = roots.render("between.example")
    with roots.warm() as warm:
        runner = TerraformRunner(roots.settings, warm)
        plan = runner.plan(root, said.append)
    runner.apply(root, plan, said.append)
    assert runner.plan(root, said.append).counts == UNCHANGED
    assert [event.kind for event in said].count("warm_provider") == 2


def test_a_packed_mirror_is_unpacked_by_terraform_and_cleared_away(roots: Roots, tmp_path: Path) -> None:
    fake = FakeProvider(tmp_path / "world")
    packed = tmp_path / "packed/registry.terraform.io/hashicorp/aws"
    packed.mkdir(parents=True)
    with zipfile.ZipFile(packed / f"terraform-provider-aws_5.100.0_{this_platform()}.zip", "w") as archive:
        archive.write(fake.program, fake.program.name)
    settings = replace(roots.settings, plugin_dir=tmp_path / "packed")
    with WarmProvider(settings, ()) as warm:
        for _ in range(2):
            with warm.run() as lease:
                lease.discard_after_use()
        assert len(fake.pids) == 2
        words = Path(f"/proc/{fake.pids[-1]}/cmdline").read_text().split("\0")
        (program,) = (word for word in words if word.endswith(fake.program.name))
        assert Path(program).is_file()
    assert not Path(program).exists()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_real_provider_does_not_outlive_us(roots: Roots, number: int) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(roots.home)],
        env=dict(roots.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    (plugin,) = json.loads(holder.stdout.readline()).values()
    assert alive(plugin["Pid"])
    holder.send_signal(number)
    holder.wait(30)
    wait_until(lambda: not alive(plugin["Pid"]), 10)
    assert not Path(plugin["Addr"]["String"]).parent.exists()
