"""Keep the books of a batch whose work is nothing: journal, report and page; print this process's memory on the way."""

from __future__ import annotations

import re
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from provisioner.cli.batch_view import PlainView
from provisioner.core.asked import Asked
from provisioner.core.batch_report import Outcome, Status
from provisioner.core.domain import DomainName
from provisioner.core.manifest import Entry, Manifest
from provisioner.core.region import Region
from provisioner.ports import Edges
from provisioner.usecases import batch
from provisioner.usecases.stopping import Stop
from provisioner.wiring import Settings, open_batch, report_files


def main(count: int) -> None:
    """Nine tenths are in the journal already, as after an interrupted run."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings.read({}, home=Path(home), region="us-east-1", profile=None)
        view = PlainView(count, quiet=True, verbose=False)
        asked = Asked(default_region=Region.parse("us-east-1"))
        entries = tuple(Entry(DomainName.of_ascii(f"d{number}.example.com"), asked) for number in range(count))
        with open_batch(settings, view._progress, rates={}, timeout=timedelta(hours=1), cold=True) as world:
            for part in (entries[: count * 9 // 10], entries):
                job = batch.Job("books", Manifest(part), None, 16, timedelta(hours=1))
                report = batch.run_batch(world, job, batch.Control(view, Stop()))
        began = time.perf_counter()
        files, page = report_files(), Path(home) / "report.html"
        files.write(page, report)
        seconds = time.perf_counter() - began
        size = page.stat().st_size / 1024
        print(f"  report of {len(report.outcomes)} domains: {size:.0f} KiB of HTML in {seconds:.2f} s")


done = 0


def nothing(edges: Edges, entry: Entry) -> Outcome:
    """Do nothing, with an outcome as large as a real one."""
    global done  # noqa: PLW0603 - a counter of this program
    del edges
    done += 1
    if done in (1, 100, 500, 1000) or done % 5000 == 0:
        print(f"  after {done:>6} domains: {_resident():.1f}", flush=True)
    servers = tuple(f"ns-{number}.awsdns-{number:02}.com" for number in range(4))
    steps = (f"set the name servers of {entry.domain} at its registrar to: {' '.join(servers)}",)
    return Outcome(entry.domain.ascii, Status.PROVISIONED, name_servers=servers, next_steps=steps)


def _resident() -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    batch.provision = nothing
    main(int(sys.argv[1]))
