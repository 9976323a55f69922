"""From the queue into the archive: each event once, whatever fails, is repeated, is hostile or dies."""

from __future__ import annotations

import json
import random
from collections import Counter
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from fakes.audit import FakeArchive, FakeQueue
from fakes.clock import FakeProgress
from ses_told import VALIDATION, bounce, event, notified, wrapped

from provisioner.core.audit.archive import entries_in
from provisioner.errors import ProvisionerError
from provisioner.usecases.audit.collect import Collected, Limits, collect

TODAY = date(2026, 11, 28)


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def archive() -> FakeArchive:
    return FakeArchive()


def run(queue: FakeQueue, archive: FakeArchive, **limits: Any) -> Collected:
    return collect(queue, archive, Limits(**limits), TODAY, FakeProgress())


def ids(archive: FakeArchive) -> Counter[str]:
    return Counter(line["message_id"] for line in archive.lines)


def each_once(count: int) -> Counter[str]:
    return Counter(f"message-{number}" for number in range(count))


def test_all_that_waits_is_kept_and_deleted(queue: FakeQueue, archive: FakeArchive) -> None:
    queue.has(*[bounce(number) for number in range(25)], *[event("send", number) for number in range(25, 45)])
    done = run(queue, archive)
    assert ids(archive) == each_once(45)
    assert (done.collected, done.lines, done.duplicates, done.rejected, done.left) == (45, 45, 0, 0, 0)
    assert done.objects == sorted(archive.kept)
    assert [key[:20] for key in done.objects] == ["events/dt=2016-10-14", "events/dt=2017-08-05"]
    assert not queue.sent


def test_an_empty_queue_is_nothing(queue: FakeQueue, archive: FakeArchive) -> None:
    assert run(queue, archive).to_document() == {
        "collected": 0,
        "duplicates": 0,
        "rejected": 0,
        "ignored": 0,
        "lines": 0,
        "left": 0,
        "objects": [],
        "reasons": {},
    }


def test_what_comes_twice_is_one_line_within_a_run_and_across_runs(queue: FakeQueue, archive: FakeArchive) -> None:
    queue.has(bounce(0), bounce(0), notified(bounce(0)), wrapped(json.dumps(bounce(0))), bounce(1))
    first = run(queue, archive)
    assert (first.collected, first.duplicates) == (2, 3)
    queue.has(bounce(0), bounce(1), bounce(2))
    second = run(queue, archive)
    assert (second.collected, second.duplicates) == (1, 2)
    assert ids(archive) == each_once(3)


def test_a_second_collector_at_once_doubles_nothing_of_what_each_received(
    queue: FakeQueue, archive: FakeArchive
) -> None:
    queue.has(*[bounce(number) for number in range(95)])
    others: list[Collected] = []

    def meanwhile(_: str) -> None:
        if not others:
            others.append(Collected())
            others[0] = run(queue, archive, messages=30, receivers=1)

    queue.calls.after = meanwhile
    done = run(queue, archive, messages=30, receivers=1)
    assert ids(archive) == each_once(95)
    assert done.collected + others[0].collected == 95
    assert others[0].collected > 0


def test_a_message_that_is_no_event_is_set_aside_with_its_reason_and_stops_nothing(
    queue: FakeQueue, archive: FakeArchive
) -> None:
    queue.has(bounce(0), "hello", VALIDATION, {"eventType": "Send"}, wrapped(VALIDATION), bounce(1), "[" * 99_999)
    done = run(queue, archive)
    assert ids(archive) == each_once(2)
    assert (done.collected, done.rejected, done.ignored, done.left) == (2, 3, 2, 0)
    assert {reason for _, reason in queue.dead} == set(done.reasons)
    assert ("hello", "it is not JSON") in queue.dead
    assert sum(done.reasons.values()) == 3


