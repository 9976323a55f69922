"""A function's process: its own environment and folder, a time limit and a memory limit.

Source: Lambda developer guide, "Lambda execution environment", "Configure Lambda function timeout", "Configure Lambda
function memory", "Using Lambda environment variables".
"""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

BOOT = Path(__file__).with_name("boot.py")
_POLL = 0.02  # seconds between two looks at the memory
_MB = 1024 * 1024


@dataclass(frozen=True)
class Invocation:
    """What shall be run: `task` holds the unpacked zip, `event` is JSON, `memory` in MB, `timeout` in seconds."""

    name: str
    version: str
    arn: str
    handler: str
    event: str
    request_id: str
    timeout: float
    memory: int
    log_group: str
    log_stream: str
    task: Path
    environment: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Ending:
    """How an invocation ended: the answer or the error as JSON, what was printed, seconds, and MB where known."""

    payload: str
    failed: bool
    lines: tuple[str, ...]
    seconds: float
    memory: int | None


class Processes:
    """The processes that run now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, tuple[str, subprocess.Popen[bytes]]] = {}  # by request id: the function, its process
        self._stopped = False

    def stop(self) -> None:
        """End all, and let none begin."""
        with self._lock:
            self._stopped = True
        self.kill()

    def running(self) -> list[dict[str, str]]:
        """Return which functions run now, each with its request's id."""
        with self._lock:
            return [{"function": name, "request_id": id_} for id_, (name, _) in self._running.items()]

    def kill(self) -> None:
        """End those that run, at whatever they are."""
        with self._lock:
            for _, child in self._running.values():
                _kill(child)

    def run(self, asked: Invocation, python: str, sdk: Path) -> Ending:
        """Run a function to its end, or to its limit."""
        with TemporaryDirectory(prefix="function-") as room:
            out = Path(room) / "ending"
            begun = time.monotonic()
            child = self._start([python, "-I", "-S", str(BOOT)], asked, room)
            try:
                lines = _Lines(child)
                _hand_over(child, asked, sdk, out)
                why = _watch(child, begun + asked.timeout, asked.memory * _MB)
                return _ending(asked, out, lines.collected(), time.monotonic() - begun, why)
            finally:
                _kill(child)
                child.wait()
                with self._lock:
                    self._running.pop(asked.request_id, None)

    def _start(self, command: list[str], asked: Invocation, room: str) -> "subprocess.Popen[bytes]":
        environment = {**asked.environment, "TMPDIR": room, "HOME": room, "LAMBDA_TASK_ROOT": str(asked.task)}
        with self._lock:
            if self._stopped:
                raise RuntimeError("the sandbox is being stopped")
            child = subprocess.Popen(  # noqa: S603 reason: an interpreter and a file of ours
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=asked.task,
                start_new_session=True,
            )
            self._running[asked.request_id] = asked.name, child
        return child


class _Lines:
    """Reads what a child prints, while it runs."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        self._output = child.stdout
        self._found: list[str] = []
        self._thread = threading.Thread(target=self._read, name="sandbox-function", daemon=True)
        self._thread.start()

    def collected(self) -> tuple[str, ...]:
        """Return all lines; the child has ended."""
        self._thread.join(timeout=1)  # a grandchild may hold the pipe
        return tuple(self._found)

    def _read(self) -> None:
        for line in self._output or ():
            self._found.append(line.decode("utf-8", "replace").rstrip("\r\n"))


def _hand_over(child: "subprocess.Popen[bytes]", asked: Invocation, sdk: Path, out: Path) -> None:
    names = ("name", "version", "arn", "handler", "event", "request_id", "timeout", "memory", "log_group", "log_stream")
    told = {name: getattr(asked, name) for name in names} | {"task": str(asked.task), "sdk": str(sdk), "out": str(out)}
    if child.stdin is not None:
        with suppress(BrokenPipeError):
            child.stdin.write(json.dumps(told).encode())
            child.stdin.close()


def _watch(child: "subprocess.Popen[bytes]", end: float, most_memory: int) -> str | None:
    """Wait for the end; return `time` or `memory` for the limit that was hit, None when the child ended by itself."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=_POLL)
            return None
        limit = "time" if time.monotonic() >= end else "memory" if _resident(child.pid) > most_memory else None
        if limit:
            _kill(child)
            child.wait()
            return limit


def _ending(asked: Invocation, out: Path, lines: tuple[str, ...], seconds: float, why: str | None) -> Ending:
    told = json.loads(out.read_text(encoding="utf-8")) if why is None and out.exists() else None
    used = told["memory"] // 1024 if told and told["memory"] else None
    if why == "time":
        message = f"RequestId: {asked.request_id} Error: Task timed out after {asked.timeout:.2f} seconds"
        return _failure("Sandbox.Timedout", message, lines, seconds, asked.memory if used is None else used)
    if told is None or (used is not None and used > asked.memory):
        how = "signal: killed" if why == "memory" or told else "exit status 1"
        message = f"RequestId: {asked.request_id} Error: Runtime exited with error: {how}"
        return _failure("Runtime.ExitError", message, lines, seconds, asked.memory)
    return Ending(told["payload"], told["failed"], lines, seconds, used)


def _failure(kind: str, message: str, lines: tuple[str, ...], seconds: float, memory: int | None) -> Ending:
    payload = json.dumps({"errorType": kind, "errorMessage": message})
    return Ending(payload, True, (*lines, message), seconds, memory)


def _resident(pid: int) -> int:
    """Return the memory that a process uses, in octets; 0 where the system does not say."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _kill(child: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
