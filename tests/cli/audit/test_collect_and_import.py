"""`audit collect` and `audit import`: what they say, and their exit codes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.audit import FakeArchive, FakeQueue
from ses_told import VALIDATION, bounce, event, notified, wrapped

Cli = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("audited")


def test_collecting_says_what_came_of_each_message(cli: Cli, queue: FakeQueue, archive: FakeArchive) -> None:
    queue.has(bounce(0), bounce(1), bounce(0), VALIDATION, "poison")
    outcome = cli("audit", "collect", "--json")
    (key,) = archive.kept
    assert outcome.document == {
        "collected": 2,
        "duplicates": 1,
        "rejected": 1,
        "ignored": 1,
        "lines": 2,
        "left": 0,
        "objects": [key],
        "reasons": {"it is not JSON": 1},
    }
    queue.has(bounce(1), bounce(2), "poison")
    assert cli("audit", "collect").out.splitlines() == [
        "1 events collected, 1 lines in 1 new objects",
        "1 came a second time",
        "1 went to the dead letters: it is not JSON",
    ]


def test_a_dry_run_says_how_much_waits_and_takes_nothing(cli: Cli, queue: FakeQueue, archive: FakeArchive) -> None:
    assert cli("audit", "collect", "--dry-run").code == 0
    outcome = cli("audit", "collect", "--dry-run", "--json") if queue.has(bounce(0)) else None
    assert outcome is not None
    assert (outcome.code, outcome.document["left"]) == (3, 1)
    assert not archive.kept
    assert not queue.hidden


def test_dead_letters_are_collected_from_their_own_queue(cli: Cli, queue: FakeQueue) -> None:
    queue.has(bounce(0))
    assert cli("audit", "collect", "--dead-letters", "--json").document["rejected"] == 1
    assert queue.sent


def test_a_failure_is_an_error_and_says_how_far_it_came(cli: Cli, queue: FakeQueue, archive: FakeArchive) -> None:
    queue.has(bounce(0))
    archive.calls.fails("put")
    outcome = cli("audit", "collect", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "throttled")
    assert "put: SlowDown" in outcome.error["message"]


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """Events as others keep them: packed or not, in lines, lists, envelopes, or one right after another."""
    folder = tmp_path / "foreign"
    (folder / "2026" / "11").mkdir(parents=True)
    one, lines, many = (
        json.dumps(bounce(0), indent=2),
        [json.dumps(bounce(n)) for n in (1, 2)],
        [bounce(3), bounce(4)],
    )
    (folder / "one.json").write_text(one)
    (folder / "lines.jsonl").write_text("\n".join([*lines, "", "{broken", json.dumps(event("send", 9))]) + "\n")
    (folder / "list.json.gz").write_bytes(gzip.compress(json.dumps(many).encode()) + gzip.compress(b" \n"))
    firehose = "".join([json.dumps(notified(bounce(5))), wrapped(json.dumps(bounce(6))), json.dumps(bounce(0))])
    (folder / "2026" / "11" / "stream-1-2026-11-28-00-00-00-0123").write_text(firehose)
    (folder / "cut.json.gz").write_bytes(gzip.compress(one.encode())[:-8])
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / ".hidden.json").write_text("{}")
    return folder


def test_events_of_others_are_taken_in_once(cli: Cli, archive: FakeArchive, foreign: Path) -> None:
    rehearsed = cli("audit", "import", str(foreign), "--dry-run", "--json")
    assert (rehearsed.code, rehearsed.document["imported"], dict(archive.kept)) == (3, 8, {})
    done = cli("audit", "import", str(foreign), "--json")
    assert done.code == 3
    document = done.document
    assert {name: document[name] for name in ("files", "imported", "duplicates", "rejected", "lines")} == {
        "files": 5, "imported": 8, "duplicates": 1, "rejected": 2, "lines": 8,
    }  # fmt: skip  # one row
    assert [one["reason"] for one in document["unreadable"]] == ["it ends too early", "it is not JSON"]
    assert document["unreadable"][1]["where"] == f"{foreign}/lines.jsonl, event 3"
    messages = sorted(line["message_id"] for line in archive.lines)
    assert messages == [f"message-{number}" for number in (0, 1, 2, 3, 4, 5, 6, 9)]
    again = cli("audit", "import", str(foreign)).out.splitlines()
    assert again[0] == "0 events of 5 files imported, 9 were there already"


def test_what_is_taken_in_can_go_to_a_directory(cli: Cli, foreign: Path, tmp_path: Path) -> None:
    target = tmp_path / "archive"
    target.mkdir()
    assert cli("audit", "import", str(foreign / "one.json"), "--archive", str(target)).code == 0
    assert (
        cli("audit", "import", str(foreign / "one.json"), "--archive", str(target), "--json").document["imported"] == 0
    )
    (file,) = target.rglob("*.json.gz")
    assert file.parent.name == "dt=2017-08-05"
    assert file.stat().st_mode & 0o077 == 0


def test_a_source_that_is_not_there_is_bad_input(cli: Cli) -> None:
    outcome = cli("audit", "import", "nowhere", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "no_events")


def test_an_import_that_is_larger_than_memory_is_written_in_parts(
    cli: Cli, archive: FakeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provisioner.usecases.audit.take_in._ROUND", 10_000)
    (tmp_path / "many.jsonl").write_text("\n".join(json.dumps(bounce(number)) for number in range(40)))
    assert len(cli("audit", "import", str(tmp_path / "many.jsonl"), "--json").document["objects"]) > 3
    assert sorted(line["message_id"] for line in archive.lines) == sorted(f"message-{number}" for number in range(40))
