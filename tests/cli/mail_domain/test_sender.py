"""The group `sender`: listed, added, taken away, paused and resumed, by the same paths as the options."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser

Cli = Callable[..., Any]

SHOP = SmtpUser(DomainName.parse("example.com"), "shop")


@pytest.fixture
def shop(cli: Cli, in_memory: World) -> SmtpCredential:
    """A world in which example.com has the sender shop; its credential."""
    assert cli("new-domain", "example.com", "--sender", "shop=orders").code == 0
    return in_memory.store.kept[SHOP.iam_user]


def names(cli: Cli, *domains: str) -> list[str]:
    return [one["name"] for one in cli("sender", "list", *domains, "--json").document["senders"]]


def test_the_senders_of_a_domain_are_listed_with_what_is_known_of_each(
    cli: Cli, in_memory: World, shop: SmtpCredential
) -> None:
    assert cli("sender", "list", "example.com", "--json").document == {
        "senders": [
            {
                "domain": "example.com",
                "name": "shop",
                "address": "orders@example.com",
                "iam_user": "example.com+shop",
                "sending": {"enabled": True, "since": None, "reason": None},
                "domain_paused": False,
                "user_name": shop.user_name,
                "stored_in": "file:credentials/example.com/smtp.shop.json",
                "key_created": None,
            }
        ]
    }
    line = cli("sender", "list").out.splitlines()[1]
    assert line.split()[:5] == ["example.com", "shop", "orders@example.com", "example.com+shop", "on"]


def test_with_keys_the_list_says_how_old_each_is(cli: Cli, in_memory: World, shop: SmtpCredential) -> None:
    made = in_memory.clock.now()
    in_memory.aws.access_keys[SHOP.iam_user] = [AccessKey(shop.user_name, True, made)]
    in_memory.clock.sleep(100 * 24 * 3600 + 5)
    assert "100 days" in cli("sender", "list", "--keys").out
    (one,) = cli("sender", "list", "--keys", "--json").document["senders"]
    assert one["key_created"] == made.isoformat(timespec="seconds")
    in_memory.aws.access_keys[SHOP.iam_user] = []
    assert cli("sender", "list", "--keys").out.splitlines()[1].split()[5] == "-"


def test_the_list_says_what_is_paused_and_what_is_not_stored(cli: Cli, in_memory: World, shop: SmtpCredential) -> None:
    in_memory.clock.seconds = 1_795_835_400.0
    assert cli("sender", "pause", "example.com", "shop", "--reason", "spam").code == 0
    in_memory.store.kept.pop(SHOP.iam_user)
    line = cli("sender", "list").out.splitlines()[1]
    assert "paused 2026-11-28" in line
    assert line.endswith("NOT STORED")
    assert cli("pause", "example.com").code == 0
    assert "domain paused" in cli("sender", "list").out
    (one,) = cli("sender", "list", "--json").document["senders"]
    assert (one["domain_paused"], one["sending"]["reason"], one["stored_in"]) == (True, "spam", None)


def test_without_a_domain_the_senders_of_every_domain_are_listed(cli: Cli, shop: SmtpCredential) -> None:
    assert cli("new-domain", "another.com", "--sender", "news=letter").code == 0
    assert (names(cli), names(cli, "another.com", "another.com")) == (["news", "shop"], ["news"])
    assert cli("sender", "list", "unknown.com").code == 2


def test_a_credential_that_cannot_be_read_does_not_hide_the_list(
    cli: Cli, in_memory: World, shop: SmtpCredential
) -> None:
    in_memory.store.is_corrupt()
    outcome = cli("sender", "list", "--json")
    assert (outcome.code, outcome.document["senders"][0]["stored_in"]) == (0, None)
    assert in_memory.progress.warnings == ["example.com (sender shop): a stored credential cannot be read"]


def test_a_sender_is_added_and_told_with_its_own_password_only(
    cli: Cli, in_memory: World, shop: SmtpCredential
) -> None:
    outcome = cli("sender", "add", "example.com", "scanner=scan", "--json")
    document, kept = outcome.document, in_memory.store.kept["example.com+scanner"]
    assert list(document) == ["domain", "region", "changed", "changes", "next_steps", "senders"]
    (made,) = document["senders"]
    assert (document["changed"], made["address"]) == (True, "scan@example.com")
    assert made["smtp"]["password"] == kept.password.reveal()
    assert '"iam_user": "example.com"' not in outcome.out
    hidden = cli("sender", "add", "example.com", "scanner=scan", "--no-secret")
    assert (hidden.code, kept.password.reveal() in hidden.out) == (0, False)
    assert hidden.out.startswith("example.com: no changes\n\nSender scanner: scan@example.com only\n")


def test_one_that_is_there_is_left_and_with_another_address_it_keeps_its_password(
    cli: Cli, in_memory: World, shop: SmtpCredential
) -> None:
    assert cli("sender", "add", "example.com", "shop=orders", "--json").document["changed"] is False
    assert cli("sender", "add", "example.com", "shop=sales", "--json").document["changed"] is True
    assert cli("sender", "list", "--json").document["senders"][0]["address"] == "sales@example.com"
    assert in_memory.store.kept[SHOP.iam_user] == shop


def test_a_sender_of_a_domain_that_nobody_knows_provisions_none(cli: Cli, in_memory: World) -> None:
    for line in (("add", "new.com", "shop=orders"), ("remove", "new.com", "shop", "--yes")):
        outcome = cli("sender", *line, "--json")
        assert (outcome.code, outcome.error["code"]) == (2, "unknown_domain")
    assert not in_memory.aws.identities


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("add", "example.com", "shop"), "invalid_sender"),
        (("add", "example.com", "shop=orders", "shop=sales"), "invalid_sender"),
        (("add", "example.com", "Shop=orders"), "invalid_sender"),
        (("remove", "example.com", "SHOP", "--yes"), "invalid_sender"),
        (("pause", "example.com", "sh op"), "invalid_sender"),
        (("pause", "example.com", "news"), "unknown_sender"),
        (("add", "example.com"), "usage"),
    ],
)
def test_bad_input_touches_nothing(
    cli: Cli, in_memory: World, shop: SmtpCredential, line: tuple[str, ...], code: str
) -> None:
    applied = in_memory.terraform.applied
    outcome = cli("sender", *line, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, code)
    assert in_memory.terraform.applied == applied


def test_a_sender_is_taken_away_with_its_keys_and_a_second_time_needs_nothing(
    cli: Cli, in_memory: World, shop: SmtpCredential
) -> None:
    document = cli("sender", "remove", "example.com", "shop", "--yes", "--json").document
    assert (document["removed"], document["changed"]) == (["shop"], True)
    assert document["access_keys"] == [{"iam_user": "example.com+shop", "id": shop.user_name}]
    assert (names(cli), list(in_memory.store.kept)) == ([], ["example.com"])
    again = cli("sender", "remove", "example.com", "shop")
    assert (again.code, again.out) == (0, "example.com: nothing to do, it has no sender shop\n")
    assert cli("sender", "remove", "example.com", "shop", "--json").document["removed"] == []


def test_a_dry_run_lists_all_that_goes_with_the_last_use_of_its_key(
    cli: Cli, in_memory: World, shop: SmtpCredential
) -> None:
    in_memory.aws.was_used(shop.user_name, datetime(2026, 11, 28, 3, 10, tzinfo=UTC))
    outcome = cli("sender", "remove", "example.com", "shop", "--dry-run")
    assert outcome.code == 3
    assert "  - example.com+shop\n" in outcome.out
    used = "last used 2026-11-28 03:10 UTC"
    assert f"  - access key {shop.user_name} of IAM user example.com+shop ({used})\n" in outcome.out
    assert "  - credential file:credentials/example.com/smtp.shop.json\n" in outcome.out
    in_memory.aws.does_not_allow("last_use")
    assert "(when it was last used is not known)" in cli("sender", "remove", "example.com", "shop", "--dry-run").out
    assert names(cli) == ["shop"]


def test_without_a_terminal_nothing_is_taken_away_until_yes(cli: Cli, shop: SmtpCredential) -> None:
    outcome = cli("sender", "remove", "example.com", "shop", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "not_confirmed")
    assert names(cli) == ["shop"]


@pytest.mark.parametrize(("typed", "code"), [("shop", 0), ("shop ", 0), ("example.com", 2), ("news", 2)])
def test_what_goes_is_shown_before_the_name_is_asked_for(
    cli: Cli, shop: SmtpCredential, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("provisioner.cli.mail_domain.senders.need_terminal", lambda _: None)
    monkeypatch.setattr("provisioner.cli.mail_domain.senders.ask", lambda text, _: shown.append(text) or typed)
    assert cli("sender", "remove", "example.com", "shop").code == code
    assert shown[0].startswith(
        "example.com: would take away shop\n  - IAM user example.com+shop, which sends as orders@"
    )
    assert shop.user_name in shown[0]
    assert names(cli) == ([] if code == 0 else ["shop"])


def test_pause_and_resume_are_those_of_the_option(cli: Cli, in_memory: World, shop: SmtpCredential) -> None:
    assert cli("sender", "pause", "example.com", "shop").out.startswith("example.com (sender shop): paused since")
    assert cli("pause", "example.com", "--sender", "shop", "--json").document["changed"] is False
    assert cli("sender", "resume", "example.com", "shop", "--json").document["sending"]["enabled"] is True
