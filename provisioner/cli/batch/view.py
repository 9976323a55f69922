"""What a user sees of a batch while it runs: a live view on a terminal, plain lines elsewhere. All of it on stderr."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from provisioner.cli.frame.output import StderrProgress
from provisioner.core.batch.report import Outcome, Status
from provisioner.usecases.batch.scheduler import Watcher

if TYPE_CHECKING:
    from rich.console import Console, Group

_AROUND_WORKERS = 5  # lines of the live view that are not workers
_REFRESHES = 4  # a second


class View(Watcher, Protocol):
    """A watcher that is shown for as long as the batch runs."""

    @contextmanager
    def display(self) -> Iterator[None]:
        """Show it while the block runs."""
        yield

    def say(self, text: str) -> None:
        """Say something about the whole batch."""


@dataclass(slots=True)
class Tally:
    """How far a batch is; `total` domains, counted from the moment it was made."""

    total: int
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    failed: int = 0
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def count(self, outcome: Outcome) -> None:
        """Add a domain that has ended."""
        self.done += 1
        self.failed += outcome.status is Status.FAILED

    def __str__(self) -> str:
        elapsed = self.clock() - self.began
        parts = [f"{self.done}/{self.total}", f"{self.failed} failed" if self.failed else ""]
        if self.done and elapsed > 0:
            rate = self.done / elapsed
            parts += [f"{rate * 60:.1f} a minute", f"{duration((self.total - self.done) / rate)} left"]
        return ", ".join(part for part in parts if part)


def duration(seconds: float) -> str:
    """Return seconds as people say them: `42s`, `3m10s`, `2h05m`."""
    whole = round(seconds)
    if whole < 60:  # noqa: PLR2004 - a minute
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes}m{rest:02}s" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02}m"  # noqa: PLR2004 - an hour


def ended_line(outcome: Outcome) -> str:
    """Return one line, or a few for an error, about a domain that has ended."""
    line = f"{outcome.domain}: {outcome.status.replace('_', ' ')} after {duration(outcome.seconds)}"
    if outcome.error:
        line += f": {outcome.error['message'].removeprefix(f'{outcome.domain}: ')}"
    return line


class PlainView:
    """A line for each domain that ends; `verbose` adds each step, `quiet` leaves failures and warnings only."""

    def __init__(self, total: int, *, quiet: bool, verbose: bool) -> None:
        self._progress = StderrProgress(quiet=quiet, verbose=verbose)
        self._tally = Tally(total)
        self._lock = threading.Lock()

    @contextmanager
    def display(self) -> Iterator[None]:
        """Lines need no preparation."""
        yield

    def say(self, text: str) -> None:
        """Say something about the whole batch."""
        self._progress.note(text)

    def started(self, worker: int, domain: str) -> None:
        """Say so when every step is wanted."""
        with self._lock:
            self._progress.detail(f"{domain}: begun by worker {worker}")

    def stepped(self, worker: int, domain: str, text: str) -> None:  # noqa: ARG002 - the line has no room for workers
        """Say so when every step is wanted."""
        with self._lock:
            self._progress.detail(f"{domain}: {text}")

    def warned(self, domain: str, text: str) -> None:
        """Warn."""
        with self._lock:
            self._progress.warn(f"{domain}: {text}" if domain else text)

    def ended(self, outcome: Outcome) -> None:
        """Say how it ended, and how far the batch is."""
        with self._lock:
            self._tally.count(outcome)
            tell = self._progress.warn if outcome.status is Status.FAILED else self._progress.step
            tell(f"{ended_line(outcome)} ({self._tally})")


@dataclass(slots=True)
class _Lane:
    domain: str
    step: str
    began: float


class LiveView:
    """A bar, the workers with domain, step and seconds, and failures above them; its size is that of the terminal."""

    def __init__(self, total: int, console: Console) -> None:
        from rich.live import Live  # noqa: PLC0415 - rich is for live views only

        self._console = console
        self._tally = Tally(total)
        self._lanes: dict[int, _Lane] = {}
        self._lock = threading.RLock()
        self._live = Live(console=console, get_renderable=self.picture, refresh_per_second=_REFRESHES, transient=True)

    @contextmanager
    def display(self) -> Iterator[None]:
        """Show it while the block runs, and leave nothing but the failures."""
        with self._live:
            yield

    def say(self, text: str) -> None:
        """Say something about the whole batch, above the view."""
        self._console.print(text, markup=False, highlight=False)

    def started(self, worker: int, domain: str) -> None:
        """Show the worker with its new domain."""
        with self._lock:
            self._lanes[worker] = _Lane(domain, "begun", time.monotonic())

    def stepped(self, worker: int, domain: str, text: str) -> None:
        """Show what the worker does now."""
        with self._lock:
            lane = self._lanes.get(worker)
            if lane is not None and lane.domain == domain:
                lane.step = text

    def warned(self, domain: str, text: str) -> None:
        """Warn above the view."""
        self._console.print(f"warning: {f'{domain}: ' if domain else ''}{text}", style="yellow", markup=False)

    def ended(self, outcome: Outcome) -> None:
        """Count it, free its worker, and keep failures in sight."""
        with self._lock:
            self._tally.count(outcome)
            self._lanes.pop(outcome.worker, None)
        if outcome.status is Status.FAILED:
            self._console.print(ended_line(outcome), style="red", markup=False, highlight=False)

    def picture(self) -> Group:
        """Return what is shown now; as many workers as the terminal has lines for."""
        from rich.console import Group  # noqa: PLC0415 - rich is for live views only
        from rich.padding import Padding  # noqa: PLC0415 - rich is for live views only
        from rich.progress_bar import ProgressBar  # noqa: PLC0415 - rich is for live views only
        from rich.text import Text  # noqa: PLC0415 - rich is for live views only

        with self._lock:
            lanes, tally = sorted(self._lanes.items()), str(self._tally)
            # A bar alone does not end its line.
            bar = Padding(ProgressBar(total=max(1, self._tally.total), completed=self._tally.done), 0)
        room = max(1, self._console.height - _AROUND_WORKERS)
        now = time.monotonic()
        lines = [f"{n:>3} {duration(now - lane.began):>6}  {lane.domain}  {lane.step}" for n, lane in lanes[:room]]
        more = [f"... and {len(lanes) - room} more workers"] if len(lanes) > room else []
        return Group(Text(tally), bar, *(Text(line, no_wrap=True, overflow="ellipsis") for line in [*lines, *more]))


def choose_view(total: int, *, quiet: bool, verbose: bool) -> PlainView | LiveView:
    """Return the live view on a terminal that can show it, the plain one elsewhere and for `quiet` and `verbose`."""
    if quiet or verbose or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return PlainView(total, quiet=quiet, verbose=verbose)
    from rich.console import Console  # noqa: PLC0415 - rich is for live views only

    return LiveView(total, Console(stderr=True))
