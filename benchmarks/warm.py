"""`python -m benchmarks.warm`: a refresh plan with the shared provider beside one with Terraform's own, in one run."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provisioner.adapters.assets import find_assets
from provisioner.adapters.terraform import TerraformRunner, TerraformSettings
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.adapters.terraform.warm.schema_types import schema_types_in

DOMAIN = "example.com"
ROUNDS = 7
INSIDE = "PROVISIONER_BENCHMARK_INSIDE"
PROVISIONER = str(Path(sys.executable).with_name("provisioner"))
TICK = os.sysconf("SC_CLK_TCK")
MIB = 1 << 20


@dataclass(frozen=True)
class Cost:
    """What one plan took: wall and CPU in seconds, of every process that works for it."""

    wall: float
    cpu: float


def main() -> None:
    """Run in a sandbox of our own, whose emulated AWS is a process that is not counted."""
    if os.environ.get(INSIDE):
        _measure(Path(os.environ["PROVISIONER_HOME"]))
        return
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, INSIDE: "1", "PROVISIONER_HOME": home, "PYTHONUNBUFFERED": "1"}
        command = [PROVISIONER, "sandbox", "run", "--", sys.executable, "-m", "benchmarks.warm"]
        subprocess.run(command, env=environment, check=True)


def _measure(home: Path) -> None:
    subprocess.run([PROVISIONER, "new-domain", DOMAIN, "--quiet", "--no-secret"], check=True, stdout=subprocess.DEVNULL)
    root, settings = home / "domains" / DOMAIN, TerraformSettings(os.environ, home)
    with WarmProvider(settings, schema_types_in(find_assets().modules), runs=10**6) as warm:
        plan_cold, plan_warm = (
            _planner(TerraformRunner(settings), root),
            _planner(TerraformRunner(settings, warm), root),
        )
        begun = time.perf_counter()
        plan_warm()
        first = time.perf_counter() - begun
        provider = _provider()
        before = _load()
        pairs = [(_cost(plan_warm, provider), _cost(plan_cold, None)) for _ in range(ROUNDS)]
        memory = _peak(plan_warm, root), _peak(plan_cold, root)
        shared = _rss(provider) / MIB, _rss(os.getpid()) / MIB
        load = before, _load()
    _print(pairs, memory, load)
    print(f"\nfirst warm plan, with the provider's start: {first:.2f} s")
    print(f"shared by all runs: provider {shared[0]:.0f} MiB, this process with its proxy {shared[1]:.0f} MiB")


def _print(pairs: list[tuple[Cost, Cost]], memory: tuple[float, float], load: tuple[float, float]) -> None:
    rows = [
        ("wall", "s", *(statistics.median(cost.wall for cost in side) for side in zip(*pairs, strict=True)), 1 / 8),
        ("CPU of all processes", "s", *(statistics.median(c.cpu for c in s) for s in zip(*pairs, strict=True)), 1 / 10),
        ("peak memory per run", "MiB", *(peak / MIB for peak in memory), 1 / 3),
    ]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, load {load[0]:.1f} to {load[1]:.1f}, {ROUNDS} rounds, medians")
    print(f"\n{'refresh plan of one domain':<28}{'warm':>10}{'cold':>10}{'ratio':>9}{'at most':>10}")
    for name, unit, ours, theirs, limit in rows:
        ratio = f"1/{theirs / ours:.1f}"
        print(f"{f'{name} ({unit})':<28}{ours:>10.2f}{theirs:>10.2f}{ratio:>9}{f'1/{1 / limit:.0f}':>10}")


def _planner(runner: TerraformRunner, root: Path) -> Callable[[], None]:
    def plan() -> None:
        ways: list[str] = []
        made = runner.plan(root, lambda event: ways.append(event.text) if event.kind == "warm_provider" else None)
        if ways or not made.empty:
            sys.exit(f"not what is to be measured: {ways} {made.counts}")

    return plan


def _provider() -> int:
    """Return the process id of the provider that the root's runs share."""
    me = os.getpid()
    children = [path for path in Path("/proc").glob("[0-9]*/stat") if int(path.read_text().split()[3]) == me]
    (provider,) = [int(path.parent.name) for path in children if b"terraform-provider-aws" in _command(path.parent)]
    return provider


def _command(process: Path) -> bytes:
    return (process / "cmdline").read_bytes()


def _cost(plan: Callable[[], None], provider: int | None) -> Cost:
    begun, before = time.perf_counter(), _cpu(provider)
    plan()
    wall = time.perf_counter() - begun
    return Cost(wall, _cpu(provider) - before)


def _cpu(provider: int | None) -> float:
    """Return the CPU seconds of this process, of all its children that have ended, and of the shared provider."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    ours = sum(usage.ru_utime + usage.ru_stime for usage in spent)
    if provider is None:
        return ours
    fields = Path(f"/proc/{provider}/stat").read_text().rpartition(")")[2].split()
    return ours + (int(fields[11]) + int(fields[12])) / TICK


def _peak(plan: Callable[[], None], root: Path) -> float:
    """Return the most memory, in bytes, that the processes in a root had together during one plan."""
    with _sampling(root) as samples:
        plan()
    return max(samples)


@contextmanager
def _sampling(root: Path) -> Iterator[list[int]]:
    samples, ended = [0], threading.Event()

    def sample() -> None:
        while not ended.wait(0.01):
            samples.append(sum(map(_rss, _working_in(root))))

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield samples
    finally:
        ended.set()
        sampler.join()


def _working_in(root: Path) -> Iterator[int]:
    here = root.resolve()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if (path / "cwd").readlink() == here:
                yield int(path.name)
        except OSError:
            continue  # it ended meanwhile


def _rss(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def _load() -> float:
    return os.getloadavg()[0]


if __name__ == "__main__":
    main()
