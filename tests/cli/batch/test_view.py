"""What is seen of a batch while it runs: lines, or a live view on a terminal."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from provisioner.cli.batch.view import LiveView, PlainView, Tally, duration
from provisioner.core.batch.report import Outcome, Status


def ended(domain: str, status: Status, worker: int = 0) -> Outcome:
    error = {"code": "x", "message": f"{domain}: went wrong", "hint": ""} if status is Status.FAILED else None
    return Outcome(domain, status, seconds=42, worker=worker, error=error)


def test_plain_lines_tell_each_end_and_how_far_the_batch_is(capsys: pytest.CaptureFixture[str]) -> None:
    view = PlainView(2, quiet=False, verbose=False)
    view.ended(ended("a.com", Status.PROVISIONED))
    view.ended(ended("b.com", Status.FAILED))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("- a.com: provisioned after 42s (1/2, ")
    assert lines[1].startswith("warning: b.com: failed after 42s: went wrong (2/2, 1 failed, ")


def test_quiet_tells_failures_only_and_verbose_every_step(capsys: pytest.CaptureFixture[str]) -> None:
    quiet, verbose = PlainView(2, quiet=True, verbose=False), PlainView(2, quiet=False, verbose=True)
    quiet.ended(ended("a.com", Status.PROVISIONED))
    quiet.warned("", "the disk is full")
    assert capsys.readouterr().err == "warning: the disk is full\n"
    verbose.started(0, "a.com")
    verbose.stepped(0, "a.com", "planning")
    assert capsys.readouterr().err == "  a.com: begun by worker 0\n  a.com: planning\n"


def test_the_live_view_fits_the_terminal_however_many_domains_and_workers_there_are() -> None:
    console = Console(width=60, height=12, force_terminal=True, record=True)
    view = LiveView(1000, console)
    for worker in range(40):
        view.started(worker, f"d{worker}.example.com")
        view.stepped(worker, f"d{worker}.example.com", "[1/13] " + "creating " * 20)
    for number in range(900):
        view.ended(ended(f"e{number}.example.com", Status.PROVISIONED, worker=1000 + number))
    lines = console.render_lines(view.picture())
    assert len(lines) <= 12
    text = "".join(segment.text for line in lines for segment in line)
    assert "900/1000" in text
    assert "d0.example.com" in text
    assert "33 more workers" in text


def test_a_worker_that_is_done_leaves_the_live_view_and_failures_stay_in_sight(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console = Console(width=80, height=24, stderr=True)
    view = LiveView(2, console)
    view.started(0, "a.com")
    view.ended(ended("a.com", Status.FAILED))
    assert "a.com: failed after 42s: went wrong" in capsys.readouterr().err
    assert "a.com" not in "".join(segment.text for line in console.render_lines(view.picture()) for segment in line)


def test_progress_is_counted_with_rate_and_time_left() -> None:
    now = 0.0
    tally = Tally(10, clock=lambda: now)
    assert str(tally) == "0/10"
    tally.count(ended("a.com", Status.PROVISIONED))
    tally.count(ended("b.com", Status.FAILED))
    now = 60.0
    assert str(tally) == "2/10, 1 failed, 2.0 a minute, 4m00s left"


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0s"), (59, "59s"), (190, "3m10s"), (7500, "2h05m")])
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_on_a_terminal_the_view_is_live_and_clears_itself(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    source = (
        "import time; from provisioner.cli.batch.view import choose_view, LiveView\n"
        "view = choose_view(3, quiet=False, verbose=False); assert isinstance(view, LiveView)\n"
        "with view.display(): view.started(0, 'a.com'); view.stepped(0, 'a.com', 'planning'); time.sleep(0.6)\n"
    )
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    with subprocess.Popen([sys.executable, "-c", source], stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        while select.select([ours], [], [], 20)[0]:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
    os.close(ours)
    assert process.returncode == 0
    assert b"a.com  planning" in shown
    assert shown.rstrip(b"\r\n").endswith((b"\x1b[2K", b"\x1b[?25h"))
