"""`credentials rotate --due` where new keys could be neither stored nor deleted: their passwords are on its stdout."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.password import derive
from provisioner.core.credentials.slot import Slot
from provisioner.errors import ProvisionerError

Cli = Callable[..., Any]

PREPARE = ("credentials", "rotate", "--due", "90d", "--all", "--prepare")
REPORTS = ("--report", "r.json", "--report", "r.csv")
PASSWORD = derive("another+secret+key", "us-east-1")
USERS = ("example.com", "example.com+shop", "example.org")


@pytest.fixture
def failing(in_memory: World, shop: dict[str, SmtpCredential], monkeypatch: pytest.MonkeyPatch) -> World:
    """Three users whose keys are old, a store that fails, and an IAM that deletes nothing."""
    for keys in in_memory.aws.access_keys.values():
        keys[:] = [type(key)(key.id, key.active, in_memory.clock.now()) for key in keys]
    in_memory.clock.sleep(timedelta(days=100).total_seconds())
    in_memory.store.breaks_on_save()
    in_memory.aws.deletes_no_key()
    derived = SmtpCredential.derived
    monkeypatch.setattr(
        SmtpCredential, "derived", lambda *given: derived(*given[:-1], type(given[-1])("another+secret+key"))
    )
    return in_memory


def new_keys(world: World) -> dict[str, str]:
    return {user: world.aws.keys(user)[-1].id for user in USERS}


def test_each_is_told_behind_the_table(cli: Cli, failing: World) -> None:
    told = cli(*PREPARE, *REPORTS)
    assert told.code == 4
    assert "0 changed, 0 unchanged, 3 failed" in told.out
    assert told.out.count("This SMTP credential works, is stored nowhere, and is shown this once:\n") == 3
    for user, key in new_keys(failing).items():
        assert f"  user_name: {key}\n  password: {PASSWORD}\n  iam_user: {user}\n" in told.out
    assert "  sender: shop\n" in told.out
    assert told.out.count("  next: once file:credentials/") == 3
    again = "`provisioner credentials rotate example.com --sender shop --prepare`"
    assert f"smtp.shop.json.pending can be written, {again} replaces this key" in told.out
    assert PASSWORD not in told.err + "".join(Path(name).read_text() for name in REPORTS[1::2])


def test_with_json_each_is_at_its_user(cli: Cli, failing: World) -> None:
    told = cli(*PREPARE, *REPORTS, "--json")
    entries = {entry["error"]["credential"]["iam_user"]: entry for entry in told.document["rotations"]}
    assert {user: entry["error"]["credential"]["user_name"] for user, entry in entries.items()} == new_keys(failing)
    assert {entry["error"]["credential"]["password"] for entry in entries.values()} == {PASSWORD}
    assert entries["example.com+shop"]["sender"] == entries["example.com+shop"]["error"]["credential"]["sender"]
    assert PASSWORD not in told.err + "".join(Path(name).read_text() for name in REPORTS[1::2])


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_who_wants_no_secret_gets_none(cli: Cli, failing: World, more: tuple[str, ...]) -> None:
    told = cli(*PREPARE, "--no-secret", *more)
    assert told.out.count("was made, and could neither be stored") == 3
    assert PASSWORD not in told.out + told.err


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_the_same_command_replaces_them_once_all_works(cli: Cli, failing: World, more: tuple[str, ...]) -> None:
    cli(*PREPARE, *more)
    shown = new_keys(failing)
    failing.store.works()
    failing.aws.deletes_keys()
    assert cli(*PREPARE, *more).code == 0
    pending = {user: credential.user_name for user, credential in failing.store.beside[Slot.PENDING].items()}
    assert pending == new_keys(failing)
    assert not set(pending.values()) & set(shown.values())
    assert [len(failing.aws.keys(user)) for user in USERS] == [2, 2, 2]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_an_interrupt_later_on_does_not_hide_those_before(
    cli: Cli, failing: World, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    create = failing.aws.create_key

    def create_key(user: str) -> object:
        if user == "example.org":
            raise KeyboardInterrupt
        return create(user)

    monkeypatch.setattr(failing.aws, "create_key", create_key)
    told = cli(*PREPARE, *more)
    assert (told.code, told.out.count(PASSWORD)) == (130, 2)
    assert PASSWORD not in told.err
    if more:
        error = told.document["error"]
        assert (error["code"], len(error["credentials"])) == ("interrupted", 2)


def test_an_interrupt_that_costs_a_key_its_place_ends_the_command(
    cli: Cli, failing: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failing.store, "save", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    told = cli(*PREPARE, "--json")
    assert (told.code, told.document["error"]["code"]) == (130, "interrupted")
    assert [one["iam_user"] for one in told.document["error"]["credentials"]] == ["example.com"]
    assert "1 of 3 users were looked at; the same command does the others" in failing.progress.notes


def test_a_report_that_cannot_be_written_does_not_hide_them(
    cli: Cli, failing: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise ProvisionerError("disk_full", "r.json: no space")

    monkeypatch.setattr("provisioner.cli.credentials.rotate.write_output", full)
    error = cli(*PREPARE, *REPORTS, "--json").document["error"]
    assert (error["code"], len(error["credentials"])) == ("disk_full", 3)
