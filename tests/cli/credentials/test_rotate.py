"""`credentials rotate` on the command line."""

import csv
import json
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.slot import Slot

Cli = Callable[..., Any]

ROTATE = ("credentials", "rotate")
NAMES = {"domain", "sender", "stage", "old_user_name", "new_user_name", "old_last_used", "next_steps"}


@pytest.fixture
def aged(in_memory: World, shop: dict[str, SmtpCredential]) -> World:
    """Two domains, one with a sender, whose keys are a hundred days old."""
    for keys in in_memory.aws.access_keys.values():
        keys[:] = [type(key)(key.id, key.active, in_memory.clock.now()) for key in keys]
    in_memory.aws.now = in_memory.clock.now
    in_memory.clock.sleep(timedelta(days=100).total_seconds())
    return in_memory


def new_password(world: World, user: str = "example.com") -> str:
    return world.store.beside[Slot.PENDING][user].password.reveal()


def test_without_a_step_the_stage_is_shown(cli: Cli, aged: World) -> None:
    done = cli(*ROTATE, "example.com", "--json")
    assert (done.code, done.document["stage"]) == (0, "none")
    assert set(done.document) >= NAMES
    assert "smtp" not in done.document
    told = cli(*ROTATE, "example.com")
    assert told.out.startswith("example.com: none\n")
    assert "--prepare`" in told.out


def test_a_new_password_is_handed_over_where_it_is_made_and_nowhere_else(cli: Cli, aged: World) -> None:
    done = cli(*ROTATE, "example.com", "--prepare", "--json")
    assert (done.code, done.document["stage"]) == (0, "prepared")
    assert done.document["smtp"]["password"] == new_password(aged)
    assert new_password(aged) not in done.err
    told = cli(*ROTATE, "example.com", "--prepare").out
    assert new_password(aged) in told
    assert "Next steps" in told
    for step in ((), ("--confirm",), ("--retire",)):
        quiet = cli(*ROTATE, "example.com", *step, "--json")
        assert quiet.code == 0
        assert "password" not in json.dumps(quiet.document.get("smtp"))


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_the_new_password_stays_hidden_on_request(cli: Cli, aged: World, options: tuple[str, ...]) -> None:
    done = cli(*ROTATE, "example.com", "--prepare", "--no-secret", *options)
    assert new_password(aged) not in done.out
    assert aged.store.beside[Slot.PENDING]["example.com"].user_name in done.out


def test_a_rotation_from_its_beginning_to_its_end(cli: Cli, aged: World) -> None:
    seen = [cli(*ROTATE, "example.com", step, "--json").document["stage"] for step in ("--prepare", "--confirm")]
    seen += [cli(*ROTATE, "example.com", "--retire", "--grace", "1h", "--json").document["stage"]]
    aged.clock.sleep(3600)
    seen += [cli(*ROTATE, "example.com", "--retire", "--grace", "1h", "--json").document["stage"]]
    assert seen == ["prepared", "confirmed", "retiring", "done"]
    assert "gone" in cli(*ROTATE, "example.com").out


def test_how_long_the_old_key_stays_is_told(cli: Cli, aged: World) -> None:
    for step in ("--prepare", "--confirm", "--retire"):
        told = cli(*ROTATE, "example.com", "--sender", "shop", step).out
    assert "deletes it in 1d" in told
    assert "--sender shop --cancel`" in told


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "one_domain"),
        (("example.com", "example.org", "--prepare"), "one_domain"),
        (("--all", "--prepare"), "one_domain"),
        (("--due", "90d"), "domains_or_all"),
        (("--due", "90d", "--all", "example.com"), "domains_or_all"),
        (("example.com", "--prepare", "--confirm"), "one_step"),
        (("example.com", "--due", "soon"), "invalid_duration"),
        (("example.com", "--retire", "--grace", "x"), "invalid_duration"),
        (("example.com", "--sender", "shp"), "unknown_sender"),
        (("example.com", "--report", "a.csv"), "report_of_one"),
        (("--due", "90d", "--all", "--report", "a.txt"), "invalid_report"),
        (("--due", "90d", "--all", "--report", "missing/a.csv"), "invalid_output"),
    ],
)
def test_bad_input_touches_nothing(cli: Cli, aged: World, arguments: tuple[str, ...], code: str) -> None:
    outcome = cli(*ROTATE, *arguments, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, code)
    assert aged.store.beside[Slot.PENDING] == {}


def test_a_step_out_of_its_order_is_refused(cli: Cli, aged: World) -> None:
    outcome = cli(*ROTATE, "example.com", "--retire", "--json")
    assert (outcome.code, outcome.error["code"]) == (5, "nothing_to_retire")


