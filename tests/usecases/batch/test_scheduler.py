"""The scheduler with real threads, over work made up for the purpose."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.batch.manifest import Entry
from provisioner.core.batch.report import Outcome, Status
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.batch.scheduler import Scheduler
from provisioner.usecases.parallel.stopping import Stop, Urgency

ENTRIES = [Entry(DomainName.of_ascii(f"d{number}.com"), Asked()) for number in range(20)]


class Silent:
    def started(self, worker: int, domain: str) -> None: ...

    def stepped(self, worker: int, domain: str, text: str) -> None: ...

    def warned(self, domain: str, text: str) -> None: ...

    def ended(self, outcome: Outcome) -> None: ...


class Kept:
    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done: list[Outcome] = []
        self.at_once = 0
        self.most_at_once = 0

    def started(self, entry: Entry) -> None:
        self.begun.append(entry.domain.ascii)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)

    def ended(self, outcome: Outcome) -> None:
        self.done.append(outcome)
        self.at_once -= 1


def scheduler(world: World, parallelism: int, stop: Stop | None = None, tick: Callable[[], None] = int) -> Scheduler:
    return Scheduler(world.edges, Silent(), stop or Stop(), parallelism, timedelta(minutes=1), tick)


def nap(edges: Edges, entry: Entry) -> Outcome:
    time.sleep(0.01)
    return Outcome(entry.domain.ascii, Status.UNCHANGED)


def test_domains_are_begun_in_order_and_never_more_than_allowed_at_once(world: World) -> None:
    kept = Kept()
    scheduler(world, 4).run(ENTRIES, nap, kept)
    assert kept.begun == [entry.domain.ascii for entry in ENTRIES]
    assert {outcome.domain for outcome in kept.done} == set(kept.begun)
    assert 2 <= kept.most_at_once <= 4
    assert {outcome.worker for outcome in kept.done} <= set(range(4))
    assert kept.done[0].digest in {entry.digest for entry in ENTRIES}


def test_no_domains_are_no_work(world: World) -> None:
    kept = Kept()
    scheduler(world, 4).run([], nap, kept)
    assert kept.done == []


def test_the_caller_gets_to_look_at_signals_while_domains_are_worked_on(world: World) -> None:
    free = threading.Event()
    looks = []

    def look() -> None:
        looks.append(threading.current_thread())
        free.set()

    def wait(edges: Edges, entry: Entry) -> Outcome:
        assert free.wait(10)
        return Outcome(entry.domain.ascii, Status.UNCHANGED)

    kept = Kept()
    scheduler(world, 2, tick=look).run(ENTRIES[:2], wait, kept)
    assert len(kept.done) == 2
    assert set(looks) == {threading.main_thread()}


def test_each_word_of_a_domain_is_a_moment_to_interrupt_it(world: World) -> None:
    stop = Stop()

    def work(edges: Edges, entry: Entry) -> Outcome:
        edges.progress.detail("still creating")
        stop.request(Urgency.INTERRUPT)
        edges.progress.detail("still creating")
        raise AssertionError("never reached")

    kept = Kept()
    scheduler(world, 1, stop).run(ENTRIES, work, kept)
    assert [outcome.status for outcome in kept.done] == [Status.INTERRUPTED]


def test_what_fails_while_everything_is_killed_counts_as_interrupted(world: World) -> None:
    stop = Stop()

    def work(edges: Edges, entry: Entry) -> Outcome:
        stop.request(Urgency.KILL)
        raise ProvisionerError("terraform_failed", "killed")

    kept = Kept()
    scheduler(world, 1, stop).run(ENTRIES, work, kept)
    assert [outcome.status for outcome in kept.done] == [Status.INTERRUPTED]


@pytest.mark.timeout(120)
def test_a_worker_that_cannot_be_woken_does_not_hold_up_a_kill(world: World) -> None:
    stop, free = Stop(), threading.Event()

    def stuck(edges: Edges, entry: Entry) -> Outcome:
        free.wait()
        return Outcome(entry.domain.ascii, Status.UNCHANGED)

    kept = Kept()
    scheduler(world, 1, stop, tick=lambda: stop.request(Urgency.KILL)).run(ENTRIES[:1], stuck, kept)
    free.set()
    assert kept.done == []


def test_urgency_only_grows_and_ends_with_killing() -> None:
    stop = Stop()
    assert [stop.press() for _ in range(4)] == [Urgency.DRAIN, Urgency.INTERRUPT, Urgency.KILL, Urgency.KILL]
    stop.request(Urgency.DRAIN)
    assert stop.level is Urgency.KILL
