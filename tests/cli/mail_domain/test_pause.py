"""`pause` and `resume`, and who says that something is paused."""

from collections.abc import Callable
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential

Cli = Callable[..., Any]


@pytest.fixture
def paused(cli: Cli, provisioned: SmtpCredential, in_memory: World) -> World:
    in_memory.clock.seconds = 1_795_835_400.0
    assert cli("pause", "example.com", "--reason", "too many bounces").code == 0
    return in_memory


def test_a_pause_is_told_and_a_second_one_too(cli: Cli, paused: World) -> None:
    outcome = cli("pause", "example.com")
    assert (outcome.code, outcome.out) == (
        0,
        "example.com: paused since 2026-11-28 03:10 UTC (too many bounces) already\n",
    )
    assert cli("resume", "example.com").out == "example.com: may send\n"
    assert cli("resume", "example.com").out == "example.com: may send already\n"


def test_a_pause_is_a_document(cli: Cli, paused: World) -> None:
    assert cli("pause", "example.com", "--json").document == {
        "domain": "example.com",
        "sender": None,
        "changed": False,
        "sending": {"enabled": False, "since": "2026-11-28T03:10:00+00:00", "reason": "too many bounces"},
    }


def test_a_dry_run_that_would_change_something_is_exit_3(cli: Cli, paused: World) -> None:
    outcome = cli("resume", "example.com", "--dry-run")
    assert (outcome.code, outcome.out) == (3, "example.com: would be changed: may send\n")
    assert cli("pause", "example.com", "--dry-run").code == 0
    assert paused.aws.paused_sets == {"example-com"}


def test_every_command_that_shows_the_domain_says_that_it_is_paused(cli: Cli, paused: World) -> None:
    way_out = "`provisioner resume example.com`"
    assert "paused 2026-11-28" in cli("list").out
    assert "paused 2026-11-28" in cli("show", "example.com").out
    for command in (("status",), ("drift",), ("plan",), ("new-domain", "--no-secret")):
        outcome = cli(*command, "example.com")
        assert outcome.code == 0
        assert way_out in outcome.out, command
        assert "(too many bounces)" in outcome.out, command
    assert cli("list", "--json").document["domains"][0]["sending"]["reason"] == "too many bounces"
    for command in ("status", "drift"):
        assert cli(command, "example.com", "--json").document["domains"][0]["sending"]["enabled"] is False


def test_a_sender_that_is_paused_is_shown_by_name(cli: Cli, in_memory: World) -> None:
    cli("new-domain", "example.com", "--sender", "shop=orders")
    assert cli("pause", "example.com", "--sender", "shop").out.startswith("example.com (sender shop): paused since")
    assert "on, but shop paused" in cli("list").out
    (status,) = cli("status", "example.com", "--json").document["domains"]
    assert (status["sending"]["enabled"], status["senders"][0]["sending"]["enabled"]) == (True, False)
    assert "`provisioner resume example.com --sender shop`" in cli("status", "example.com").out


def test_a_reason_that_no_tag_holds_is_bad_input(cli: Cli, provisioned: SmtpCredential, in_memory: World) -> None:
    outcome = cli("pause", "example.com", "--reason", "x" * 300, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "invalid_reason")
    assert in_memory.aws.paused_sets == set()
