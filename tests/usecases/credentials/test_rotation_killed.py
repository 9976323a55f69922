"""A rotation that dies, or loses an answer, at every single call: the same step again ends as if nothing had been.

At every moment the credential store holds a password that works, as the one in use, and IAM never has three keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from fakes.dying import Died, Fault, Run
from rotations import ASKED, EXAMPLE, SCENARIOS, STORES, Account, Scenario, undisturbed

from provisioner.core.credentials.slot import Slot
from provisioner.errors import ProvisionerError
from provisioner.usecases.credentials.rotate import Step
from provisioner.usecases.mail_domain.new_domain import new_domain


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
