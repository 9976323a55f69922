"""Keep the books of a large batch: journal, report and page; print this process's memory on the way.

Nine tenths of the domains are in the journal already, as after an interrupted run, with outcomes as large as real ones.
The last tenth is real work, with Terraform and the shared provider, on the AWS that the environment names.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from provisioner.cli.batch.view import PlainView
from provisioner.cli.frame.machine import usual_parallelism
from provisioner.core.account.rates import DOCUMENTED
from provisioner.core.asked.command_line import Asked
from provisioner.core.batch.manifest import Entry, Manifest
from provisioner.core.batch.report import BatchReport, Outcome, Status
from provisioner.core.terraform.sharing import Sharing
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.ports.edges import Edges
from provisioner.usecases.batch import run as batch
from provisioner.usecases.batch.scheduler import Work
from provisioner.usecases.parallel.stopping import Stop
from provisioner.wiring.batch import report_files
from provisioner.wiring.settings import Settings
from provisioner.wiring.worlds import open_batch

MARKS = (1, 100, 500, 900, 910, 950, 1000)  # domains that are done


def main(count: int) -> None:
    """Do all of it, and write the page."""
    asked = Asked(default_region=Region.parse("us-east-1"))
    entries = tuple(Entry(DomainName.of_ascii(f"books{number}.com"), asked) for number in range(count))
    done = 0

    def counted(work: Work) -> Work:
        def one(edges: Edges, entry: Entry) -> Outcome:
            nonlocal done
            outcome = work(edges, entry)
            done += 1
            if done in MARKS:
                print(f"  after {done:>6} domains: {_resident():.1f}", flush=True)
            return outcome

        return one

    with tempfile.TemporaryDirectory() as home:
        settings = Settings.read(os.environ, home=Path(home), region=None, profile=None)
        _run(settings, entries[: count * 9 // 10], counted(nothing))
        report = _run(settings, entries, counted(batch.provision))
        if report.failed:
            sys.exit(f"{report.failed} domains failed")
        _write(report, Path(home) / "report.html")


def _run(settings: Settings, entries: tuple[Entry, ...], work: Work) -> BatchReport:
    view = PlainView(len(entries), quiet=True, verbose=False)
    limit, width = timedelta(hours=1), usual_parallelism(len(entries), cold=False)
    with open_batch(settings, view._progress, rates=DOCUMENTED, timeout=limit, sharing=Sharing.ALWAYS) as world:
        job = batch.Job("books", Manifest(entries), None, width, limit)
        return batch.run_batch(world, job, batch.Control(view, Stop()), work)


def _write(report: BatchReport, page: Path) -> None:
    began = time.perf_counter()
    report_files().write(page, report)
    seconds = time.perf_counter() - began
    size = page.stat().st_size / 1024
    print(f"  report of {len(report.outcomes)} domains: {size:.0f} KiB of HTML in {seconds:.2f} s")


def nothing(edges: Edges, entry: Entry) -> Outcome:
    """Do nothing, with an outcome as large as a real one."""
    del edges
    servers = tuple(f"ns-{number}.awsdns-{number:02}.com" for number in range(4))
    steps = (f"set the name servers of {entry.domain} at its registrar to: {' '.join(servers)}",)
    return Outcome(entry.domain.ascii, Status.PROVISIONED, name_servers=servers, next_steps=steps)


def _resident() -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    main(int(sys.argv[1]))
