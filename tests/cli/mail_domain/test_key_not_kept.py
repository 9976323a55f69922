"""A key that could be neither stored nor deleted: its credential is on stdout of who made it, only there."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.password import derive
from provisioner.core.credentials.slot import Slot
from provisioner.errors import ProvisionerError

Cli = Callable[..., Any]

PASSWORD = derive("some+secret+key", "us-east-1")


@pytest.fixture
def failing(in_memory: World) -> World:
    in_memory.store.breaks_on_save()
    in_memory.aws.deletes_no_key()
    return in_memory


def test_the_credential_is_shown_once_on_stdout(cli: Cli, failing: World) -> None:
    outcome = cli("new-domain", "example.com")
    assert outcome.code == 1
    assert outcome.out.splitlines()[0] == "This SMTP credential works, is stored nowhere, and is shown this once:"
    assert f"  password: {PASSWORD}\n" in outcome.out
    assert "  next: once file:credentials/example.com/smtp.json can be written, `provisioner new-" in outcome.out
    assert "was made, and could neither be stored (credentials: no space) nor be deleted again (iam:Del" in outcome.err
    assert PASSWORD not in outcome.err


def test_with_json_it_is_in_the_error(cli: Cli, failing: World) -> None:
    outcome = cli("sender", "add", "example.com", "shop=orders", "--json")
    assert outcome.error["code"] == "unknown_domain"
    error = cli("new-domain", "example.com", "--json").document["error"]
    assert list(error) == ["code", "message", "hint", "credential"]
    assert (error["code"], error["credential"]["password"]) == ("key_not_kept", PASSWORD)


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_who_wants_no_secret_gets_none(cli: Cli, failing: World, more: tuple[str, ...]) -> None:
    outcome = cli("new-domain", "example.com", "--no-secret", *more)
    assert (outcome.code, PASSWORD in outcome.out + outcome.err) == (1, False)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_between_making_and_storing_leaves_no_key(
    cli: Cli, in_memory: World, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def save(*_: object) -> None:
        os.kill(os.getpid(), number)

    monkeypatch.setattr(in_memory.store, "save", save)
    outcome = cli("new-domain", "example.com", "--json")
    assert (outcome.code, outcome.error["code"]) == (130, "interrupted")
    assert in_memory.aws.keys("example.com") == []


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_what_comes_up_behind_it_does_not_hide_it(
    cli: Cli, failing: World, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    @contextmanager
    def open_domain(*_: object, **__: object) -> Iterator[object]:
        try:
            yield failing.edges
        finally:
            raise ProvisionerError("state_lock", "the lock could not be given back", "look at it")

    monkeypatch.setattr("provisioner.wiring.worlds.open_domain", open_domain)
    told = cli("new-domain", "example.com", *more)
    assert told.out.count(PASSWORD) == 1
    assert "error: the lock could not be given back" in told.err
    assert "error: example.com: access key" in told.err
    assert PASSWORD not in told.err
    if more:
        error = told.document["error"]
        assert (error["code"], [one["password"] for one in error["credentials"]]) == ("state_lock", [PASSWORD])


def test_of_several_users_the_one_whose_key_is_not_kept_is_named(cli: Cli, in_memory: World) -> None:
    save = in_memory.store.save

    def no_room_for_shop(credential: SmtpCredential, slot: Slot = Slot.CURRENT) -> None:
        if credential.sender:
            raise ProvisionerError("disk_full", "credentials: no space")
        save(credential, slot)

    in_memory.store.save = no_room_for_shop  # type: ignore[method-assign]  # of this store
    in_memory.aws.deletes_no_key()
    told = cli("new-domain", "example.com", "--sender", "shop=orders")
    assert "  sender: shop\n" in told.out
    assert told.out.count("  password: ") == 1
    assert set(in_memory.store.kept) == {"example.com"}
