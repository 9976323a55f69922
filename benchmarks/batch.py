"""`make bench-batch`: a batch beside the plain `terraform init && terraform apply` loop, as ratios measured in one run.

Both sides work against the same kind of sandbox, on the same machine, from the same rendered roots, the plain loop with
a shared plugin directory. The sandbox runs in this process, so its CPU is in neither side's count. Domains get hosted
zones of their own, so each side sleeps through the same waits for Route 53.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from benchmarks import warm
from benchmarks.site import PROVISIONER, measured, provision, run, site
from provisioner.adapters.assets import find_assets
from provisioner.adapters.templates import Backend, RootTemplates
from provisioner.adapters.terraform import mirror
from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.request import Request
from provisioner.core.mail_domain.spec import spec_of
from provisioner.core.values.domain import DomainName

THROTTLE = {"route53": (10.0, 50), "sesv2": (1.0, 1)}  # AWS's documented limits: a second, at once
REQUEST = Request.parse("us-east-1")
CALLS_NOTE = """\
  By operation, refused calls are counted too. Not to be avoided: GetHostedZone and GetChange, which the provider makes
  around each record; its reading back of what it made. Avoided: a GetCallerIdentity for each Terraform (the shared
  provider is configured once); reading each resource before a domain without a state is planned; looking at each
  domain before the batch (the preflight lists the account instead).
"""
_QUIET = "-input=false -no-color -compact-warnings"
_INIT = "terraform init -input=false -no-color"


def main() -> None:
    """Measure each part that is asked for, and print its table."""
    options = _options()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{_said('terraform', 'version').splitlines()[0]}; one run\n"
        f"repeat: python -m benchmarks.batch {' '.join(sys.argv[1:])}\n"
    )
    warm.main()
    if options.domains:
        compare(options.domains, options.parallel, options.plain_parallel, options.extra)
    if options.drift:
        drifting(options.drift, options.parallel, options.plain_parallel)
    if options.throttled:
        throttled(options.throttled, options.parallel, options.extra)
    if options.many:
        flat(options.many)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--domains", type=int, nargs="*", default=[8], help="new domains")
    parser.add_argument("--drift", type=int, default=8, help="domains to compare with what they should be (0: skip)")
    parser.add_argument("--parallel", type=int, default=0, help="ours (0: its own default)")
    parser.add_argument("--plain-parallel", type=int, default=4, help="the plain loop's")
    parser.add_argument("--throttled", type=int, default=4, help="domains under AWS's request limits (0: skip)")
    parser.add_argument("--many", type=int, default=1000, help="domains whose bookkeeping must stay small (0: skip)")
    parser.add_argument("extra", nargs="*", help="more options of `provisioner batch`, after --")
    return parser.parse_args()


def compare(counts: Sequence[int], parallel: int, plain_parallel: int, extra: Sequence[str]) -> None:
    """Provision new domains with each side.

    The plain loop does the first count only; for another one its rate is taken from that.
    """
    measured_count = counts[0]
    with site() as (sandbox, home):
        roots = _roots(_names(measured_count), home)
        work = f"{_INIT} && terraform apply {_QUIET} -auto-approve"
        they = measured(sandbox, lambda environment: _loop(roots, plain_parallel, environment, work))
    for count in counts:
        with site() as (sandbox, home):
            names = _names(count)
            we = measured(sandbox, partial(provision, names, home, parallel, extra=extra))
        rated = "" if count == measured_count else f", its wall at the rate of {measured_count}"
        print(f"{count} domains; ours {parallel or 'its own default'} at once, plain loop {plain_parallel}{rated}")
        _table(
            [
                ("new", "wall s", we.wall, they.wall * count / measured_count),
                ("new", "CPU s a domain", we.cpu / count, they.cpu / measured_count),
                ("new", "peak MiB of all", we.memory, they.memory),
            ]
        )


def drifting(count: int, parallel: int, plain_parallel: int) -> None:
    """Compare `count` domains with what they should be, by `drift` and by a loop of `terraform plan`."""
    with site() as (sandbox, home):
        measured(sandbox, lambda environment: provision(_names(count), home, 0, environment, ()))
        width = ["--parallelism", str(parallel)] if parallel else []
        drift = [PROVISIONER, "drift", "--quiet", "--json", "--home", str(home), *width]
        ours = measured(sandbox, lambda env: run(drift, env))
        roots = [home / "domains" / name for name in _names(count)]
        (home / "domains" / "tfrc").write_text(mirror.cli_config(mirror.find(None, Path.home()), home / "cache"))
        measured(sandbox, lambda env: _loop(roots, plain_parallel, env, _INIT))
        plan = f"terraform plan {_QUIET} -detailed-exitcode"
        plain = measured(sandbox, lambda env: _loop(roots, plain_parallel, env, plan))
    print(f"drift of {count} domains; plain loop {plain_parallel} at once")
    _table(
        [
            ("drift", "wall s", ours.wall, plain.wall),
            ("drift", "CPU s a domain", ours.cpu / count, plain.cpu / count),
            ("drift", "peak MiB of all", ours.memory, plain.memory),
        ]
    )


def _table(rows: Sequence[tuple[str, str, float, float]]) -> None:
    print(f"{'domains':<12}{'measure':<18}{'ours':>10}{'plain':>10}{'plain/ours':>12}")
    for title, measure, mine, theirs in rows:
        print(f"{title:<12}{measure:<18}{mine:>10.2f}{theirs:>10.2f}{theirs / mine:>12.2f}")
    print(flush=True)


def _names(count: int) -> list[str]:
    return [f"bench{number}.com" for number in range(count)]


def throttled(count: int, parallel: int, extra: Sequence[str]) -> None:
    """Provision `count` domains under AWS's documented limits: none may fail, and little of the limits be wasted."""
    spec = ",".join(f"{service}={rate}:{burst}" for service, (rate, burst) in THROTTLE.items())
    names = [f"slow{number}.com" for number in range(count)]
    with site(spec) as (sandbox, home):
        found = measured(sandbox, lambda environment: provision(names, home, parallel, environment, extra))
    print(f"{count} domains under --throttle {spec}: {found.wall:.0f} s, no failures")
    for service, operations in sorted(found.calls["calls"].items()):
        refused = found.calls["throttled"].get(service, 0)
        served = sum(operations.values()) - refused
        line = f"  {service}: {served / count:.1f} calls a domain"
        if service in THROTTLE:
            rate, burst = THROTTLE[service]
            line += f", {served / (burst + rate * found.wall):.0%} of what the limit allows, {refused} refused"
        print(line)
        for operation, times in sorted(operations.items(), key=lambda item: -item[1]):
            print(f"    {operation:<40}{times / count:>8.1f}")
    print(CALLS_NOTE)


