"""A domain stays in the account in which it was provisioned, whatever credentials come the next day."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.usecases.dmarc.standing import standing
from provisioner.usecases.dns.check import check
from provisioner.usecases.dns.records import records_of
from provisioner.usecases.drift import drift
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain
from provisioner.usecases.mail_domain.status import status_of
from provisioner.usecases.parallel.stopping import Stop
from provisioner.usecases.parallel.workers import Workers

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))
FIRST, SECOND = "123456789012", "210987654321"


@pytest.fixture
def provisioned(world: World) -> World:
    new_domain(world.edges, EXAMPLE, ASKED)
    return world


def remembered_account(world: World) -> str | None:
    remembered = world.workspaces.spaces["example.com"].kept
    return remembered.account if remembered else None


@pytest.mark.parametrize(
    "command",
    [
        lambda world: new_domain(world.edges, EXAMPLE, ASKED),
        lambda world: plan_domain(world.edges, EXAMPLE, ASKED),
        lambda world: destroy_domain(world.edges, EXAMPLE, ASKED, Consent()),
        lambda world: status_of(world.edges, EXAMPLE, None),
        lambda world: records_of(world.edges, EXAMPLE),
        lambda world: check(world.of_doctor, EXAMPLE),
        lambda world: standing(world.edges, EXAMPLE),
    ],
    ids=["new-domain", "plan", "destroy-domain", "status", "dns records", "dns check", "dmarc set"],
)
def test_another_account_is_refused_before_anything_is_looked_at(
    provisioned: World, command: Callable[[Any], object]
) -> None:
    provisioned.aws.is_account(SECOND).asked.clear()
    with pytest.raises(Refused) as caught:
        command(provisioned)
    assert caught.value.code == "other_account"
    assert all(named in caught.value.message for named in ("example.com", FIRST, SECOND, "user/admin"))
    assert f"credentials of account {FIRST}" in caught.value.hint
    assert provisioned.aws.asked == []
    assert provisioned.terraform.applied == 1
    assert remembered_account(provisioned) == FIRST


def test_drift_says_it_of_each_domain(provisioned: World) -> None:
    provisioned.aws.is_account(SECOND)
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(1, Stop()))
    assert found.error is not None
    assert found.error.code == "other_account"


def test_the_account_is_written_down_and_reaches_the_provider(provisioned: World) -> None:
    assert remembered_account(provisioned) == FIRST
    assert provisioned.templates.last is not None
    assert provisioned.templates.last.account == FIRST


def test_a_workspace_that_knows_no_account_takes_that_of_its_next_run(provisioned: World) -> None:
    space = provisioned.workspaces.spaces["example.com"]
    assert space.kept is not None
    space.kept = replace(space.kept, account=None)
    status_of(provisioned.edges, EXAMPLE, None)
    assert remembered_account(provisioned) is None
    report = new_domain(provisioned.edges, EXAMPLE, ASKED)
    assert not report.changed
    assert remembered_account(provisioned) == FIRST


def test_a_state_of_another_account_is_refused_although_the_workspace_is_lost(world: World) -> None:
    world.terraform.plans(accounts=frozenset({FIRST}))
    world.aws.is_account(SECOND)
    with pytest.raises(Refused, match=f"its Terraform state has it in AWS account {FIRST}") as caught:
        new_domain(world.edges, EXAMPLE, ASKED)
    assert (caught.value.code, world.terraform.applied) == ("other_account", 0)
