"""Who says that SES keeps the account's mail in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fakes.world import World

Cli = Callable[..., Any]
WAY_OUT = "ask for production access"


@pytest.fixture
def in_the_ses_sandbox(in_memory: World) -> World:
    in_memory.aws.ses = replace(in_memory.aws.ses, production=False, most_a_day=200.0)
    return in_memory


def test_a_new_domain_and_its_status_say_that_mail_goes_to_verified_recipients_only(
    cli: Cli, in_the_ses_sandbox: World
) -> None:
    outcome = cli("new-domain", "example.com")
    assert (outcome.code, WAY_OUT in outcome.out) == (0, True)
    document = cli("new-domain", "example.com", "--json").document
    assert (document["account"]["production_access"], document["account"]["max_24_hour_send"]) == (False, 200.0)
    assert any(WAY_OUT in step for step in document["next_steps"])
    assert cli("status", "example.com").out.count(WAY_OUT) == 1
    assert cli("status", "example.com", "--json").document["domains"][0]["account"]["production_access"] is False


def test_several_domains_of_one_region_say_it_once(cli: Cli, in_the_ses_sandbox: World) -> None:
    cli("new-domain", "example.com")
    cli("new-domain", "example.org")
    assert cli("status", "example.com", "example.org").out.count(WAY_OUT) == 1


def test_whoever_waits_for_a_domain_is_told_before(cli: Cli, in_the_ses_sandbox: World) -> None:
    cli("new-domain", "example.com", "--wait", "1m")
    assert any(WAY_OUT in note for note in in_the_ses_sandbox.progress.notes)


def test_an_account_that_may_not_be_looked_at_is_said_and_the_rest_works(cli: Cli, in_memory: World) -> None:
    in_memory.aws.ses = replace(in_memory.aws.ses, unseen="ses:GetAccount: AccessDenied")
    outcome = cli("new-domain", "example.com")
    assert (outcome.code, "allow ses:GetAccount" in outcome.out) == (0, True)
