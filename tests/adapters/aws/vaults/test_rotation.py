"""A rotation where the site reads its credential from AWS: it finds the new one there at the moment of the confirm."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.vaults import EXAMPLE, Aws
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.rotate import Step, Wish, rotate
from provisioner.usecases.mail_domain.new_domain import new_domain

OLD, NEW = "AKIA0000000000000001", "AKIA0000000000000002"
PREPARE, CONFIRM, RETIRE, CANCEL = Step
WRITES = {"secretsmanager": ("PutSecretValue", "UpdateSecretVersionStage"), "ssm": ("PutParameter", "DeleteParameter")}


@pytest.fixture
def edges(aws: Aws, world: World) -> Edges:
    """A provisioned domain whose credential is in the service."""
    edges = replace(world.edges, store=aws.store)
    new_domain(edges, EXAMPLE.domain, Asked(default_region=Region.parse("us-east-1")))
    return edges


def read_by_the_site(aws: Aws) -> str:
    return str(json.loads(aws.text())["user_name"])


def test_the_site_finds_the_new_credential_at_the_confirm_and_the_old_one_is_the_version_before(
    aws: Aws, edges: Edges, world: World
) -> None:
    seen = []
    for step in (PREPARE, CONFIRM, RETIRE):
        rotate(edges, EXAMPLE, Wish(step))
        seen.append(read_by_the_site(aws))
    assert seen == [OLD, NEW, NEW]
    before = aws.store.load(EXAMPLE, Slot.PREVIOUS)
    assert before is not None
    assert before.user_name == OLD
    world.clock.sleep(timedelta(days=1).total_seconds())
    assert rotate(edges, EXAMPLE, Wish(RETIRE)).to_document(with_secret=False)["stage"] == "done"
    assert [aws.store.load(EXAMPLE, slot) for slot in (Slot.PENDING, Slot.PREVIOUS)] == [None, None]
    assert read_by_the_site(aws) == NEW


@pytest.mark.parametrize("before", [(PREPARE,), (PREPARE, CONFIRM), (PREPARE, CONFIRM, RETIRE)])
def test_the_site_finds_the_old_credential_again_when_it_is_taken_back(
    aws: Aws, edges: Edges, before: tuple[Step, ...]
) -> None:
    for step in (*before, CANCEL):
        rotate(edges, EXAMPLE, Wish(step))
    assert read_by_the_site(aws) == OLD
    assert [aws.store.load(EXAMPLE, slot) for slot in (Slot.PENDING, Slot.PREVIOUS)] == [None, None]


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    ("before", "step"),
    [((), PREPARE), ((PREPARE,), CONFIRM), ((PREPARE, CONFIRM), RETIRE), ((PREPARE, CONFIRM, RETIRE), CANCEL)],
)
def test_what_the_store_may_not_do_is_said_and_the_same_step_goes_on_when_it_may(
    aws: Aws, edges: Edges, which: int, before: tuple[Step, ...], step: Step
) -> None:
    for one in before:
        rotate(edges, EXAMPLE, Wish(one))
    aws.refuses(WRITES[aws.kind][which], "AccessDeniedException", times=1)
    with suppress(ProvisionerError):
        rotate(edges, EXAMPLE, Wish(step))
    held = aws.store.load(EXAMPLE)
    assert held is not None
    assert any(key.id == held.user_name and key.active for key in edges.users.keys("example.com"))
    rotate(edges, EXAMPLE, Wish(step))
    assert read_by_the_site(aws) == (NEW if step in (CONFIRM, RETIRE) else OLD)
