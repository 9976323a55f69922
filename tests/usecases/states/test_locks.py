import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count

import pytest
from fakes.clock import FakeClock
from fakes.world import World

from provisioner.core.states.lock import StateLock
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError, Refused
from provisioner.usecases.states.locks import HeldWorkspaces, StateHolder, unlock

EXAMPLE = DomainName.parse("example.com")


def lock(lock_id: str, who: str = "ada@host1") -> StateLock:
    return StateLock(lock_id, who, "new-domain", "", "", "2026-11-22T10:00:00Z", "states/example.com")


class FakeLocks:
    """One bucket; `later` happens when a certain second of the clock has come."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.there: dict[str, StateLock] = {}
        self._later: list[tuple[float, Callable[[], object]]] = []
        self._unreachable = False

    def has(self, found: StateLock) -> "FakeLocks":
        self.there[EXAMPLE.ascii] = found
        return self

    def is_free_after(self, seconds: float) -> "FakeLocks":
        self._later.append((seconds, self.there.clear))
        return self

    def cannot_be_reached(self) -> None:
        self._unreachable = True

    def path(self, domain: DomainName) -> str:
        return f"states/{domain}"

    def take(self, domain: DomainName, lock: StateLock) -> StateLock:
        self._catch_up()
        return self.there.setdefault(domain.ascii, lock)

    def holder(self, domain: DomainName) -> StateLock | None:
        return self.there.get(domain.ascii)

    def drop(self, domain: DomainName, lock_id: str) -> bool:
        self._catch_up()
        found = self.there.get(domain.ascii)
        if found is None or found.id != lock_id:
            return False
        del self.there[domain.ascii]
        return True

    def _catch_up(self) -> None:
        if self._unreachable:
            raise ProvisionerError("unreachable", "S3 cannot be reached")
        for seconds, happens in self._later:
            if self._clock.seconds >= seconds:
                happens()


class FakeJournal:
    """A machine that remembers the ids of its locks."""

    def __init__(self) -> None:
        self.ids: set[str] = set()

    @contextmanager
    def open(self, domain: DomainName) -> Iterator["FakeJournal"]:
        yield self

    def left(self) -> frozenset[str]:
        return frozenset(self.ids)

    def took(self, lock_id: str) -> None:
        self.ids.add(lock_id)

    def dropped(self) -> None:
        self.ids.clear()


@pytest.fixture
def locks(world: World) -> FakeLocks:
    return FakeLocks(world.clock)


@pytest.fixture
def journal() -> FakeJournal:
    return FakeJournal()


@pytest.fixture
def holder(world: World, locks: FakeLocks, journal: FakeJournal) -> StateHolder:
    numbers = count(1)

    def name(now: datetime, path: str) -> StateLock:
        return lock(f"ours-{next(numbers)}", "ada@here")

    return StateHolder(locks, journal, world.clock, world.progress, name)


def test_a_free_state_is_held_and_free_again(holder: StateHolder, locks: FakeLocks, journal: FakeJournal) -> None:
    with holder.hold(EXAMPLE):
        assert locks.there["example.com"].id == "ours-1"
        assert journal.ids == {"ours-1"}
    assert locks.there == {}
    assert journal.ids == set()


def test_the_state_is_free_again_after_a_failure(holder: StateHolder, locks: FakeLocks) -> None:
    with pytest.raises(KeyboardInterrupt), holder.hold(EXAMPLE):
        raise KeyboardInterrupt
    assert locks.there == {}


def test_a_run_waits_for_another_host_and_says_for_whom(holder: StateHolder, locks: FakeLocks, world: World) -> None:
    locks.has(lock("theirs", "bob@host2")).is_free_after(10)
    with holder.hold(EXAMPLE):
        assert locks.there["example.com"].id == "ours-1"
    assert 10 <= world.clock.seconds < 15
    assert world.progress.notes == [
        "example.com: the state is held by bob@host2 (new-domain, since 2026-11-22T10:00:00Z); waiting up to 60 s"
    ]


def test_a_lock_of_another_host_is_never_removed_however_old(
    holder: StateHolder, locks: FakeLocks, world: World
) -> None:
    locks.has(lock("theirs", "bob@host2"))
    with pytest.raises(ProvisionerError, match="held by bob@host2") as caught, holder.hold(EXAMPLE):
        pytest.fail("the state is not ours")
    assert caught.value.code == "state_locked"
    assert "--lock-id theirs" in caught.value.hint
    assert locks.there["example.com"].id == "theirs"
    assert world.clock.seconds == 60


def test_a_lock_of_this_user_and_host_that_is_not_in_the_journal_is_never_removed(
    holder: StateHolder, locks: FakeLocks
) -> None:
    locks.has(lock("of-a-plain-terraform", "ada@here"))
    with pytest.raises(ProvisionerError, match="held by ada@here"), holder.hold(EXAMPLE):
        pytest.fail("the state is not ours")
    assert locks.there["example.com"].id == "of-a-plain-terraform"


def test_a_lock_without_contents_is_named_with_the_command_that_removes_it(
    holder: StateHolder, locks: FakeLocks
) -> None:
    locks.has(StateLock.from_json("", "states/example.com"))
    with (
        pytest.raises(ProvisionerError, match=r"somebody unknown \(the lock is empty\)") as caught,
        holder.hold(EXAMPLE),
    ):
        pytest.fail("the state is not ours")
    command = re.search(r"--lock-id (\S+)`", caught.value.hint)
    assert command is not None
    assert unlock(locks, EXAMPLE, command.group(1)) is not None
    assert locks.there == {}


def test_the_lock_of_our_own_dead_run_is_removed_and_told(
    holder: StateHolder, locks: FakeLocks, journal: FakeJournal, world: World
) -> None:
    journal.took("dead")
    locks.has(lock("dead"))
    with holder.hold(EXAMPLE):
        assert locks.there["example.com"].id == "ours-1"
    assert world.clock.seconds == 0
    assert any("died and left its lock" in warning for warning in world.progress.warnings)
    assert journal.ids == set()


def test_a_lock_that_cannot_be_dropped_is_left_to_the_next_run(
    holder: StateHolder, locks: FakeLocks, journal: FakeJournal, world: World
) -> None:
    with holder.hold(EXAMPLE):
        locks.cannot_be_reached()
    assert journal.ids == {"ours-1"}
    assert any("the next run here removes it" in warning for warning in world.progress.warnings)


def test_a_lock_of_which_the_answer_was_lost_is_ours_all_the_same(holder: StateHolder, locks: FakeLocks) -> None:
    locks.has(lock("ours-1"))
    with holder.hold(EXAMPLE):
        assert locks.there["example.com"].id == "ours-1"
    assert locks.there == {}


def test_a_workspace_that_is_opened_holds_its_state(holder: StateHolder, locks: FakeLocks, world: World) -> None:
    workspaces = HeldWorkspaces(world.workspaces, holder.hold)
    with workspaces.open(EXAMPLE) as workspace:
        assert workspace.domain == EXAMPLE
        assert locks.there["example.com"].id == "ours-1"
    assert locks.there == {}
    assert workspaces.peek(EXAMPLE) is None
    assert list(workspaces.all()) == []


def test_a_lock_is_removed_by_its_id_on_request(locks: FakeLocks) -> None:
    locks.has(lock("theirs", "bob@host2"))
    assert str(unlock(locks, EXAMPLE, "theirs")).startswith("bob@host2")
    assert locks.there == {}


def test_another_lock_than_the_named_one_is_not_removed(locks: FakeLocks) -> None:
    locks.has(lock("newer", "bob@host2"))
    with pytest.raises(Refused, match="another lock, newer"):
        unlock(locks, EXAMPLE, "theirs")
    assert locks.there["example.com"].id == "newer"


def test_unlocking_a_free_state_does_nothing(locks: FakeLocks) -> None:
    assert unlock(locks, EXAMPLE, "any") is None