def test_an_old_key_that_is_used_goes_when_the_user_says_so(cli: Cli, aged: World) -> None:
    old = aged.store.kept["example.com"].user_name
    for step in ("--prepare", "--confirm"):
        cli(*ROTATE, "example.com", step)
    aged.clock.sleep(60)
    aged.aws.was_used(old, aged.clock.now())
    outcome = cli(*ROTATE, "example.com", "--retire", "--json")
    assert (outcome.code, outcome.error["code"]) == (5, "old_key_in_use")
    done = cli(*ROTATE, "example.com", "--retire", "--yes-it-sends", "--json")
    assert (done.code, done.document["old_last_used"]) == (0, aged.clock.now().isoformat(timespec="seconds"))


def test_the_password_to_come_is_exported_in_any_form(cli: Cli, aged: World) -> None:
    assert cli("credentials", "export", "example.com", "--pending", "--json").error["code"] == "nothing_pending"
    current = cli("credentials", "export", "example.com", "--format", "env").out
    cli(*ROTATE, "example.com", "--prepare")
    assert cli("credentials", "export", "example.com", "--format", "env").out == current
    told = cli("credentials", "export", "example.com", "--pending", "--format", "env").out
    assert f"SMTP_PASSWORD={new_password(aged)}\n" in told
    cli(*ROTATE, "example.com", "--sender", "shop", "--prepare")
    listed = cli("credentials", "export", "--pending", "--json").document["credentials"]
    assert [(entry["domain"], entry["sender"]) for entry in listed] == [("example.com", None), ("example.com", "shop")]
    (only,) = cli("credentials", "export", "example.com", "--sender", "shop", "--pending").document["credentials"]
    assert (only["from"], only["password"]) == ("orders@example.com", new_password(aged, "example.com+shop"))


def test_a_credential_and_the_list_show_how_far_it_is(cli: Cli, aged: World) -> None:
    assert cli("credentials", "show", "example.com", "--json").document["rotation"]["stage"] == "none"
    assert "rotation" not in cli("credentials", "show", "example.com").out
    assert "ROTATION" not in cli("list").out
    cli(*ROTATE, "example.com", "--prepare")
    shown = cli("credentials", "show", "example.com", "--json").document
    assert (shown["rotation"]["stage"], shown["user_name"]) == ("prepared", shown["rotation"]["old_user_name"])
    assert "will take its place" in cli("credentials", "show", "example.com").out
    cli(*ROTATE, "example.com", "--sender", "shop", "--prepare")
    cli(*ROTATE, "example.com", "--confirm")
    shown = cli("credentials", "show", "example.com", "--json").document
    assert (shown["rotation"]["stage"], shown["user_name"]) == ("confirmed", shown["rotation"]["new_user_name"])
    assert "confirmed, shop: prepared" in cli("list").out
    assert cli("list", "--json").document["domains"][0]["rotations"] == [
        {"sender": None, "stage": "confirmed"},
        {"sender": "shop", "stage": "prepared"},
    ]
    assert "confirmed, shop: prepared" in cli("show", "example.com").out


def test_a_fleet_is_told_in_a_list_and_its_report_holds_no_password(cli: Cli, aged: World, tmp_path: Path) -> None:
    aged.aws.has_key("example.org", "AKIATHEIRS")
    paths = tmp_path / "report.csv", tmp_path / "report.json"
    done = cli(
        *ROTATE, "--due", "90d", "--all", "--prepare", "--report", str(paths[0]), "--report", str(paths[1]), "--json"
    )
    assert (done.code, done.document["counts"]["failed"]) == (4, 1)
    entries = {(entry["domain"], entry["sender"]): entry for entry in done.document["rotations"]}
    assert entries["example.com", "shop"]["smtp"]["password"] == new_password(aged, "example.com+shop")
    assert entries["example.org", None]["error"]["code"] == "two_keys"
    rows = list(csv.DictReader(paths[0].read_text().splitlines()))
    assert [(row["domain"], row["stage"], row["error_code"]) for row in rows] == [
        ("example.com", "prepared", ""),
        ("example.com", "prepared", ""),
        ("example.org", "", "two_keys"),
    ]
    assert json.loads(paths[1].read_text())["counts"] == done.document["counts"]
    for path in paths:
        assert new_password(aged) not in path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_fleet_is_told_as_a_table(cli: Cli, aged: World) -> None:
    told = cli(*ROTATE, "--due", "90d", "example.com", "--prepare")
    assert told.code == 0
    assert "2 changed, 0 unchanged, 0 failed, 0 not due" in told.out
    assert new_password(aged) not in told.out
    assert cli(*ROTATE, "--due", "200d", "--all").out == "0 changed, 0 unchanged, 0 failed, 3 not due\n"


def test_a_dry_run_of_a_fleet_exits_with_3_when_somebody_is_due(cli: Cli, aged: World) -> None:
    assert cli(*ROTATE, "--due", "90d", "--all", "--prepare", "--dry-run").code == 3
    assert cli(*ROTATE, "--due", "200d", "--all", "--prepare", "--dry-run").code == 0
    assert aged.store.beside[Slot.PENDING] == {}
