"""`doctor --senders` as a user meets it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli.conftest import Cli
from fakes.world import World

from provisioner.core.checks.catalogue import Area, Check
from provisioner.core.checks.observed import Fact
from provisioner.core.credentials.holdings import Holding

YESTERDAY, LAST_YEAR = datetime(2026, 11, 27, 9, 30, tzinfo=UTC), datetime(2025, 11, 27, tzinfo=UTC)


@pytest.fixture(autouse=True)
def one_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is looked at are the domain's users, of which nothing is found."""
    checks = (Check("whether it sends", Area.IDENTITY, frozenset({Fact.USERS}), lambda _: iter(())),)
    monkeypatch.setattr("provisioner.cli.doctor.commands.CHECKS", checks)
    monkeypatch.setattr("provisioner.core.checks.catalogue.CONCLUSIONS", ())


@pytest.fixture
def account(cli: Cli, in_memory: World) -> World:
    """An account with two domains, and with a backup job that may do anything."""
    for domain in ("example.com", "example.net"):
        assert cli("new-domain", domain).code == 0
    in_memory.aws.has_key("backup", "AKIABACKUP").was_used("AKIABACKUP", YESTERDAY)
    in_memory.aws.has_given("backup", Holding.ATTACHED_POLICY, "arn:aws:iam::123456789012:policy/all")
    (key,) = in_memory.aws.keys("example.com")
    in_memory.aws.was_used(key.id, LAST_YEAR)
    in_memory.aws.looked.clear()
    return in_memory


def test_a_table_says_who_may_send_who_did_so_last_first(cli: Cli, account: World) -> None:
    outcome = cli("doctor", "example.com", "--senders")
    head, title, columns, first, second = outcome.out.splitlines()
    assert (outcome.code, head) == (0, "example.com: all is well")
    assert title == "  who may send as example.com, and when each key was last used:"
    assert columns.split("  ")[2].strip() == "IAM USER"
    (key,) = account.aws.keys("example.com")
    told = " ".join(first.split())
    assert told == "backup no *@example.com AKIABACKUP active 2026-11-27 09:30 UTC ses us-east-1"
    assert second.split()[:5] == ["example.com", "yes", "*@example.com", key.id, "active,"]


def test_json_has_an_entry_for_each_key_and_so_have_the_reports(cli: Cli, account: World, tmp_path: Path) -> None:
    report, page = tmp_path / "doctor.json", tmp_path / "doctor.html"
    reports = "--report", str(report), "--report", str(page)
    document = cli("doctor", "--all", "--senders", "--json", *reports).document
    com, net = document["domains"]
    assert [(one["iam_user"], one["ours"], one["stored"]) for one in com["senders"]] == [
        ("backup", False, False),
        ("example.com", True, True),
    ]
    assert [one["iam_user"] for one in net["senders"]] == ["backup", "example.net"]
    assert (com["senders"][0]["last_used"], com["senders_unseen"]) == (YESTERDAY.isoformat(), None)
    assert json.loads(report.read_text()) == document
    assert page.read_text().count("<td>AKIABACKUP</td>") == 2


def test_iam_is_asked_once_for_all_domains_and_only_when_it_is_wanted(cli: Cli, account: World) -> None:
    entries = cli("doctor", "--all", "--json").document["domains"]
    assert not any("senders" in entry for entry in entries)
    assert account.aws.looked.count("all users") == 0
    cli("doctor", "--all", "--senders")
    assert account.aws.looked.count("all users") == 1


def test_who_may_not_look_at_others_is_told_the_domains_own(cli: Cli, account: World) -> None:
    account.aws.does_not_allow("all_users")
    (entry,) = cli("doctor", "example.com", "--senders", "--json").document["domains"]
    assert [one["iam_user"] for one in entry["senders"]] == ["example.com"]
    assert entry["senders_unseen"] == "other users of the account: all_users: AccessDenied: not authorized"
    outcome = cli("doctor", "example.com", "--senders")
    assert outcome.code == 0
    assert "  nobody looked at other users of the account: all_users: AccessDenied" in outcome.out


def test_a_last_use_that_nobody_may_see_is_not_taken_for_none(cli: Cli, account: World) -> None:
    account.aws.does_not_allow("last_use")
    outcome = cli("doctor", "example.com", "--senders")
    assert outcome.out.count("not known") == 2
    assert "never" not in outcome.out
    assert "  backup: last use: last_use: AccessDenied: not authorized" in outcome.out


def test_a_domain_of_another_account_says_so_and_nobody_of_this_one(cli: Cli, account: World) -> None:
    account.aws.is_account("999999999999")
    (entry,) = cli("doctor", "example.com", "--senders", "--json").document["domains"]
    assert entry["senders"] == []
    assert entry["senders_unseen"].startswith("IAM users: ")
    assert account.aws.looked.count("all users") == 0


def test_it_does_not_go_with_changes(cli: Cli, account: World) -> None:
    outcome = cli("doctor", "example.com", "--senders", "--changes", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "senders_and_changes")
