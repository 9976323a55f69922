"""A key that could be neither stored nor deleted: its credential is on stdout of who made it, only there."""

import os
import signal
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.password import derive

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
def test_a_batch_shows_no_password_and_goes_on_later(
    cli: Cli, failing: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, more: tuple[str, ...]
) -> None:
    monkeypatch.setattr("provisioner.wiring.worlds.open_batch", lambda *_, **__: nullcontext(failing.batch))
    Path("two.yaml").write_text("domains: [example.com, example.org]")
    outcome = cli("batch", "two.yaml", "--report", "report.json", *more)
    assert outcome.code == 4
    assert outcome.out.count("was made, and could neither be stored") == 2
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert PASSWORD not in outcome.out + outcome.err + b"".join(written).decode("utf-8", "replace")
    failing.store.works()
    failing.aws.deletes_keys()
    assert cli("batch", "two.yaml", *more).code == 0
    assert [len(failing.aws.keys(name)) for name in ("example.com", "example.org")] == [1, 1]
