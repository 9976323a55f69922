"""One child process, watched: its output followed, its time limited, an interrupt passed on exactly once.

The child writes straight into a file that we read along. A pipe would break when we are killed, and Terraform would die
of it at its next line, between making a resource and saving it. So it finishes and saves its state without us.
"""

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import IO

_POLL = 0.1  # seconds between two looks at the output
_ORPHAN_PATIENCE = 2.0  # seconds that a provider may outlive Terraform
_PRIVATE = 0o077
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: `run` for the command, `grace` from an interrupt to the kill, `impatience` from a second one."""

    run: float = 900.0
    grace: float = 120.0
    impatience: float = 5.0


@dataclass(frozen=True, slots=True)
class Child:
    """What to run: `argv` without a shell, in `cwd`, with exactly this `environment`."""

    argv: Sequence[str]
    cwd: Path
    environment: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Child({list(self.argv)!r})"  # the environment holds AWS credentials


@dataclass(frozen=True, slots=True)
class Reader:
    """`on_line` takes each line that a child writes, `on_tick` is called ten times a second; both may raise."""

    on_line: Callable[[str], None]
    on_tick: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended; `returncode` is negative when a signal killed it."""

    returncode: int
    interrupted: bool
    timed_out: bool


class _Interrupts:
    """Counts what the user or the engine sent us; outside the main thread nothing can be sent."""

    count = 0

    def _received(self, _signal: int, _frame: FrameType | None) -> None:
        self.count += 1

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Count signals instead of dying of them, and put the old handlers back afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._received) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Follower:
    """Hands on each complete line of a file that is still being written."""

    def __init__(self, path: Path, reader: Reader) -> None:
        self._file = path.open("rb")
        self._reader = reader
        self._pending = b""

    def pump(self) -> None:
        self._read()
        self._reader.on_tick()

    def _read(self) -> None:
        while piece := self._file.readline():
            self._pending += piece
            if piece.endswith(b"\n"):
                self._emit()

    def finish(self) -> None:
        self._read()
        if self._pending:
            self._emit()

    def close(self) -> None:
        self._file.close()

    def _emit(self) -> None:
        line, self._pending = self._pending.decode(errors="replace").rstrip("\r\n"), b""
        self._reader.on_line(line)


def run_logged(child: Child, log: Path, reader: Reader, limits: Limits) -> Ended:
    """Run with stdout and stderr in `log` (created 0600), handing each line to `reader` as it comes.

    An exception of the reader interrupts the child, waits for it, and is raised.
    """
    with private_file(log) as output:
        follower = _Follower(log, reader)
        try:
            ended = _watch(child, output, output, limits, follower.pump)
            follower.finish()
            return ended
        finally:
            follower.close()


def run_captured(child: Child, stdout: IO[bytes], stderr: IO[bytes], limits: Limits) -> Ended:
    """Run with the output in two open files, for commands that print one document."""
    return _watch(child, stdout, stderr, limits, lambda: None)


def private_file(path: Path) -> IO[bytes]:
    """Open a new, empty file that only its owner can read."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600), "wb")


def _watch(child: Child, stdout: IO[bytes], stderr: IO[bytes], limits: Limits, pump: Callable[[], None]) -> Ended:
    interrupts = _Interrupts()
    with interrupts.watched():
        process = subprocess.Popen(  # noqa: S603 - argv is ours, never a shell's
            list(child.argv),
            cwd=child.cwd,
            env=dict(child.environment),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            close_fds=False,  # the lock on the domain's state must last as long as Terraform does: see lock_journal
            start_new_session=True,  # the terminal's Ctrl-C is for us; Terraform aborts at a second one
            umask=_PRIVATE,
        )
        watch = _Watch(process, limits)
        try:
            with _end_of(process) as ended:
                while not ended(_POLL):
                    pump()
                    watch.enforce(interrupts.count)
        finally:
            watch.stop()
    return Ended(process.returncode, interrupts.count > 0, watch.timed_out)


@contextmanager
def _end_of(process: subprocess.Popen[bytes]) -> Iterator[Callable[[float], bool]]:
    """Yield what waits some seconds for the end of a process and says whether that has come.

    `Popen.wait` with a timeout looks again and again, which costs a batch CPU. The kernel tells by pidfd_open(2), if it
    is a Linux and the container's rules allow it.
    """
    try:
        descriptor = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        yield partial(_ends_within, process)
        return
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        yield lambda seconds: bool(poll.poll(seconds * 1000)) and process.poll() is not None
    finally:
        os.close(descriptor)


def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
        return True
    return False


class _Watch:
    """One running process and the moment at which our patience with it ends."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self._deadline = time.monotonic() + limits.run
        self._asked = False
        self._asked_twice = False
        self.timed_out = False

    def enforce(self, interrupts: int) -> None:
        """Interrupt once at the first signal or at the time limit, kill when the grace after it is over."""
        late = time.monotonic() >= self._deadline
        if late and self._asked:
            self._kill()
        elif late or (interrupts and not self._asked):
            self.timed_out = late
            self._ask()
        if interrupts > 1 and not self._asked_twice:
            self._asked_twice = True
            self._deadline = min(self._deadline, time.monotonic() + self._limits.impatience)

    def stop(self) -> None:
        """Leave nothing behind: neither the process after an exception of ours, nor a provider that outlived it."""
        if self._process.poll() is None:
            self._ask()
            _ends_within(self._process, self._limits.grace)
        patience = time.monotonic() + _ORPHAN_PATIENCE
        while self._group_lives() and time.monotonic() < patience:
            time.sleep(_POLL / 10)
        self._kill()

    def _ask(self) -> None:
        """Send one SIGINT to the process alone: Terraform finishes what is in flight, saves its state and ends."""
        if not self._asked:
            self._asked = True
            self._process.send_signal(signal.SIGINT)
            self._deadline = time.monotonic() + self._limits.grace

    def _group_lives(self) -> bool:
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
