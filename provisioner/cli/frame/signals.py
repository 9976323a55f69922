"""Ctrl-C in a batch: once no new domains, twice one interrupt to each Terraform, a third time kill."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from provisioner.usecases.parallel.stopping import Stop, Urgency

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SAYS = {
    Urgency.DRAIN: "no new domains are begun, running ones finish; once more interrupts Terraform",
    Urgency.INTERRUPT: "each Terraform finishes what is in flight, saves its state and ends; once more kills them",
    Urgency.KILL: "killing every Terraform; a resource that was being made may not be in its state",
}


class Signals:
    """Counts signals where they arrive, and acts on them where it is safe to: in `look`, between other work."""

    def __init__(self, stop: Stop, say: Callable[[str], None]) -> None:
        self._stop, self._say = stop, say
        self._pending = 0
        self.seen = False

    def look(self) -> None:
        """Act on what has arrived since the last look."""
        while self._pending:
            self._pending -= 1
            before = self._stop.level
            urgency = self._stop.press()
            if urgency is not before:
                self._say(_SAYS[urgency])
            if urgency is Urgency.KILL:
                kill_children()

    @contextmanager
    def take_over(self) -> Iterator[None]:
        """Take the signals over, and give them back afterwards."""
        before = {number: signal.signal(number, self._receive) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        self._pending += 1
        self.seen = True


def kill_children() -> None:
    """Kill each child of this process that leads a process group, with its group: Terraform and its provider.

    Where there is no /proc they are left to the interrupt that they have already had.
    """
    for pid in _children():
        with suppress(OSError):
            if os.getpgid(pid) == pid:
                os.killpg(pid, signal.SIGKILL)


def _children() -> Iterator[int]:
    for listed in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # the thread has ended
            yield from map(int, listed.read_text(encoding="ascii").split())
