"""A store that fails right after a key was made, although it could be written to just before: no key is lost."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from fakes.vaults import EXAMPLE, Aws
from fakes.world import World

from provisioner.adapters.disk.credentials import FileCredentialStore
from provisioner.core.asked.command_line import Asked
from provisioner.core.values.region import Region
from provisioner.errors import KeyNotKept, ProvisionerError
from provisioner.ports.credentials import CredentialStore
from provisioner.usecases.mail_domain.new_domain import new_domain

ASKED = Asked(default_region=Region.parse("us-east-1"))
WRITES = {"secretsmanager": "PutSecretValue", "ssm": "PutParameter"}
DISK = {errno.ENOSPC: "disk_full", errno.EDQUOT: "disk_full", errno.EROFS: "home_not_writable"}
REFUSALS = {"access_denied": "AccessDeniedException", "throttled": "ThrottlingException"}

Break = Callable[[], None]


def failing_then(world: World, store: CredentialStore, break_it: Break) -> None:
    """Let the store of the world work until it was asked whether it could be written to."""
    could_be_written = store.check_writable

    def check_writable(*user_and_slot: Any) -> None:
        could_be_written(*user_and_slot)
        break_it()

    store.check_writable = check_writable  # type: ignore[method-assign]  # for this store only
    world.store = store  # type: ignore[assignment]  # a real one


def ends_in(world: World, code: str) -> None:
    with pytest.raises(ProvisionerError) as caught:
        new_domain(world.edges, EXAMPLE.domain, ASKED)
    assert caught.value.code == code
    assert caught.value.hint
    assert world.aws.keys(EXAMPLE.iam_user) == []


def hands_over(world: World, _code: str) -> None:
    world.aws.deletes_no_key()
    with pytest.raises(KeyNotKept) as caught:
        new_domain(world.edges, EXAMPLE.domain, ASKED)
    (key,) = world.aws.keys(EXAMPLE.iam_user)
    assert caught.value.credential()["user_name"] == key.id
    assert world.store.location(EXAMPLE) in caught.value.hint


@pytest.mark.parametrize("number", DISK)
@pytest.mark.parametrize("end", [ends_in, hands_over])
def test_a_disk(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, end: Callable[..., None]
) -> None:
    def fail(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    store = FileCredentialStore(tmp_path / "home")
    failing_then(world, store, lambda: monkeypatch.setattr(os, "fsync", fail))
    end(world, DISK[number])
    assert store.load(EXAMPLE) is None
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("end", [ends_in, hands_over])
def test_a_service_that_refuses(world: World, aws: Aws, code: str, end: Callable[..., None]) -> None:
    failing_then(world, aws.store, lambda: aws.refuses(WRITES[aws.kind], REFUSALS[code]))
    end(world, code)
    assert aws.store.load(EXAMPLE) is None


@pytest.mark.parametrize("end", [ends_in, hands_over])
def test_a_service_that_cannot_be_reached(world: World, aws: Aws, end: Callable[..., None]) -> None:
    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://example.com")

    events, service = aws.client.meta.events, aws.client.meta.service_model.service_id.hyphenize()
    failing_then(world, aws.store, lambda: events.register(f"before-call.{service}", fail))
    end(world, "unreachable")
