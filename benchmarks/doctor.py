"""`make bench-doctor`: the doctor of one domain beside its longest single wait, and of many beside as many times one.

A wait is one fact, with all the calls to AWS or SMTP that it takes one after another, or one question to a name server.
The sandbox answers at once, so the waits are measured a second time with each answer of AWS and of DNS held back as by
a network. The domains are made by a batch, with Terraform. The sandbox's own CPU is not counted, but takes its share of
the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.site import PROVISIONER, Measured, measured, provision, run, site

HELD_BACK = 0.1  # seconds
_WAITS = str(Path(__file__).with_name("doctor_waits.py"))


@dataclass(frozen=True)
class Look:
    """One look at a domain: its wall seconds, and what was waited for, each with its seconds."""

    wall: float
    waits: Sequence[tuple[str, float]]

    @property
    def longest(self) -> tuple[str, float]:
        """The longest single wait."""
        return max(self.waits, key=lambda wait: wait[1])

    @property
    def one_by_one(self) -> float:
        """Seconds that all waits would take one after another."""
        return sum(seconds for _, seconds in self.waits)


def main() -> None:
    """Measure all of it, and print one table each."""
    options = _options()
    names, before = [f"doctor{number}.com" for number in range(options.domains)], _load()
    with site() as (sandbox, home):
        measured(sandbox, lambda environment: provision(names, home, 0, environment, ()))
        begun, environment = _load(), {**os.environ, **sandbox.environment(os.environ, home)}
        looks = {late: _looks(names[0], options.rounds, late, environment) for late in (0.0, HELD_BACK)}
        ones = [measured(sandbox, partial(_doctor, home, names[0])) for _ in range(options.rounds)]
        many = measured(sandbox, partial(_doctor, home, "--all"))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, one run; load {before:.1f} at first, {begun:.1f} with the domains made, {_load():.1f} at last\n")
    _print_waits(looks)
    _print_many(len(names), ones, many)
    _print_calls(len(names), ones[0], many)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--domains", type=int, default=100, help="domains that are looked at in one run")
    parser.add_argument("--rounds", type=int, default=5, help="looks at one domain, of which the median counts")
    return parser.parse_args()


def _looks(domain: str, rounds: int, held_back: float, environment: Mapping[str, str]) -> list[Look]:
    command = [sys.executable, _WAITS, domain, str(rounds), str(held_back)]
    said = subprocess.run(command, env=dict(environment), check=True, stdout=subprocess.PIPE, text=True).stdout
    return [Look(one["wall"], [(name, seconds) for name, seconds in one["waits"]]) for one in json.loads(said)]


def _doctor(home: Path, what: str, environment: Mapping[str, str]) -> None:
    run([PROVISIONER, "doctor", what, "--quiet", "--json", "--home", str(home)], environment)


def _print_waits(looks: Mapping[float, Sequence[Look]]) -> None:
    rounds = len(looks[0.0])
    print(f"one domain, medians of {rounds} looks in one process; the longest single wait is that of the median look")
    print(f"{'answers held back':<19}{'waits':>7}{'wall : longest':>16}{'wall : one by one':>19}  longest")
    for held_back, some in looks.items():
        to_longest = statistics.median(look.wall / look.longest[1] for look in some)
        to_all = statistics.median(look.wall / look.one_by_one for look in some)
        middle = sorted(some, key=lambda look: look.wall)[rounds // 2]
        title = f"{held_back * 1000:.0f} ms" if held_back else "no"
        print(f"{title:<19}{len(middle.waits):>7}{to_longest:>16.2f}{to_all:>19.2f}  {middle.longest[0]}")


def _print_many(count: int, ones: Sequence[Measured], many: Measured) -> None:
    print(f"\n{count} domains in one run of the program : {count} times one domain (median of {len(ones)} runs)")
    for measure, took, single in (
        ("wall", many.wall, statistics.median(one.wall for one in ones)),
        ("CPU", many.cpu, statistics.median(one.cpu for one in ones)),
    ):
        print(f"{measure:<6}{took:>9.2f} s : {count * single:>9.2f} s{took / (count * single):>8.2f}")


def _print_calls(count: int, one: Measured, many: Measured) -> None:
    print(f"\n{'calls':<14}{'one domain':>12}{f'each of {count}':>14}")
    for service in sorted({*one.calls["calls"], *many.calls["calls"]}):
        alone, together = (sum(side.calls["calls"].get(service, {}).values()) for side in (one, many))
        print(f"{service:<14}{alone:>12}{together / count:>14.2f}")


def _load() -> float:
    return os.getloadavg()[0]


if __name__ == "__main__":
    main()
