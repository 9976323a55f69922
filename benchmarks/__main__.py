"""`make bench`: what this program costs beside the bare tools, as ratios measured in one run."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

DOMAIN = "example.com"
PLAN_ROUNDS = 5
HELP_ROUNDS = 20
PROVISIONER = str(Path(sys.executable).with_name("provisioner"))


def main() -> None:
    """Measure, alternating the two sides so that both see the same machine, and print one table."""
    rows = [("provisioner --help : python -c pass", "CPU", _help_ratio(), 6.0)]
    with tempfile.TemporaryDirectory() as directory, Sandbox(SandboxSettings(verification_delay=0)) as sandbox:
        environment = {**os.environ, **sandbox.environment(os.environ, Path(directory))}
        _run([PROVISIONER, "new-domain", DOMAIN, "--quiet", "--no-secret"], environment)
        rows.append(("unchanged new-domain : terraform plan", "wall", _plan_ratio(Path(directory), environment), 1.5))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, one run, medians\n")
    print(f"{'ours : theirs':<40}{'measure':<10}{'ratio':>7}{'at most':>10}")
    for name, measure, ratio, limit in rows:
        print(f"{name:<40}{measure:<10}{ratio:>7.2f}{limit:>10.1f}")
    sys.exit(any(ratio > limit for _, _, ratio, limit in rows))


def _help_ratio() -> float:
    ours = [PROVISIONER, "--help"]
    bare = [sys.executable, "-c", "pass"]
    return _ratio(HELP_ROUNDS, lambda: _cpu_seconds(ours), lambda: _cpu_seconds(bare))


def _plan_ratio(home: Path, environment: Mapping[str, str]) -> float:
    root = home / "domains" / DOMAIN
    config = {"TF_CLI_CONFIG_FILE": str(root / ".terraform" / "provisioner.tfrc")}
    bare = ["terraform", f"-chdir={root}", "plan", "-input=false", "-detailed-exitcode"]
    ours = [PROVISIONER, "new-domain", DOMAIN, "--quiet", "--no-secret"]
    return _ratio(
        PLAN_ROUNDS,
        lambda: _wall_seconds(ours, environment),
        lambda: _wall_seconds(bare, {**environment, **config}),
    )


def _ratio(rounds: int, ours: Callable[[], float], bare: Callable[[], float]) -> float:
    pairs = [(ours(), bare()) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)


def _cpu_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _run(command, os.environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _wall_seconds(command: list[str], environment: Mapping[str, str]) -> float:
    start = time.perf_counter()
    _run(command, environment)
    return time.perf_counter() - start


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    subprocess.run(command, env=dict(environment), check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
