"""`suppression list|get|add|remove`: exact case, many at once, and nothing that is changed twice."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fakes.world import World
from ses_told import RECEIVED, bounce

from provisioner.adapters.disk.archive import DirectoryArchive
from provisioner.core.account.suppression import Reason
from provisioner.core.audit.archive import entries_in, pack
from provisioner.errors import ProvisionerError

Cli = Callable[..., Any]


@pytest.fixture
def world(world: World) -> World:
    world.suppression.has("Gone@Example.net").has("spam@example.net", Reason.COMPLAINT)
    return world


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def give(text: str) -> None:
        piped = SimpleNamespace(buffer=io.BytesIO(text.encode()), isatty=lambda: False)
        monkeypatch.setattr(sys, "stdin", piped)

    return give


def test_the_list_is_told_the_newest_first(cli: Cli, in_memory: World) -> None:
    outcome = cli("suppression", "list")
    assert outcome.out.splitlines() == [
        "ADDRESS           REASON     SINCE (UTC)",
        "spam@example.net  COMPLAINT  2026-11-01 12:01",
        "Gone@Example.net  BOUNCE     2026-11-01 12:00",
    ]
    assert cli("suppression", "list", "--json").document == {
        "region": "us-east-1",
        "addresses": [
            {"address": "spam@example.net", "reason": "COMPLAINT", "updated_at": "2026-11-01T12:01:00+00:00"},
            {"address": "Gone@Example.net", "reason": "BOUNCE", "updated_at": "2026-11-01T12:00:00+00:00"},
        ],
    }


def test_the_list_by_reason_and_date(cli: Cli, in_memory: World) -> None:
    in_memory.suppression.has("new@example.net", at=datetime(2026, 11, 20, tzinfo=UTC))
    by_reason = cli("suppression", "list", "--reason", "complaint", "--json").document["addresses"]
    assert [entry["address"] for entry in by_reason] == ["spam@example.net"]
    by_date = cli("suppression", "list", "--since", "2026-11-02", "--json").document["addresses"]
    assert [entry["address"] for entry in by_date] == ["new@example.net"]
    assert "has no such address" in cli("suppression", "list", "--since", "2027-01-01").out
    in_memory.suppression.entries.clear()
    assert "is empty" in cli("suppression", "list").out
    assert cli("suppression", "list", "--since", "soon").code == 2


def test_an_address_is_found_in_whatever_case_ses_keeps_it(cli: Cli, in_memory: World) -> None:
    outcome = cli("suppression", "get", "gone@example.net", "spam@example.net", "new@example.net")
    assert outcome.out.splitlines() == [
        "gone@example.net: on the list, BOUNCE of 2026-11-01 12:00 UTC as Gone@Example.net",
        "spam@example.net: on the list, COMPLAINT of 2026-11-01 12:01 UTC",
        "new@example.net: not on the list",
    ]
    assert in_memory.suppression.asked == ["list"]  # once, for all that were not found
    (entry,) = cli("suppression", "get", "gone@example.net", "--json").document["addresses"]
    assert (entry["action"], entry["reason"]) == ("listed", "BOUNCE")
    assert [one["address"] for one in entry["entries"]] == ["Gone@Example.net"]


def test_what_is_named_exactly_does_not_need_the_whole_list(cli: Cli, in_memory: World) -> None:
    cli("suppression", "get", "Gone@Example.net")
    assert in_memory.suppression.asked == []


def test_adding_says_what_it_does_and_changes_nothing_twice(cli: Cli, in_memory: World) -> None:
    line = ("suppression", "add", "new@example.net", "spam@example.net", "Gone@Example.net", "--reason", "BOUNCE")
    outcome = cli(*line)
    assert outcome.out.splitlines() == [
        "new@example.net: added, BOUNCE",
        "spam@example.net: changed from COMPLAINT to BOUNCE",
        "Gone@Example.net: on the list already, BOUNCE of 2026-11-01 12:00 UTC",
    ]
    again = cli(*line, "--json").document
    assert again["changed"] is False
    assert {entry["action"] for entry in again["addresses"]} == {"unchanged"}


def test_nothing_is_added_in_the_sandbox_of_ses(cli: Cli, in_memory: World) -> None:
    in_memory.aws.ses = replace(in_memory.aws.ses, production=False)
    outcome = cli("suppression", "add", "new@example.net", "--reason", "BOUNCE", "--json")
    assert (outcome.code, outcome.error["code"]) == (5, "ses_sandbox")
    assert "new@example.net" not in in_memory.suppression.entries


def test_addresses_come_from_files_and_stdin_with_all_faults_at_once(
    cli: Cli, in_memory: World, stdin: Callable[[str], None]
) -> None:
    Path("more.txt").write_text("# of the shop\na@example.net\n\nb@example.net\n", encoding="utf-8")
    stdin("c@example.net\na@example.net\n")
    document = cli("suppression", "add", "-", "--file", "more.txt", "--reason", "bounce", "--json").document
    names = [entry["address"] for entry in document["addresses"]]
    assert names == ["c@example.net", "a@example.net", "b@example.net"]
    stdin("nothing\nd@example.net\nno@no@no\n")
    outcome = cli("suppression", "add", "-", "--reason", "BOUNCE")
    assert outcome.code == 2
    assert "stdin, line 1: " in outcome.err
    assert "stdin, line 3: " in outcome.err
    assert "d@example.net" not in in_memory.suppression.entries


@pytest.mark.parametrize("words", [("add", "--reason", "BOUNCE"), ("get",), ("remove", "--yes")])
def test_some_address_must_be_named(cli: Cli, in_memory: World, words: tuple[str, ...]) -> None:
    outcome = cli("suppression", *words, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "no_address")
    missing = cli("suppression", *words, "--file", "missing.txt", "--json")
    assert (missing.code, missing.error["code"]) == (2, "unreadable_file")


def test_removing_one_needs_no_answer_and_takes_the_exact_entry(cli: Cli, in_memory: World) -> None:
    outcome = cli("suppression", "remove", "GONE@example.net")
    assert outcome.out == "GONE@example.net: removed, BOUNCE of 2026-11-01 12:00 UTC as Gone@Example.net\n"
    assert list(in_memory.suppression.entries) == ["spam@example.net"]
    again = cli("suppression", "remove", "GONE@example.net")
    assert (again.code, again.out) == (0, "GONE@example.net: not on the list\n")


def test_removing_several_needs_an_answer(cli: Cli, in_memory: World, stdin: Callable[[str], None]) -> None:
    stdin("")
    line = ("suppression", "remove", "gone@example.net", "spam@example.net", "--json")
    refused = cli(*line)
    assert (refused.code, refused.error["code"]) == (2, "not_confirmed")
    assert len(in_memory.suppression.entries) == 2
    done = cli(*line, "--yes")
    assert done.document["changed"] is True
    assert in_memory.suppression.entries == {}


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "interrupted, 1 of 3 added"),
        (ProvisionerError("throttled", "ses: TooMany", "later"), 1, "ses: TooMany; 1 of 3 added"),
    ],
)
def test_what_ends_it_says_how_many_were_done(
    cli: Cli, in_memory: World, error: BaseException, code: int, words: str
) -> None:
    in_memory.suppression.breaks("b@example.net", error)
    line = ("suppression", "add", "a@example.net", "b@example.net", "c@example.net", "--reason", "BOUNCE", "--json")
    outcome = cli(*line)
    assert outcome.code == code
    assert json.loads(outcome.out)["error"]["message"] == words
    assert "a@example.net" in in_memory.suppression.entries


def test_the_addresses_of_one_domain_by_the_events_that_are_kept(cli: Cli, in_memory: World, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    in_memory.copies, in_memory.archive.is_there = DirectoryArchive(tmp_path / "copies"), True
    gone, soft = bounce(1, {"emailAddress": "gone@example.net"}), bounce(2, label="Transient", sub="MailboxFull")
    soft["bounce"]["bouncedRecipients"] = [{"emailAddress": "spam@example.net", "status": "4.2.2"}]
    for packed in pack([entry for one in (gone, soft) for entry in entries_in(json.dumps(one), RECEIVED) or ()]):
        in_memory.archive.put(packed.key, packed.data)
    listed = cli("suppression", "list", "--domain", "example.com", "--json").document["addresses"]
    assert [entry["address"] for entry in listed] == ["Gone@Example.net"]
    assert "has no such address" in cli("suppression", "list", "--domain", "other.org").out
    assert cli("suppression", "list", "--archive", "x", "--json").error["code"] == "archive_without_domain"


def test_the_addresses_of_one_domain_need_an_archive(cli: Cli, in_memory: World) -> None:
    outcome = cli("suppression", "list", "--domain", "example.com", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "no_archive")