def flat(count: int) -> None:
    """Print the memory of a batch's own process over `count` domains, of which the last tenth is real work."""
    print(f"memory of our own process over {count} domains, of which nine tenths are in the journal (MiB)", flush=True)
    books = [sys.executable, str(Path(__file__).with_name("batch_books.py")), str(count)]
    with site() as (sandbox, home):
        subprocess.run(books, env={**os.environ, **sandbox.environment(os.environ, home)}, check=True)


def _roots(names: Sequence[str], home: Path) -> list[Path]:
    """Render the same roots as the product does, where the plain loop works."""
    assets = find_assets()
    templates = RootTemplates(assets.templates, assets.modules, Backend())
    (home / "tfrc").write_text(mirror.cli_config(mirror.find(None, Path.home()), home / "cache"))
    roots = []
    for name in names:
        zone = ResolvedZone(ResolvedMode.CREATED, name, None)
        decisions = Decisions(zone, dmarc_inherited=False)  # asks no DNS
        spec = spec_of(DomainName.parse(name), REQUEST, decisions, None)
        root = home / name
        root.mkdir()
        for file, text in templates.root(spec).items():
            (root / file).write_text(text)
        roots.append(root)
    return roots


def _loop(roots: Sequence[Path], parallel: int, environment: Mapping[str, str], work: str) -> None:
    own = {**environment, "TF_CLI_CONFIG_FILE": str(roots[0].parent / "tfrc"), "CHECKPOINT_DISABLE": "1"}

    def one(root: Path) -> None:
        subprocess.run(["sh", "-c", work], cwd=root, env=own, check=True, stdout=subprocess.DEVNULL)

    with ThreadPoolExecutor(parallel) as pool:
        list(pool.map(one, roots))


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.rstrip()


if __name__ == "__main__":
    main()
