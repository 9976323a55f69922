"""Bounded parallelism: workers take domains in order, and no failure of one reaches another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from provisioner.core.batch.manifest import Entry
from provisioner.core.batch.report import Outcome, Status
from provisioner.core.values.hints import in_manifest
from provisioner.errors import Interrupted, KeyNotKept, LoggedOut, ProvisionerError, keys_not_kept
from provisioner.ports.edges import Edges
from provisioner.usecases.parallel.stopping import GOES_ON, Patience, Stop, Urgency
from provisioner.usecases.parallel.workers import Workers, domain_defect

Work = Callable[[Edges, Entry], Outcome]

_UNDERSTOOD = ("--region", "--take-over")  # the options of a domain that `batch` has too


class Watcher(Protocol):
    """Who is shown what happens; called from several threads."""

    def started(self, worker: int, domain: str) -> None:
        """Show that a worker began a domain."""

    def stepped(self, worker: int, domain: str, text: str) -> None:
        """Show what a worker does now."""

    def warned(self, domain: str, text: str) -> None:
        """Tell the user something of a domain, or of the whole batch when `domain` is empty."""

    def ended(self, outcome: Outcome) -> None:
        """Show what became of a domain."""


class Recorder(Protocol):
    """Who keeps what happens; called by one thread at a time."""

    def started(self, entry: Entry) -> None:
        """Keep that a domain is about to be begun."""

    def ended(self, outcome: Outcome) -> None:
        """Keep what became of a domain."""


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Works through entries: `parallelism` at once, at most `timeout` each; `on_tick` runs in the calling thread.

    `goes_on` says what holds when a domain was cut short; `not_kept` gets the new keys that could be neither stored nor
    deleted again, which no outcome holds: outcomes are journalled and reported.
    """

    edges: Edges
    watcher: Watcher
    stop: Stop
    parallelism: int
    timeout: timedelta
    on_tick: Callable[[], None] = lambda: None
    goes_on: str = GOES_ON
    not_kept: list[KeyNotKept] = field(default_factory=list)

    def run(self, entries: Sequence[Entry], work: Work, recorder: Recorder) -> None:
        """Return when every entry is done, or as soon as the urgency of `stop` allows."""
        lock = threading.Lock()

        def begin(entry: Entry) -> None:
            with lock:
                recorder.started(entry)

        def finish(number: int, entry: Entry) -> None:
            outcome = self._outcome(number, entry, work)
            with lock:
                recorder.ended(outcome)

        Workers(self.parallelism, self.stop, self.on_tick).run(entries, finish, begin)

    def _outcome(self, number: int, entry: Entry, work: Work) -> Outcome:
        domain, clock = entry.domain.ascii, self.edges.clock
        self.watcher.started(number, domain)
        at, began = clock.now().isoformat(timespec="seconds"), clock.monotonic()
        patience = Patience(entry.domain, self.stop, clock, self.timeout, began, self.goes_on)
        edges = replace(self.edges, progress=_WatchedProgress(self.watcher, number, patience))
        done = self._try_work(edges, entry, work)
        seconds = round(clock.monotonic() - began, 3)
        return replace(done, digest=entry.digest, started=at, seconds=seconds, worker=number)

    def _try_work(self, edges: Edges, entry: Entry, work: Work) -> Outcome:
        domain = entry.domain.ascii
        try:
            return work(edges, entry)
        except Exception as error:  # noqa: BLE001 - one domain's defect must not end the others
            self.not_kept.extend(keys_not_kept(error))
            return self._failure(domain, error)

    def _failure(self, domain: str, error: Exception) -> Outcome:
        match error:
            case Interrupted():
                return _not_done(domain, Status.INTERRUPTED, error)
            case LoggedOut():
                self._begin_no_more(error)
                return _not_done(domain, Status.FAILED, error)
            case ProvisionerError():
                killed = self.stop.level >= Urgency.KILL
                return _not_done(domain, Status.INTERRUPTED if killed else Status.FAILED, error)
            case _:
                return _not_done(domain, Status.FAILED, domain_defect(domain, error))

    def _begin_no_more(self, error: LoggedOut) -> None:
        """Spare the domains that are not begun a failure that says nothing of them."""
        if self.stop.level < Urgency.DRAIN:
            self.watcher.warned("", f"no more domains are begun: {error.message.splitlines()[0]}")
        self.stop.request(Urgency.DRAIN)


class _WatchedProgress:
    """See `ports.progress.Progress`: shows the watcher what a domain's work says, and ends it when its time is up."""

    def __init__(self, watcher: Watcher, worker: int, patience: Patience) -> None:
        self._watcher = watcher
        self._worker = worker
        self._patience = patience

    def step(self, text: str) -> None:
        """Pass it on."""
        domain = self._patience.domain.ascii
        self._watcher.stepped(self._worker, domain, text.removeprefix(f"{domain}: "))
        self._patience.check()

    def detail(self, text: str) -> None:  # noqa: ARG002 - details of hundreds of domains help nobody; logs have them
        """Show nothing, but end the domain if its time is up."""
        self._patience.check()

    def tick(self) -> None:
        """End the domain if its time is up."""
        self._patience.check()

    def note(self, text: str) -> None:
        """Leave it to the report, which has the next steps."""

    def warn(self, text: str) -> None:
        """Pass it on."""
        domain = self._patience.domain.ascii
        self._watcher.warned(domain, text.removeprefix(f"{domain}: "))


def _not_done(domain: str, status: Status, error: ProvisionerError) -> Outcome:
    hint = in_manifest(error.hint, domain, _UNDERSTOOD)
    return Outcome(domain, status, error={**error.to_document(), "hint": hint})
