"""Forks of the program that is loaded once (tests/loaded.py): what a start of Python costs is paid for once."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

HANG = 300.0  # seconds; a busy machine may load the program slowly


class Fork:
    """The program in a fork, until its end."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._code: int | None = None
        self.pid = int(channel.recv(64))

    def wait(self) -> int:
        """Return the exit code, once there is one; minus the number of the signal that ended it."""
        if self._code is None:
            self._code = int(self._channel.recv(64))
        return self._code

    def kill(self) -> None:
        """End it, if it has not ended."""
        if self._code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            self.wait()


class Loaded:
    """The program, loaded, for one fork at a time."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def start(
        self,
        arguments: tuple[str, ...],
        streams: tuple[int, int, int],
        environment: Mapping[str, str] | None = None,
        *,
        terminal: bool = False,
    ) -> Fork:
        """Start the program in the current folder on these standard streams, which stay the caller's to close."""
        asked = {
            "arguments": arguments,
            "environment": dict(os.environ if environment is None else environment),
            "folder": str(Path.cwd()),
            "terminal": terminal,
        }
        socket.send_fds(self._channel, [json.dumps(asked).encode()], streams)
        return Fork(self._channel)

    def run(
        self, arguments: tuple[str, ...], environment: Mapping[str, str] | None = None, stdout: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the program to its end without input; what it wrote, except to a `stdout` that is the caller's."""
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        with Path(os.devnull).open() as nothing, os.fdopen(out, encoding="utf-8") as said, os.fdopen(err) as told:
            fork = self.start(
                arguments, (nothing.fileno(), out_end if stdout is None else stdout, err_end), environment
            )
            os.close(out_end)
            os.close(err_end)
            texts = said.read(), told.read()
            return subprocess.CompletedProcess(arguments, fork.wait(), *texts)


@contextmanager
def loaded() -> Iterator[Loaded]:
    """Load the program."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(HANG)
    command = [sys.executable, str(Path(__file__).with_name("loaded.py")), str(theirs.fileno())]
    path = {"PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(command, pass_fds=[theirs.fileno()], env={**os.environ, **path}) as process:
        theirs.close()
        with ours:
            yield Loaded(ours)
        process.wait()
