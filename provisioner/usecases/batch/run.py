"""Many domains, one run: worked through in parallel, journalled, resumable, reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from provisioner.core.batch.batch import Batch
from provisioner.core.batch.journal import Begun, Event, closed, ended, read, started
from provisioner.core.batch.manifest import Entry
from provisioner.core.batch.report import BatchReport, Outcome, Status, outcome_of
from provisioner.errors import InputError, KeyNotKept, ProvisionerError
from provisioner.ports.batch import BatchEdges, Journal
from provisioner.ports.edges import Edges
from provisioner.ports.progress import Clock
from provisioner.usecases.batch.scheduler import Scheduler, Watcher, Work
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain
from provisioner.usecases.parallel.stopping import Stop, Urgency

INPUT, REPORT = "input", "report"  # the documents that are kept with a run


@dataclass(frozen=True, slots=True)
class Control:
    """Who is shown what happens, and who may end it; `on_tick` runs ten times a second in the calling thread.

    `not_kept` gets the new keys that could be neither stored nor deleted again.
    """

    watcher: Watcher
    stop: Stop
    on_tick: Callable[[], None] = lambda: None
    not_kept: list[KeyNotKept] = field(default_factory=list)

    def scheduler(self, edges: Edges, batch: Batch) -> Scheduler:
        """Return the scheduler of a batch."""
        made = Scheduler(edges, self.watcher, self.stop, batch.parallelism, batch.timeout, self.on_tick)
        return replace(made, not_kept=self.not_kept)


def provision(edges: Edges, entry: Entry) -> Outcome:
    """Bring one domain to its desired state."""
    report = new_domain(edges, entry.domain, entry.asked)
    return outcome_of(report, Status.PROVISIONED if report.changed else Status.UNCHANGED)


def run_batch(world: BatchEdges, batch: Batch, control: Control, work: Work = provision) -> BatchReport:
    """Provision every domain of the batch that is not finished, and return the report of the whole run.

    What is finished is read from the journal anew, once the run is ours alone. A failure is its domain's alone. The
    report is kept with the run; it is `complete` when every domain was tried.
    """
    with world.runs.open(batch.run) as journal:
        batch = replace(batch, state=read(world.runs.lines(batch.run)))
        _refuse_another_shard(batch)
        to_do = batch.to_do
        run = _JournalledRun(world, batch, control, journal)
        run.begin()
        control.scheduler(world.edges, batch).run(to_do, work, run)
        return run.close()


def plan_batch(world: BatchEdges, batch: Batch, control: Control) -> BatchReport:
    """Plan every domain of the batch, in parallel; nothing is changed, remembered or journalled."""
    run = _InMemoryRun(world.edges.clock, batch, control.watcher)
    scheduler = replace(control.scheduler(world.edges, batch), goes_on="nothing was changed")
    scheduler.run(batch.entries, _plan, run)
    return run.report()


def _plan(edges: Edges, entry: Entry) -> Outcome:
    planned = plan_domain(edges, entry.domain, entry.asked)
    outcome = outcome_of(planned.report, Status.UNCHANGED if planned.empty else Status.PLANNED)
    return replace(outcome, plan=tuple(planned.actions))


class _InMemoryRun:
    """Keeps what became of the domains until the report is made, and shows it."""

    def __init__(self, clock: Clock, batch: Batch, watcher: Watcher) -> None:
        self._attempt = _Attempt(clock, batch)
        self._watcher = watcher
        self._outcomes: dict[str, Outcome] = {}

    def started(self, entry: Entry) -> None:
        """Do nothing: planning is not journalled."""

    def ended(self, outcome: Outcome) -> None:
        """Keep what became of a domain, and show it."""
        self._outcomes[outcome.domain] = outcome
        self._watcher.ended(outcome)

    def report(self) -> BatchReport:
        """Return the report of all domains."""
        return self._attempt.report(self._outcomes)


class _JournalledRun:
    """Keeps the journal of a run; a journal that cannot be written is a warning, and a domain done again later."""

    def __init__(self, world: BatchEdges, batch: Batch, control: Control, journal: Journal) -> None:
        self._runs = world.runs
        self._batch = batch
        self._control = control
        self._journal = journal
        self._outcomes = batch.state.outcomes
        self._attempt = _Attempt(world.edges.clock, batch)
        self._warned = False

    def begin(self) -> None:
        """Write what this attempt is about; a journal that cannot be written ends it here."""
        batch = self._batch
        self._runs.save(batch.run, INPUT, batch.manifest.to_document())
        self._journal.append(Begun(batch.run, batch.part, self._attempt.at, batch.parallelism).event())

    def started(self, entry: Entry) -> None:
        """Write that a domain is begun."""
        self._append(started(entry, self._attempt.now()))

    def ended(self, outcome: Outcome) -> None:
        """Write what became of a domain, then show it."""
        self._outcomes[outcome.domain] = outcome
        self._append(ended(outcome))
        self._control.watcher.ended(outcome)
        if outcome.status is Status.FAILED and self._batch.fail_fast:
            self._control.stop.request(Urgency.DRAIN)

    def close(self) -> BatchReport:
        """Write the end and keep the report."""
        report = self._attempt.report(self._outcomes)
        self._append(closed(self._attempt.now(), "finished" if report.complete else "stopped"))
        try:
            self._runs.save(self._batch.run, REPORT, report.to_document())
        except ProvisionerError as error:
            self._warn(error)
        return report

    def _append(self, event: Event) -> None:
        try:
            self._journal.append(event)
        except ProvisionerError as error:
            self._warn(error)

    def _warn(self, error: ProvisionerError) -> None:
        if not self._warned:
            self._warned = True
            self._control.watcher.warned("", f"{error.message}; --resume will look at these domains again")


class _Attempt:
    """One attempt at a batch: when it began (`at`: ISO 8601, UTC), and the report of it when it ends."""

    def __init__(self, clock: Clock, batch: Batch) -> None:
        self._clock = clock
        self._batch = batch
        self._began = clock.monotonic()
        self.at = self.now()

    def now(self) -> str:
        """Return the current time as journals and reports write it."""
        return self._clock.now().isoformat(timespec="seconds")

    def report(self, outcomes: Mapping[str, Outcome]) -> BatchReport:
        """Return the report of an attempt that ends now, each domain of the batch in it."""
        batch = self._batch
        return BatchReport(
            run=batch.run,
            part=batch.part,
            started=self.at,
            ended=self.now(),
            seconds=round(self._clock.monotonic() - self._began, 3),
            parallelism=batch.parallelism,
            outcomes=tuple(_outcome(entry, outcomes.get(entry.domain.ascii)) for entry in batch.entries),
        )


def _outcome(entry: Entry, kept: Outcome | None) -> Outcome:
    """Return what became of an entry; what was done for another input does not count."""
    if kept is None or kept.digest != entry.digest:
        return Outcome(entry.domain.ascii, Status.NOT_STARTED, entry.digest)
    return kept


def _refuse_another_shard(batch: Batch) -> None:
    begun = batch.state.begun
    if begun is not None and begun.part.shard != batch.shard:
        was, now = (f"shard {shard}" if shard else "the whole manifest" for shard in (begun.part.shard, batch.shard))
        message = f"run {batch.run} is of {was}, not of {now}"
        raise InputError("another_shard", message, "name another run with --run, or give the same --shard")
