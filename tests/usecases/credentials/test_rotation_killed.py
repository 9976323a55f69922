"""A rotation that dies, or loses an answer, at every single call: the same step again ends as if nothing had been.

At every moment the credential store holds a password that works, as the one in use, and IAM never has three keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from fakes.dying import Died, Fault, Run
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.password import derive
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.usecases.credentials.rotate import Step, Wish, rotate
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
USER = SmtpUser(EXAMPLE)
ASKED = Asked(default_region=Region.parse("us-east-1"))
A_DAY = timedelta(hours=25)


@dataclass(frozen=True)
class Scenario:
    """A step, and those that were taken before it; more than a day lies before each step that is told twice."""

    name: str
    before: tuple[Step, ...]
    step: Step


PREPARE, CONFIRM, RETIRE, CANCEL = Step
SCENARIOS = (
    Scenario("prepare", (), PREPARE),
    Scenario("confirm", (PREPARE,), CONFIRM),
    Scenario("retire: off", (PREPARE, CONFIRM), RETIRE),
    Scenario("retire: gone", (PREPARE, CONFIRM, RETIRE), RETIRE),
    Scenario("cancel what is prepared", (PREPARE,), CANCEL),
    Scenario("cancel what is confirmed", (PREPARE, CONFIRM), CANCEL),
    Scenario("cancel what is retiring", (PREPARE, CONFIRM, RETIRE), CANCEL),
    Scenario("a second rotation", (PREPARE, CONFIRM, RETIRE, RETIRE), PREPARE),
)
STORES = ("file", "secretsmanager")


class Account:
    """A domain in the world in memory, and what its user has at a moment."""

    def __init__(self, store: str) -> None:
        self.world, self.taken = World(), list[Step]()
        self.world.aws.now = self.world.clock.now
        if store == "secretsmanager":
            self.world.store.keeps_what_was_current()
        new_domain(self.world.edges, EXAMPLE, ASKED)
        self.world.clock.sleep(timedelta(days=100).total_seconds())

    def come_to(self, scenario: Scenario) -> Account:
        for step in scenario.before:
            self.take(step)
        if scenario.step in scenario.before:
            self.world.clock.sleep(A_DAY.total_seconds())
        return self

    def take(self, step: Step, run: Run | None = None) -> None:
        edges = self.world.edges
        if step in self.taken and run is None:
            self.world.clock.sleep(A_DAY.total_seconds())
        self.taken.append(step)
        rotate(run.of(edges) if run else edges, USER, Wish(step))

    def kept(self) -> dict[Slot, SmtpCredential | None]:
        return {slot: self.world.store.load(USER, slot) for slot in Slot}

    def works(self, credential: SmtpCredential | None) -> bool:
        """Whether SES would take the login: an active key, and the password that is derived from its secret."""
        if credential is None:
            return False
        key = next((key for key in self.world.aws.access_keys["example.com"] if key.id == credential.user_name), None)
        secret = self.world.aws.secrets[credential.user_name].reveal()
        return key is not None and key.active and derive(secret, credential.region) == credential.password.reveal()

    def working(self) -> list[bool]:
        return [self.works(one) for one in self.kept().values()]

    def is_held(self) -> None:
        """Assert what must be true at every moment."""
        assert self.works(self.kept()[Slot.CURRENT])
        assert len(self.world.aws.access_keys["example.com"]) <= 2

    def state(self) -> Any:
        """What there is, whatever the keys are called: numbers are times of making."""
        keys = self.world.aws.access_keys["example.com"]
        order = {key.id: number for number, key in enumerate(sorted(keys, key=lambda key: key.id))}
        slots = {
            str(slot): (order.get(one.user_name, "gone"), one.replaces is not None, one.switched_off_at is not None)
            for slot, one in self.kept().items()
            if one is not None
        }
        space = self.world.workspaces.spaces["example.com"]
        return [(order[key.id], key.active) for key in keys], slots, dict(space.intents), dict(space.rotations)


def undisturbed(store: str, scenario: Scenario) -> tuple[Account, Run]:
    account, run = Account(store).come_to(scenario), Run()
    account.take(scenario.step, run)
    return account, run


def points() -> Iterator[Any]:
    for store in STORES:
        for scenario in SCENARIOS:
            for number, call in enumerate(undisturbed(store, scenario)[1].calls):
                yield pytest.param(store, scenario, number, id=f"{store}, {scenario.name}, {number} {call}")


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize(("store", "scenario", "number"), list(points()))
def test_a_step_that_was_cut_off_is_finished_by_the_same_step(
    store: str, scenario: Scenario, number: int, fault: Fault
) -> None:
    account = Account(store).come_to(scenario)
    run = Run(number, fault, account.is_held)
    with suppress(Died, ProvisionerError):
        account.take(scenario.step, run)
    account.is_held()
    account.take(scenario.step, Run(moment=account.is_held))
    assert account.state() == undisturbed(store, scenario)[0].state()


@pytest.mark.parametrize("fault", [Fault.KILLED_BEFORE, Fault.KILLED_AFTER])
@pytest.mark.parametrize(("store", "scenario", "number"), list(points()))
def test_new_domain_in_between_changes_nothing_that_is_held(
    store: str, scenario: Scenario, number: int, fault: Fault
) -> None:
    account = Account(store).come_to(scenario)
    with suppress(Died):
        account.take(scenario.step, Run(number, fault))
    before, worked = account.kept(), account.working()
    report = new_domain(Run(moment=account.is_held).of(account.world.edges), EXAMPLE, ASKED)
    assert (account.kept(), account.working()) == (before, worked)
    assert (report.changed, report.smtp.others, report.smtp.lost) == (False, (), ())
    account.take(scenario.step, Run(moment=account.is_held))
    assert account.state() == undisturbed(store, scenario)[0].state()


@pytest.mark.parametrize("fault", [Fault.KILLED_BEFORE, Fault.KILLED_AFTER])
@pytest.mark.parametrize(("store", "scenario", "number"), list(points()))
def test_a_step_that_was_cut_off_can_be_taken_back(store: str, scenario: Scenario, number: int, fault: Fault) -> None:
    account = Account(store).come_to(scenario)
    old = account.kept()[Slot.PREVIOUS] or account.kept()[Slot.CURRENT]
    assert old is not None
    with suppress(Died):
        account.take(scenario.step, Run(number, fault))
    lives = any(key.id == old.user_name for key in account.world.aws.access_keys["example.com"])
    account.take(Step.CANCEL, Run(moment=account.is_held))
    (key,) = account.world.aws.access_keys["example.com"]
    current = account.kept()[Slot.CURRENT]
    assert current is not None
    assert key.id == current.user_name
    assert (key.id == old.user_name) is lives
    assert (account.kept()[Slot.PENDING], account.kept()[Slot.PREVIOUS]) == (None, None)