def test_a_message_that_we_fail_to_read_is_set_aside_too(
    queue: FakeQueue, archive: FakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips = lambda body, sent: {}["x"] if "message-1" in body else entries_in(body, sent)  # noqa: E731
    monkeypatch.setattr("provisioner.usecases.audit.collect.entries_in", trips)
    queue.has(*[bounce(number) for number in range(3)])
    assert run(queue, archive).reasons == {"it could not be read: KeyError": 1}
    assert set(ids(archive)) == {"message-0", "message-2"}


def test_where_nothing_can_be_set_aside_the_others_are_kept(queue: FakeQueue, archive: FakeArchive) -> None:
    queue.has("hello", *[bounce(number) for number in range(3)])
    queue.calls.fails("set_aside")
    done = run(queue, archive)
    assert (done.collected, done.rejected, done.left) == (3, 0, 1)
    assert list(queue.sent.values()) == ["hello"]


@pytest.mark.parametrize("aside", [True, False])
def test_messages_that_come_again_and_again_do_not_keep_a_run_going(
    queue: FakeQueue, archive: FakeArchive, aside: bool
) -> None:
    queue.has("hello", "world", *[bounce(number) for number in range(3)])
    queue.calls.after = lambda name: queue.time_passes() if name == "receive" else None  # hidden for no time at all
    queue.set_aside = (lambda *_: None) if aside else queue.set_aside  # type: ignore[method-assign]  # they stay
    queue.calls.fails("set_aside")
    done = run(queue, archive, receivers=1, messages=5)
    assert (done.collected, done.rejected, done.left) == (3, 2 if aside else 0, 2)


def test_nothing_is_received_that_could_not_be_kept(queue: FakeQueue, archive: FakeArchive) -> None:
    queue.has(bounce(0))
    archive.calls.fails("objects")
    with pytest.raises(ProvisionerError, match="SlowDown"):
        run(queue, archive)
    assert queue.calls.made["receive"] == 0


def test_an_archive_that_cannot_be_written_loses_nothing_and_lets_the_messages_go(
    queue: FakeQueue, archive: FakeArchive
) -> None:
    queue.has(*[bounce(number) for number in range(12)])
    archive.calls.fails("put")
    with pytest.raises(ProvisionerError, match="put: SlowDown"):
        run(queue, archive)
    assert not queue.hidden
    assert len(queue.sent) == 12
    archive.calls.recovers()
    assert run(queue, archive).collected == 12


@pytest.mark.parametrize(
    ("call", "after"), [("receive", 0), ("receive", 2), ("delete", 0), ("delete", 2), ("waiting", 0)]
)
def test_a_queue_that_fails_loses_and_doubles_nothing(
    queue: FakeQueue, archive: FakeArchive, call: str, after: int
) -> None:
    queue.has(*[bounce(number) for number in range(45)])

    def later(name: str) -> None:
        if name == call and queue.calls.made[name] > after:
            queue.calls.fails(call)

    queue.calls.before = later
    with pytest.raises(ProvisionerError, match=f"{call}: SlowDown"):
        run(queue, archive, messages=20)
    queue.calls.before = lambda _: None
    queue.calls.recovers()
    queue.time_passes()
    run(queue, archive)
    assert ids(archive) == each_once(45)
    assert not queue.sent


def test_what_was_collected_before_a_failure_is_said(queue: FakeQueue, archive: FakeArchive) -> None:
    queue.has(*[bounce(number) for number in range(40)])

    def later(_: str) -> None:
        if archive.calls.made["put"] > 1:
            archive.calls.fails("put")

    archive.calls.before = later
    with pytest.raises(ProvisionerError) as failure:
        run(queue, archive, messages=20, receivers=1)
    assert failure.value.message == "put: SlowDown: reduce your request rate; 20 events were collected before"


def test_an_archive_that_can_be_written_but_not_read_collects_all_the_same(
    queue: FakeQueue, archive: FakeArchive
) -> None:
    run(queue.has(bounce(0)), archive)
    archive.calls.fails("get")
    progress = FakeProgress()
    done = collect(queue.has(bounce(1)), archive, Limits(), TODAY, progress)
    assert done.collected == 1
    assert "some may be kept twice" in progress.warnings[0]


def test_a_damaged_object_is_named_and_hinders_nothing(queue: FakeQueue, archive: FakeArchive) -> None:
    run(queue.has(bounce(0)), archive)
    key = next(iter(archive.kept))
    archive.kept[key] = archive.kept[key][:-5]
    progress = FakeProgress()
    assert collect(queue.has(bounce(1)), archive, Limits(), TODAY, progress).collected == 1
    assert progress.warnings == [f"s3://archive/{key} is damaged: it ends too early"]


def test_a_run_ends_in_time_and_leaves_the_rest_for_the_next(queue: FakeQueue, archive: FakeArchive) -> None:
    queue.has(*[bounce(number) for number in range(100)])
    left = iter(range(75, 0, -1))
    done = run(queue, archive, remaining=lambda: float(next(left)), messages=10, receivers=1)
    assert 0 < done.collected < 100
    assert done.left == 100 - done.collected
    assert ids(archive) == each_once(done.collected)
    assert run(queue, archive).collected == 100 - done.collected
    assert ids(archive) == each_once(100)


def test_a_round_is_bounded_by_what_its_messages_weigh(queue: FakeQueue, archive: FakeArchive) -> None:
    queue.has(*[bounce(number) for number in range(60)])
    weights = []
    archive.calls.before = lambda name: weights.append(len(queue.hidden)) if name == "put" else None
    run(queue, archive, characters=3_000, receivers=1)
    assert len(weights) == 6


class Killed(BaseException):
    """The process is gone: nothing after this happens."""


def total_calls() -> int:
    queue, archive = FakeQueue().has(*POISONED), FakeArchive()
    run(queue, archive, messages=20, receivers=1)
    return sum(queue.calls.made.values()) + sum(archive.calls.made.values())


POISONED = [*[bounce(number) for number in range(45)], "poison", bounce(3), bounce(4)]


@pytest.mark.parametrize("effect", ["before", "after"])
@pytest.mark.parametrize("moment", range(total_calls()))
def test_killed_at_any_call_every_event_is_kept_once(
    queue: FakeQueue, archive: FakeArchive, moment: int, effect: str
) -> None:
    queue.has(*POISONED)
    calls = 0

    def die(_: str) -> None:
        nonlocal calls
        calls += 1
        if calls > moment:
            raise Killed

    for service in (queue.calls, archive.calls):
        setattr(service, effect, die)
    with suppress(Killed):
        run(queue, archive, messages=20, receivers=1)
    for service in (queue.calls, archive.calls):
        setattr(service, effect, lambda _: None)
    queue.time_passes()
    run(queue, archive)
    assert ids(archive) == each_once(45)
    assert not queue.sent
    assert {body for body, _ in queue.dead} == {"poison"}


@pytest.mark.parametrize("seed", range(30))
def test_killed_again_and_again_at_random_moments_every_event_is_kept_once(
    queue: FakeQueue, archive: FakeArchive, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - which moments, no secret
    queue.has(*POISONED)

    def perhaps(_: str) -> None:
        if chance.random() < 0.2:
            raise Killed

    for service in (queue.calls, archive.calls):
        service.before = service.after = perhaps
    for _ in range(6):
        queue.time_passes()
        try:
            run(queue, archive, messages=chance.randint(5, 40))
        except Killed:
            continue
    for service in (queue.calls, archive.calls):
        service.before = service.after = lambda _: None
    queue.time_passes()
    run(queue, archive)
    assert ids(archive) == each_once(45)
    assert not queue.sent
