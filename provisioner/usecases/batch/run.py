"""Many domains, one run: worked through in parallel, journalled, resumable, reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from provisioner.core.batch.journal import Begun, Event, RunState, closed, ended, read, started
from provisioner.core.batch.manifest import Entry, Manifest
from provisioner.core.batch.report import BatchReport, Outcome, Status, outcome_of
from provisioner.core.batch.shards import Shard
from provisioner.errors import InputError, ProvisionerError
from provisioner.ports.batch import BatchEdges, Journal
from provisioner.ports.edges import Edges
from provisioner.usecases.batch.scheduler import Scheduler, Watcher, Work
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain
from provisioner.usecases.parallel.stopping import Stop, Urgency

INPUT, REPORT = "input", "report"  # the documents that are kept with a run


@dataclass(frozen=True, slots=True)
class Job:
    """What to do: the domains of `shard` (None: all), `parallelism` at once, at most `timeout` each.

    A run that exists is continued: what it finished is not done again unless something else is asked now.
    """

    run: str
    manifest: Manifest
    shard: Shard | None
    parallelism: int
    timeout: timedelta
    only_failed: bool = False
    fail_fast: bool = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The domains that are this process's to do."""
        return self.manifest.part(self.shard)


@dataclass(frozen=True, slots=True)
class Control:
    """Who is shown what happens, and who may end it; `on_tick` runs ten times a second in the calling thread."""

    watcher: Watcher
    stop: Stop
    on_tick: Callable[[], None] = lambda: None

    def scheduler(self, edges: Edges, job: Job) -> Scheduler:
        """Return the scheduler of a job."""
        return Scheduler(edges, self.watcher, self.stop, job.parallelism, job.timeout, self.on_tick)


def provision(edges: Edges, entry: Entry) -> Outcome:
    """Bring one domain to its desired state."""
    report = new_domain(edges, entry.domain, entry.asked)
    return outcome_of(report, Status.PROVISIONED if report.changed else Status.UNCHANGED)


def run_batch(world: BatchEdges, job: Job, control: Control, work: Work = provision) -> BatchReport:
    """Provision every domain of the job that is not finished, and return the report of the whole run.

    A failure is its domain's alone. The report is kept with the run; it is `complete` when every domain was tried.
    """
    with world.runs.open(job.run) as journal:
        state = read(world.runs.lines(job.run))
        _refuse_another_shard(job, state)
        to_do = state.to_do(job.entries, only_failed=job.only_failed)
        book = _Book(world, job, control, journal, state)
        book.begin()
        control.scheduler(world.edges, job).run(to_do, work, book)
        return book.close()


def plan_batch(world: BatchEdges, job: Job, control: Control) -> BatchReport:
    """Plan every domain of the job, in parallel; nothing is changed, remembered or journalled."""
    clock, notes = world.edges.clock, _Notes(control.watcher)
    at, began = clock.now().isoformat(timespec="seconds"), clock.monotonic()
    control.scheduler(world.edges, job).run(job.entries, _plan, notes)
    return _report(job, notes.found, at, clock.now().isoformat(timespec="seconds"), clock.monotonic() - began)


def _plan(edges: Edges, entry: Entry) -> Outcome:
    planned = plan_domain(edges, entry.domain, entry.asked)
    return outcome_of(planned.report, Status.UNCHANGED if planned.plan.empty else Status.PLANNED)


class _Notes:
    """Keeps what is found in memory."""

    def __init__(self, watcher: Watcher) -> None:
        self.found: dict[str, Outcome] = {}
        self._watcher = watcher

    def started(self, entry: Entry) -> None:
        """Leave no trace."""

    def ended(self, outcome: Outcome) -> None:
        """Keep it and show it."""
        self.found[outcome.domain] = outcome
        self._watcher.ended(outcome)


class _Book:
    """Keeps the journal of a run; a journal that cannot be written is a warning, and a domain done again later."""

    def __init__(self, world: BatchEdges, job: Job, control: Control, journal: Journal, state: RunState) -> None:
        self._world, self._job, self._control, self._journal, self._state = world, job, control, journal, state
        self._warned = False
        self._began = world.edges.clock.monotonic()
        self._at = self._now()

    def begin(self) -> None:
        """Write what this attempt is about; a journal that cannot be written ends it here."""
        job = self._job
        digest, count = job.manifest.digest, len(job.manifest.entries)
        self._world.runs.save(job.run, INPUT, job.manifest.to_document())
        self._journal.append(Begun(job.run, digest, count, job.shard, self._at, job.parallelism).event())

    def started(self, entry: Entry) -> None:
        """Write that a domain is begun."""
        self._append(started(entry, self._now()))

    def ended(self, outcome: Outcome) -> None:
        """Write what became of a domain, then show it."""
        self._state.outcomes[outcome.domain] = outcome
        self._append(ended(outcome))
        self._control.watcher.ended(outcome)
        if outcome.status is Status.FAILED and self._job.fail_fast:
            self._control.stop.request(Urgency.DRAIN)

    def close(self) -> BatchReport:
        """Write the end and keep the report."""
        outcomes, seconds = self._state.outcomes, self._world.edges.clock.monotonic() - self._began
        report = _report(self._job, outcomes, self._at, self._now(), seconds)
        self._append(closed(self._now(), "finished" if report.complete else "stopped"))
        try:
            self._world.runs.save(self._job.run, REPORT, report.to_document())
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

    def _now(self) -> str:
        return self._world.edges.clock.now().isoformat(timespec="seconds")


def _refuse_another_shard(job: Job, state: RunState) -> None:
    if state.begun is not None and state.begun.shard != job.shard:
        was, now = (f"shard {shard}" if shard else "the whole manifest" for shard in (state.begun.shard, job.shard))
        message = f"run {job.run} is of {was}, not of {now}"
        raise InputError("another_shard", message, "name another run with --run, or give the same --shard")


def _report(job: Job, found: dict[str, Outcome], at: str, end: str, seconds: float) -> BatchReport:
    outcomes = [_kept(entry, found.get(entry.domain.ascii)) for entry in job.entries]
    return BatchReport(
        run=job.run,
        input_digest=job.manifest.digest,
        input_domains=len(job.manifest.entries),
        shard=job.shard,
        started=at,
        ended=end,
        seconds=round(seconds, 3),
        parallelism=job.parallelism,
        outcomes=tuple(outcomes),
    )


def _kept(entry: Entry, found: Outcome | None) -> Outcome:
    """Return what became of an entry; what was done for another input does not count."""
    if found is None or found.digest != entry.digest:
        return Outcome(entry.domain.ascii, Status.NOT_STARTED, entry.digest)
    return found
