"""`make bench-audit`: events collected within a Lambda's limits, and a million of them asked, measured in one run.

Collecting runs in a process of its own that may have no more than 512 MB of address space and 900 seconds. Its queue is
in that process: over HTTP the emulated SQS would be measured instead. Asking is measured beside a plain loop in Python
(gzip, json) that counts the same over the same files, each in a process of its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.audit_events import POISON, RECEIVED, MadeUpQueue, fill
from provisioner.adapters.disk.archive import DirectoryArchive
from provisioner.adapters.duckdb import DuckDb
from provisioner.cli.frame.output import StderrProgress
from provisioner.core.audit.archive import ids_in
from provisioner.core.audit.questions import QUESTIONS
from provisioner.usecases.audit.collect import Limits, collect
from provisioner.usecases.audit.gather import Span
from provisioner.usecases.audit.query import Asked, query

SECONDS = 900
MEMORY = 512 << 20
QUIET = StderrProgress(quiet=True, verbose=False)
Parts = dict[str, Callable[[Path, int], dict[str, Any]]]


def main() -> None:
    """Measure both, and print one table each; exit 1 when an event was lost or doubled."""
    asked = _arguments()
    if asked.part:
        print(json.dumps(PARTS[asked.part](Path(asked.root), asked.events)))
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, one run\n")
    with tempfile.TemporaryDirectory(prefix="bench-audit-") as room:
        right = _show_collecting(Path(room), asked.collect)
        right &= _show_asking(Path(room), asked.query)
    sys.exit(not right)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collect", type=int, default=100_000, help="events that are collected")
    parser.add_argument("--query", type=int, default=1_000_000, help="events that are asked")
    parser.add_argument("--part", choices=list(PARTS), help=argparse.SUPPRESS)
    parser.add_argument("--root", help=argparse.SUPPRESS)
    parser.add_argument("--events", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def _show_collecting(room: Path, events: int) -> bool:
    print(f"{'collected':>10}{'seconds':>9}{'events/s':>10}{'peak MB':>9}{'CPU us/event':>14}  lost  doubled  rejected")
    right = True
    for count in (events // 10, events):
        root = room / f"collected-{count}"
        root.mkdir()
        took = _in_process("collect", root, count)
        expected, found = count - count // POISON, _ids(root)
        lost, doubled = expected - len(found), sum(found.values()) - len(found)
        right &= not lost and not doubled and took["rejected"] == count // POISON
        print(
            f"{took['collected']:>10}{took['wall']:>9.1f}{took['collected'] / took['wall']:>10.0f}"
            f"{took['peak']:>9.0f}{took['cpu'] / count * 1e6:>14.0f}  {lost:>4}  {doubled:>7}  {took['rejected']:>8}"
        )
    return right


def _show_asking(room: Path, events: int) -> bool:
    root = room / "asked"
    root.mkdir()
    fill(root, events)
    took = {part: _in_process(part, root, events) for part in ("ask", "plain")}
    print(f"\n{'asked':>10}  {'by':<14}{'seconds':>9}{'CPU s':>8}{'peak MB':>9}")
    for part, name in (("ask", "audit query"), ("plain", "plain Python")):
        one = took[part]
        print(f"{events:>10}  {name:<14}{one['wall']:>9.1f}{one['cpu']:>8.1f}{one['peak']:>9.0f}")
    wall, cpu = (took["ask"][what] / took["plain"][what] for what in ("wall", "cpu"))
    print(f"{'':>10}  {'ours : plain':<14}{wall:>9.2f}{cpu:>8.2f}")
    return bool(took["ask"]["hard"] == took["plain"]["hard"] > 0)


def _in_process(part: str, root: Path, events: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.audit", "--part", part, "--root", str(root), "--events", str(events)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    if run.returncode:
        sys.exit(f"{part}: {run.stderr}")
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def _collect(root: Path, events: int) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    end = time.monotonic() + SECONDS
    # One receiver: the made-up queue is a generator.
    limits = Limits(remaining=lambda: end - time.monotonic(), receivers=1)
    start = time.monotonic()
    done = collect(MadeUpQueue(events), DirectoryArchive(root), limits, RECEIVED.date(), QUIET)
    return {"collected": done.collected, "rejected": done.rejected, **_cost(start)}


def _ask(root: Path, _: int) -> dict[str, Any]:
    start = time.monotonic()
    asked = Asked(QUESTIONS["bounces"].sql, {}, Span(), None)
    answered = query(DirectoryArchive(root), None, DuckDb(), asked, QUIET)
    rows = answered.to_document()["rows"]
    return {"hard": sum(row["hard"] for row in rows), **_cost(start)}


def _plain(root: Path, _: int) -> dict[str, Any]:
    start, counts, seen = time.monotonic(), Counter[tuple[str, str, str]](), set()
    for path in root.rglob("*.json.gz"):
        with gzip.open(path) as lines:
            for line in lines:
                entry = json.loads(line)
                if entry["id"] in seen:
                    continue
                seen.add(entry["id"])
                day = date.fromisoformat(entry["at"][:10])
                week = (day - timedelta(days=day.weekday())).isoformat()
                counts[entry["domain"], week, entry["kind"] or entry["type"]] += 1
    return {"hard": sum(n for (_, _, kind), n in counts.items() if kind == "hard"), **_cost(start)}


def _cost(start: float) -> dict[str, float]:
    """Return seconds since the start, CPU seconds of this process, and its highest resident memory in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024
    return {"wall": time.monotonic() - start, "cpu": time.process_time(), "peak": peak}


def _ids(root: Path) -> Counter[str]:
    return Counter(found for path in root.rglob("*.json.gz") for found in ids_in(path.read_bytes()))


PARTS: Parts = {"collect": _collect, "ask": _ask, "plain": _plain}

if __name__ == "__main__":
    main()
