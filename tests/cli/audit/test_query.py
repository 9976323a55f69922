"""`audit query`: named questions and SQL, each event once, damage named, and text that stays text."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.audit import FakeArchive, FakeQueue
from ses_told import bounce, event

from provisioner.core.audit.questions import QUESTIONS
from provisioner.ports.audit import AuditEdges

pytest.importorskip("duckdb", reason="the extra `queries`")

Cli = Callable[..., Any]
COUNT = "SELECT count(*) AS n FROM events"


def dated(made: dict[str, Any], day: str, recipient: str | None = None) -> dict[str, Any]:
    """Return the event as one of a day, about a recipient."""
    made["mail"] |= {"timestamp": f"{day}T10:00:00.000Z", "destination": [recipient or "recipient@example.com"]}
    kind = made["eventType"]
    said = made.setdefault(kind[:1].lower() + kind[1:], {})
    said["timestamp"] = f"{day}T10:00:01.000Z"
    for member in ("bouncedRecipients", "complainedRecipients", "delayedRecipients"):
        if recipient and member in said:
            said[member][0]["emailAddress"] = recipient
    if recipient and "recipients" in said:
        said["recipients"] = [recipient]
    return made


@pytest.fixture
def told(audited: AuditEdges, queue: FakeQueue, cli: Cli) -> AuditEdges:
    """An archive of two customers: one with bounces and complaints, one whose mail arrives."""
    sends = [dated(event("send", n), "2026-11-23", f"r{n}@example.net") for n in range(10)]
    arrived = [dated(event("delivery", n), "2026-11-23", f"r{n}@example.net") for n in range(6)]
    failed = [dated(bounce(n), "2026-11-24", f"r{n}@example.net") for n in range(6, 9)]
    angry = dated(event("complaint", 1), "2026-11-25", "r1@example.net")
    content = dated(event("complaint", 2), "2026-11-25", "r2@example.net")
    content["complaint"]["complaintFeedbackType"] = "not-spam"
    listed = dated(bounce(9, label="Permanent", sub="OnAccountSuppressionList"), "2026-11-24", "r9@example.net")
    other = [dated(event("send", n, set_name="other-org"), "2026-11-16") for n in range(20, 24)]
    for one in other:
        one["mail"] |= {"source": "boss@other.org", "commonHeaders": {"from": ["boss@other.org"]}}
    queue.has(*sends, *arrived, *failed, angry, content, listed, *other)
    assert cli("audit", "collect").code == 0
    return audited


def rows(cli: Cli, *arguments: str) -> list[dict[str, Any]]:
    outcome = cli("audit", "query", *arguments, "--json")
    assert outcome.code == 0, outcome.err
    found: list[dict[str, Any]] = outcome.document["rows"]
    return found


def test_bounces_by_domain_and_week(cli: Cli, told: AuditEdges) -> None:
    first, second = rows(cli, "bounces")
    assert first == {
        "domain": "example.com",
        "week": "2026-11-23",
        "sent": 10,
        "delivered": 6,
        "hard": 3,
        "soft": 0,
        "suppressed": 1,
        "complaints": 1,
        "rejected": 0,
        "hard_rate": 0.3,
        "complaint_rate": 0.16667,
    }
    assert (second["domain"], second["week"], second["sent"]) == ("other.org", "2026-11-16", 4)


def test_reasons_without_what_differs_from_mail_to_mail(cli: Cli, told: AuditEdges, queue: FakeQueue) -> None:
    for number in (31, 32):
        said = f"smtp; 550 5.7.1 <r{number}@example.org> refused, id 0102018f{number}abcdef-1"
        queue.has(bounce(number, {"emailAddress": f"r{number}@example.org", "diagnosticCode": said}))
    cli("audit", "collect")
    found = rows(cli, "reasons")
    assert [(row["status"], row["events"], row["answer"]) for row in found[:2]] == [
        ("5.1.1", 4, "smtp; 550 5.1.1 user unknown") if found[0]["events"] == 4 else
        ("5.1.1", 3, "smtp; 550 5.1.1 user unknown"),
        ("5.7.1", 2, "smtp; 550 5.7.1 <<address>> refused, id <id>"),
    ]  # fmt: skip  # two rows


def test_the_domains_of_recipients_to_which_mail_fails(cli: Cli, told: AuditEdges) -> None:
    (row,) = rows(cli, "recipient-domains")
    assert (row["recipient_domain"], row["sent"], row["hard"], row["complaints"]) == ("example.net", 10, 3, 1)
    assert row["failing"] == 0.3


def test_who_sends_as_an_address(cli: Cli, told: AuditEdges) -> None:
    (row,) = rows(cli, "senders", "--address", "Boss@other.org")
    assert row == {
        "from": "boss@other.org",
        "caller": "ses_user",
        "source_ip": "192.0.2.0",
        "domain": "other.org",
        "sent": 4,
        "hard": 0,
        "rejected": 0,
        "first": "2026-11-16T10:00:01.000Z",
        "last": "2026-11-16T10:00:01.000Z",
    }
    assert len(rows(cli, "senders")) == 2


def test_the_suppressed_recipients_of_a_customer(cli: Cli, told: AuditEdges) -> None:
    found = {row["recipient"]: row["reason"] for row in rows(cli, "suppressed", "--domain", "example.com")}
    hard = {f"r{number}@example.net": "hard" for number in (6, 7, 8)}
    assert found == {**hard, "r1@example.net": "complaint", "r9@example.net": "suppressed"}
    assert rows(cli, "suppressed", "--domain", "other.org") == []
    outcome = cli("audit", "query", "suppressed", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "no_domain")


def test_sql_of_days_and_of_a_domain(cli: Cli, told: AuditEdges) -> None:
    assert rows(cli, "--sql", COUNT) == [{"n": 26}]
    assert rows(cli, "--sql", COUNT, "--domain", "OTHER.org.") == [{"n": 4}]
    assert rows(cli, "--sql", COUNT, "--from", "2026-11-24", "--to", "2026-11-24") == [{"n": 4}]
    assert rows(cli, "--sql", COUNT, "--to", "2026-11-16") == [{"n": 4}]
    raw = rows(cli, "--sql", "SELECT DISTINCT raw->>'$.mail.sendingAccountId' AS account FROM events")
    assert raw == [{"account": "123456789012"}]
    (one,) = rows(cli, "--sql", "SELECT * FROM events WHERE type = 'complaint' AND complained")
    assert (one["dt"], one["at"], one["feedback"]) == ("2026-11-25", "2026-11-25T10:00:01.000Z", "abuse")
    assert "raw" not in one


@pytest.mark.parametrize(
    "sql",
    [
        "SELEKT 1",
        "SELECT nothing FROM events",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY events TO '/tmp/somewhere.csv'",
        "ATTACH '/tmp/x.db' AS x",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ],
)
def test_sql_that_is_wrong_or_reaches_elsewhere_is_bad_input(cli: Cli, told: AuditEdges, sql: str) -> None:
    outcome = cli("audit", "query", "--sql", sql, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "invalid_sql")
    assert "its columns are dt, at" in outcome.error["hint"]
    assert "\n" not in outcome.error["message"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), "no_question"),
        (("bounces", "--sql", COUNT), "no_question"),
        (("bonces",), "unknown_question"),
        (("nothing-like-it",), "unknown_question"),
        (("bounces", "--from", "soon"), "invalid_date"),
        (("bounces", "--address", "a@example.com"), "unexpected_address"),
        (("bounces", "--domain", "x y"), "invalid_domain"),
        (("bounces", "--archive", "nowhere"), "no_archive"),
    ],
)
def test_what_cannot_be_asked_is_bad_input(cli: Cli, audited: AuditEdges, words: tuple[str, ...], code: str) -> None:
    outcome = cli("audit", "query", *words, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, code)


def test_the_help_tells_every_question(cli: Cli) -> None:
    told = " ".join(cli("audit", "query", "--help").out.split())
    for name in QUESTIONS:
        assert f"{name}:" in told


def test_an_archive_without_events_answers_nothing(cli: Cli, audited: AuditEdges) -> None:
    for name, question in QUESTIONS.items():
        assert rows(cli, name, *(("--domain", "example.com") if question.needs_domain else ())) == []
    assert cli("audit", "query", "bounces").out == "no events\n"
    assert cli("audit", "query", "bounces", "--format", "csv").out.startswith("domain,week,")


def test_an_event_in_two_objects_counts_once(
    cli: Cli, told: AuditEdges, archive: FakeArchive, queue: FakeQueue
) -> None:
    double = FakeArchive()
    archive_before = dict(archive.kept)
    archive.kept.clear()
    queue.has(dated(bounce(6), "2026-11-24", "r6@example.net"), dated(bounce(40), "2026-11-24", "r40@example.net"))
    cli("audit", "collect")
    archive.kept |= archive_before
    double.kept |= archive.kept
    assert len(double.lines) == 28
    assert rows(cli, "--sql", COUNT) == [{"n": 27}]


def test_what_is_damaged_is_named_and_left_out_and_the_exit_code_says_so(
    cli: Cli, told: AuditEdges, archive: FakeArchive
) -> None:
    assert rows(cli, "--sql", COUNT) == [{"n": 26}]  # the copies of before do not hide it
    keys = sorted(archive.kept)
    archive.kept[keys[0]] = archive.kept[keys[0]][:-4]
    archive.kept[keys[1]] = b"hello"
    outcome = cli("audit", "query", "--sql", COUNT, "--json")
    assert outcome.code == 3
    assert [damage["object"] for damage in outcome.document["damaged"]] == [f"s3://archive/{key}" for key in keys[:2]]
    assert [damage["reason"] for damage in outcome.document["damaged"]] == [
        "it ends too early",
        "it is no gzip file, or its bytes were changed",
    ]
    assert outcome.document["objects"] == len(keys) - 2
    assert outcome.document["rows"][0]["n"] < 26
    assert told.progress.warnings[-1].startswith(f"s3://archive/{keys[1]} is left out")  # type: ignore[attr-defined]


def test_a_line_that_is_no_json_costs_its_object_only(cli: Cli, told: AuditEdges, archive: FakeArchive) -> None:
    key = sorted(archive.kept)[0]
    text = gzip.decompress(archive.kept[key]).replace(b'"type":"send"', b'"type":send"')
    archive.kept[key] = gzip.compress(text)
    outcome = cli("audit", "query", "--sql", COUNT, "--json")
    assert outcome.code == 3
    assert [damage["object"] for damage in outcome.document["damaged"]] == [f"s3://archive/{key}"]


def test_what_is_there_already_is_not_fetched_again_and_what_is_gone_is_removed(
    cli: Cli, told: AuditEdges, archive: FakeArchive, tmp_path: Path
) -> None:
    rows(cli, "bounces")
    fetched = archive.calls.made["get"]
    rows(cli, "bounces")
    assert archive.calls.made["get"] == fetched
    kept = list((tmp_path / "copies").rglob("*.json.gz"))
    assert len(kept) == len(archive.kept)
    del archive.kept[sorted(archive.kept)[0]]
    rows(cli, "bounces")
    assert len(list((tmp_path / "copies").rglob("*.json.gz"))) == len(archive.kept)


def test_an_archive_in_a_directory_needs_no_region(
    cli: Cli, told: AuditEdges, archive: FakeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, data in archive.kept.items():
        path = tmp_path / "mirror" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    monkeypatch.delenv("AWS_REGION")
    assert rows(cli, "--sql", COUNT, "--archive", str(tmp_path / "mirror")) == [{"n": 26}]
    assert rows(cli, "--sql", COUNT, "--archive", str(tmp_path / "mirror" / "events")) == [{"n": 26}]


EVIL = "=HYPERLINK(1)\x1b[31m\r\n<b>"


def test_hostile_text_is_text_in_every_form(cli: Cli, audited: AuditEdges, queue: FakeQueue) -> None:
    queue.has(bounce(1, {"emailAddress": "+cmd@example.net", "diagnosticCode": EVIL, "status": "-2+3"}))
    queue.has(bounce(2, {"emailAddress": "a\x00b@example.net", "diagnosticCode": "x\x00y \U0001f600"}))
    cli("audit", "collect")
    asked = ("audit", "query", "--sql", "SELECT recipient, diagnostic FROM events ORDER BY message_id")
    assert [row["diagnostic"] for row in cli(*asked, "--json").document["rows"]] == [EVIL, "x\x00y \U0001f600"]
    shown = cli(*asked).out
    assert "\x1b" not in shown
    assert "\x00" not in shown
    assert len(shown.splitlines()) == 3
    found = list(csv.reader(io.StringIO(cli(*asked, "--format", "csv").out, newline="")))
    assert found[1] == ["'+cmd@example.net", f"'{EVIL}"]
    assert json.loads(cli(*asked, "--format", "json").out)["columns"] == ["recipient", "diagnostic"]


def test_without_the_engine_it_says_how_to_have_it(
    cli: Cli, audited: AuditEdges, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    outcome = cli("audit", "query", "bounces", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "no_query_engine")
    assert "ses-provisioner[queries]" in outcome.error["hint"]
