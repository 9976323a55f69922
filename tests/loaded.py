"""The program, loaded once: for each message on its socket it runs in a fork, as if it had just been started.

A fork has the caller's streams, environment, folder and, if asked, a session of its own on its terminal. Answers with
the process id of each, and how it ended. Nothing else runs in this process, so that to fork is safe.
"""

import fcntl
import gc
import io
import json
import os
import signal
import socket
import sys
import termios
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, TextIO

import boto3  # noqa: F401 - what a command that asks AWS loads

import provisioner.wiring.worlds  # noqa: F401 - what most commands load
from provisioner import __main__
from provisioner.cli.frame.app import run

USUAL = (("list", "--home", "nowhere"), ("plan", "co.uk", "--home", "nowhere"), ("version",))


def stream(number: int) -> TextIO:
    """Open a standard stream as Python does at its start (`create_stdio` in its Python/pylifecycle.c)."""
    unbuffered = number > 0 and bool(os.environ.get("PYTHONUNBUFFERED"))
    raw: Any = open(number, "wb" if number else "rb", buffering=0 if unbuffered else -1, closefd=False)  # noqa: SIM115
    return io.TextIOWrapper(
        raw,
        encoding="utf-8",
        errors="backslashreplace" if number == 2 else "strict",
        newline="\n" if number else None,
        line_buffering=not unbuffered and (number == 2 or raw.isatty()),
        write_through=unbuffered,
    )


def become(asked: Mapping[str, Any], streams: list[int]) -> None:
    """Turn this process into the program that was asked for."""
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    if asked["terminal"]:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.argv = [__main__.__file__, *asked["arguments"]]
    sys.stdin, sys.stdout, sys.stderr = map(stream, range(3))


def serve(channel: socket.socket, message: bytes, streams: list[int]) -> None:
    pid = os.fork()
    if pid == 0:
        channel.close()
        become(json.loads(message), streams)
        __main__.main()
    for descriptor in streams:
        os.close(descriptor)
    channel.send(str(pid).encode())
    channel.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())


def load() -> None:
    """Run what most forks will run, to have it loaded; then be as a program is that has run nothing."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        for command in USUAL:
            run(command)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # which `run` takes
    gc.freeze()  # the garbage collector of a fork would copy it all


if __name__ == "__main__":
    load()
    with socket.socket(fileno=int(sys.argv[1])) as channel:
        while True:
            message, streams, _, _ = socket.recv_fds(channel, 1 << 18, 3)
            if not message:
                break
            serve(channel, message, list(streams))
