"""A store on AWS that cannot be asked, may not be asked, or has lost what it had: each is said as what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from fakes.stores import FakeStore
from fakes.vaults import EXAMPLE, Aws
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.credentials.store_kind import StoreKind
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError
from provisioner.usecases.credentials.move import Route, move
from provisioner.usecases.credentials.stored import stored_credential, stored_credentials
from provisioner.usecases.mail_domain.new_domain import new_domain

ASKED = Asked(default_region=Region.parse("us-east-1"))
KINDS = StoreKind.FILE, StoreKind.SSM
READS = {"secretsmanager": "GetSecretValue", "ssm": "GetParameter"}
WRITES = {"secretsmanager": "PutSecretValue", "ssm": "PutParameter"}
DELETES = {"secretsmanager": "DeleteSecret", "ssm": "DeleteParameter"}
RESTORE = "`aws secretsmanager restore-secret --secret-id provisioner/smtp/example.com --region us-east-1`"

Ask = Callable[[World, Aws], Any]


def show(world: World, _aws: Aws) -> object:
    return stored_credential(world.edges, EXAMPLE)


def export(world: World, _aws: Aws) -> object:
    return stored_credentials(world.edges, [EXAMPLE.domain])


def move_from(world: World, aws: Aws) -> object:
    return move(world.edges, Route(aws.store, FakeStore(), KINDS, StoreKind.FILE), [EXAMPLE.domain])


ASKS = [show, export, move_from]


@pytest.fixture
def kept(world: World, aws: Aws) -> World:
    """A domain whose credential is in the service."""
    world.store = aws.store  # type: ignore[assignment]  # a real one
    new_domain(world.edges, EXAMPLE.domain, ASKED)
    return world


def unreachable(aws: Aws) -> None:
    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://example.com")

    service = aws.client.meta.service_model.service_id.hyphenize()
    aws.client.meta.events.register(f"before-call.{service}", fail)


def refused(ask: Ask, world: World, aws: Aws) -> ProvisionerError:
    with pytest.raises(ProvisionerError) as caught:
        ask(world, aws)
    assert aws.name in caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("ask", ASKS)
def test_one_that_cannot_be_asked_is_not_taken_for_empty(kept: World, aws: Aws, ask: Ask) -> None:
    unreachable(aws)
    assert refused(ask, kept, aws).code == "unreachable"


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
@pytest.mark.parametrize("ask", ASKS)
def test_one_that_says_no_is_not_taken_for_empty(kept: World, aws: Aws, ask: Ask, code: str) -> None:
    aws.refuses(READS[aws.kind], code)
    error = refused(ask, kept, aws)
    assert error.code == {"AccessDeniedException": "access_denied", "ThrottlingException": "throttled"}[code]
    assert f"{aws.kind}:{READS[aws.kind]} (" in error.message


@pytest.mark.parametrize("ask", ASKS)
def test_what_somebody_deleted_is_absent_with_the_ways_on(kept: World, aws: Aws, ask: Ask) -> None:
    aws.store.remove(EXAMPLE)
    error = refused(ask, kept, aws)
    assert error.code == "no_credential"
    if ask is not move_from:
        assert (
            "`provisioner new-domain example.com` makes one, or says how a key whose secret nobody has is replaced"
            in error.hint
        )


@pytest.mark.parametrize("ask", ASKS)
def test_what_is_scheduled_for_deletion_can_be_taken_back(world: World, secrets: Aws, ask: Ask) -> None:
    world.store = secrets.store  # type: ignore[assignment]  # a real one
    new_domain(world.edges, EXAMPLE.domain, ASKED)
    secrets.client.delete_secret(SecretId=secrets.name, RecoveryWindowInDays=30)
    error = refused(ask, world, secrets)
    assert error.code == "no_credential"
    assert f"is scheduled for deletion: {RESTORE} takes that back" in error.with_hint


def test_new_domain_says_so_too_before_it_names_the_key_that_is_in_the_way(world: World, secrets: Aws) -> None:
    world.store = secrets.store  # type: ignore[assignment]  # a real one
    new_domain(world.edges, EXAMPLE.domain, ASKED)
    secrets.client.delete_secret(SecretId=secrets.name, RecoveryWindowInDays=30)
    report = new_domain(world.edges, EXAMPLE.domain, ASKED)
    assert len(report.smtp.lost) == 1
    assert world.progress.warnings == [
        f"example.com: secretsmanager:{secrets.name} is scheduled for deletion: {RESTORE} takes that back"
    ]


@pytest.mark.parametrize("operations", [READS, WRITES])
def test_a_target_that_fails_leaves_the_source_as_it_is(world: World, aws: Aws, operations: dict[str, str]) -> None:
    new_domain(world.edges, EXAMPLE.domain, ASKED)
    before = dict(world.store.kept)
    aws.refuses(operations[aws.kind], "AccessDeniedException")
    with pytest.raises(ProvisionerError) as caught:
        move(world.edges, Route(world.store, aws.store, KINDS, StoreKind.FILE), [EXAMPLE.domain])
    assert caught.value.code == "access_denied"
    assert world.store.kept == before


def test_a_source_that_is_not_deleted_is_said_and_the_next_run_goes_on(world: World, aws: Aws) -> None:
    world.store = aws.store  # type: ignore[assignment]  # a real one
    new_domain(world.edges, EXAMPLE.domain, ASKED)
    target = FakeStore()
    aws.refuses(DELETES[aws.kind], "AccessDeniedException", times=1)
    route = Route(aws.store, target, KINDS, StoreKind.FILE)
    with pytest.raises(ProvisionerError, match=f"could not be deleted at .*: {aws.kind}:{DELETES[aws.kind]}") as caught:
        move(world.edges, route, [EXAMPLE.domain])
    assert caught.value.code == "access_denied"
    assert target.load(EXAMPLE) == aws.store.load(EXAMPLE) is not None
    assert len(move(world.edges, route, [EXAMPLE.domain]).moved) == 1
    assert aws.store.load(EXAMPLE) is None


def test_who_may_only_read_hears_of_absence_and_not_of_permissions(world: World, secrets: Aws) -> None:
    world.store = secrets.store  # type: ignore[assignment]  # a real one
    secrets.refuses("DescribeSecret", "AccessDeniedException")
    assert refused(show, world, secrets).code == "no_credential"
