"""The child process: output, limits, signals."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from provisioner.adapters.terraform.process import Child, Limits, Reader, run_logged

PATIENT = Limits(run=60.0, grace=60.0, impatience=0.2)
QUICK = Limits(run=60.0, grace=0.3, impatience=0.2)  # for a child that does not end by itself
UNTIL_INTERRUPTED = "trap 'echo interrupted >> signals; stop=1' INT; echo started; until [ $stop ]; do sleep 0.02; done"
DEAF = "trap 'echo interrupted >> signals' INT; echo started; while :; do sleep 0.02; done"


@pytest.fixture
def child(tmp_path: Path) -> Callable[[str], Child]:
    return lambda script: Child(["/bin/sh", "-c", script], tmp_path, {"PATH": os.environ["PATH"]})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "child.log"


def signals_seen(folder: Path) -> int:
    seen = folder / "signals"
    return len(seen.read_text().splitlines()) if seen.exists() else 0


def is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    return False


def eventually(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def send(number: signal.Signals, times: int = 1) -> Callable[[str], None]:
    """Return an `on_line` that signals this process when the child says `started`."""

    def on_line(line: str) -> None:
        if line == "started":
            for _ in range(times):
                os.kill(os.getpid(), number)

    return on_line


def test_every_line_arrives_and_the_log_is_private(child: Callable[[str], Child], log: Path) -> None:
    lines: list[str] = []
    talks = child("echo one; echo two >&2; printf 'unfinished \\303\\251'; exit 2")
    ended = run_logged(talks, log, Reader(lines.append), PATIENT)
    assert (ended.returncode, lines) == (2, ["one", "two", "unfinished é"])
    assert log.read_text() == "one\ntwo\nunfinished é"
    assert log.stat().st_mode & 0o777 == 0o600


def test_lines_arrive_while_the_child_still_works(child: Callable[[str], Child], log: Path, tmp_path: Path) -> None:
    def answer(line: str) -> None:
        (tmp_path / "answer").write_text(line)

    ended = run_logged(child("echo question; until [ -f answer ]; do sleep 0.02; done"), log, Reader(answer), PATIENT)
    assert ended.returncode == 0
    assert not ended.timed_out


def test_where_the_kernel_does_not_tell_the_end_is_noticed_all_the_same(
    child: Callable[[str], Child], log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_pid: int) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "pidfd_open", forbidden)
    ticks: list[None] = []
    ended = run_logged(child("sleep 0.5; exit 4"), log, Reader(print, lambda: ticks.append(None)), PATIENT)
    assert ended.returncode == 4
    assert ticks


def test_a_tick_that_raises_interrupts_a_silent_child_once(
    child: Callable[[str], Child], log: Path, tmp_path: Path
) -> None:
    def impatient() -> None:
        if (tmp_path / "silent").exists():
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        run_logged(child(UNTIL_INTERRUPTED.replace("started", "> silent")), log, Reader(print, impatient), PATIENT)
    assert signals_seen(tmp_path) == 1


def test_files_that_the_child_makes_are_private(child: Callable[[str], Child], log: Path, tmp_path: Path) -> None:
    run_logged(child("echo state > terraform.tfstate"), log, Reader(print), PATIENT)
    assert (tmp_path / "terraform.tfstate").stat().st_mode & 0o777 == 0o600


def test_the_child_asks_nobody_and_has_a_session_of_its_own(child: Callable[[str], Child], log: Path) -> None:
    lines: list[str] = []
    run_logged(
        child('read answer || echo "no answer"; cut -d" " -f6 /proc/$$/stat; echo $$'),
        log,
        Reader(lines.append),
        PATIENT,
    )
    assert lines[0] == "no answer"
    assert lines[1] == lines[2] != str(os.getsid(0))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_interrupt_reaches_the_child_once_and_it_ends_by_itself(
    child: Callable[[str], Child], log: Path, tmp_path: Path, number: signal.Signals
) -> None:
    ended = run_logged(child(UNTIL_INTERRUPTED + "; echo saved > state"), log, Reader(send(number)), PATIENT)
    assert (ended.returncode, ended.interrupted, ended.timed_out) == (0, True, False)
    assert (tmp_path / "state").read_text() == "saved\n"
    assert signals_seen(tmp_path) == 1


@pytest.mark.timeout(120)
def test_a_second_interrupt_kills_after_a_short_while_and_is_not_passed_on(
    child: Callable[[str], Child], log: Path, tmp_path: Path
) -> None:
    for_ever = Limits(run=3600.0, grace=3600.0, impatience=3.0)
    ended = run_logged(child(DEAF), log, Reader(send(signal.SIGINT, times=2)), for_ever)
    assert (ended.returncode, ended.interrupted) == (-signal.SIGKILL, True)
    assert signals_seen(tmp_path) == 1


def test_a_child_that_ignores_the_interrupt_is_killed_when_the_grace_is_over(
    child: Callable[[str], Child], log: Path
) -> None:
    ended = run_logged(child(DEAF), log, Reader(send(signal.SIGINT)), QUICK)
    assert (ended.returncode, ended.interrupted) == (-signal.SIGKILL, True)


def test_the_time_limit_interrupts_first(child: Callable[[str], Child], log: Path, tmp_path: Path) -> None:
    ended = run_logged(child(UNTIL_INTERRUPTED), log, Reader(print), Limits(run=3.0, grace=60.0))
    assert (ended.returncode, ended.timed_out, ended.interrupted) == (0, True, False)
    assert signals_seen(tmp_path) == 1


def test_the_time_limit_kills_what_does_not_listen(child: Callable[[str], Child], log: Path) -> None:
    ended = run_logged(child(DEAF), log, Reader(print), Limits(run=3.0, grace=0.3))
    assert (ended.returncode, ended.timed_out) == (-signal.SIGKILL, True)


def test_the_signal_handlers_are_put_back(child: Callable[[str], Child], log: Path) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    run_logged(child("exit 0"), log, Reader(print), PATIENT)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


def test_it_runs_in_any_thread(child: Callable[[str], Child], log: Path) -> None:
    codes: list[int] = []
    thread = threading.Thread(
        target=lambda: codes.append(run_logged(child("exit 3"), log, Reader(print), PATIENT).returncode)
    )
    thread.start()
    thread.join(60)
    assert codes == [3]


def test_what_outlives_the_child_is_not_left_behind(child: Callable[[str], Child], log: Path, tmp_path: Path) -> None:
    run_logged(child("sleep 300 & echo $! > orphan"), log, Reader(print), PATIENT)
    assert eventually(lambda: not is_alive(int((tmp_path / "orphan").read_text())))


def test_an_exception_of_ours_ends_the_child_before_it_is_raised(
    child: Callable[[str], Child], log: Path, tmp_path: Path
) -> None:
    def fail(line: str) -> None:
        raise ValueError(line)

    with pytest.raises(ValueError, match="started"):
        run_logged(child(UNTIL_INTERRUPTED + "; echo saved > state"), log, Reader(fail), PATIENT)
    assert (tmp_path / "state").read_text() == "saved\n"
    assert signals_seen(tmp_path) == 1


def test_killing_us_lets_the_child_finish_and_save(tmp_path: Path) -> None:
    script = 'echo started; until [ -f killed ]; do sleep 0.02; done; echo "one more line"; echo saved > state'
    parent = textwrap.dedent(
        f"""
        import os
        from pathlib import Path
        from provisioner.adapters.terraform.process import Child, Limits, Reader, run_logged
        child = Child(["/bin/sh", "-c", {script!r}], Path.cwd(), dict(os.environ))
        run_logged(child, Path("child.log"), Reader(lambda line: Path("running").touch()), Limits())
        """
    )
    process = subprocess.Popen([sys.executable, "-c", parent], cwd=tmp_path)
    assert eventually((tmp_path / "running").exists)
    process.kill()
    process.wait()
    (tmp_path / "killed").touch()
    assert eventually(lambda: (tmp_path / "state").exists() and (tmp_path / "state").read_text() == "saved\n")
    assert (tmp_path / "child.log").read_text() == "started\none more line\n"


def test_a_child_is_shown_without_its_environment(tmp_path: Path) -> None:
    assert "hunter2" not in repr(Child(["terraform"], tmp_path, {"AWS_SECRET_ACCESS_KEY": "hunter2"}))
