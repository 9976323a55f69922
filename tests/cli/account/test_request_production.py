"""`account request-production`: shown before it is filed, filed once, and never where AWS would refuse it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.account.metrics import Metric
from provisioner.core.account.ses import SesAccount

Cli = Callable[..., Any]
LINE = ("account", "request-production", "--website", "example.com")


def in_sandbox(world: World, **also: Any) -> World:
    world.aws.ses = replace(world.aws.ses, production=False, suppressed_reasons=("BOUNCE", "COMPLAINT"), **also)
    return world


@pytest.mark.usefixtures("provisioned")
def test_the_request_is_made_of_what_is_there(cli: Cli, in_memory: World) -> None:
    world = in_sandbox(in_memory)
    assert cli("new-domain", "example.org", "--dmarc", "reject").code == 0
    world.metrics.has(Metric.SENDS, {date(1970, 1, 1): 30.0, date(1969, 12, 31): 12.0})
    outcome = cli(*LINE, "--contact", "admin@example.com", "--use-case", "Receipts of our shops.", "--yes")
    assert outcome.code == 0, outcome.err
    (request,) = world.sending.requests
    assert (request.website, [str(one) for one in request.contacts]) == ("https://example.com", ["admin@example.com"])
    assert request.use_case.splitlines()[:3] == [
        "Receipts of our shops.",
        "",
        "Domains (2): example.com, example.org.",
    ]
    assert "DMARC policies: p=none (1), p=reject (1)." in request.use_case
    assert "The account-level suppression list is on for bounces and complaints." in request.use_case
    assert "Volume: 42 messages in the last 14 days, at most 30 a day." in request.use_case
    assert "was asked for: `provisioner account status` shows the answer" in outcome.out
    assert "Receipts of our shops." in outcome.out
    assert "warning" not in outcome.err


@pytest.mark.usefixtures("provisioned")
def test_the_website_of_the_only_domain_is_taken(cli: Cli, in_memory: World) -> None:
    world = in_sandbox(in_memory)
    document = cli("account", "request-production", "--yes", "--json").document
    assert (document["stage"], document["changed"], document["review"]) == ("filed", True, "PENDING")
    assert document["request"]["website"] == "https://example.com/"
    assert len(world.sending.requests) == 1


def test_without_domains_a_website_is_needed_and_nothing_untrue_is_said(cli: Cli, in_memory: World) -> None:
    in_sandbox(in_memory)
    assert cli("account", "request-production", "--yes", "--json").error["code"] == "no_website"
    in_memory.metrics.does_not_allow()
    outcome = cli(*LINE, "--dry-run", "--json")
    assert outcome.code == 3
    text = outcome.document["request"]["use_case"]
    assert text.startswith("No domain is set up in this region yet.")
    assert "Volume" not in text
    assert "how much was sent is left out of the request" in in_memory.progress.warnings[-1]


def test_it_is_not_filed_without_an_answer(cli: Cli, in_memory: World) -> None:
    world = in_sandbox(in_memory)
    outcome = cli(*LINE, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "not_confirmed")
    assert world.sending.requests == []


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"production": True}, 0, "this account has production access in us-east-1: nothing to do"),
        ({"production": False, "review": "PENDING", "review_case": "17"}, 0, "AWS has not answered yet, case 17"),
        (
            {"production": False, "review": "DENIED", "review_case": "17"},
            5,
            "has denied production access",
        ),
        ({"production": None, "unseen": "ses:GetAccount: AccessDenied"}, 1, "cannot be seen: ses:GetAccount"),
    ],
)
def test_where_there_is_nothing_to_ask_that_is_said(
    cli: Cli, in_memory: World, changed: dict[str, Any], code: int, words: str
) -> None:
    in_memory.aws.ses = replace(in_memory.aws.ses, **changed)
    outcome = cli(*LINE, "--yes")
    assert outcome.code == code
    assert words in outcome.out + outcome.err
    assert in_memory.sending.requests == []
    assert cli(*LINE, "--dry-run").code == code


def test_what_failed_may_be_asked_again(cli: Cli, in_memory: World) -> None:
    world = in_sandbox(in_memory, review="FAILED")
    assert cli(*LINE, "--yes").code == 0
    assert len(world.sending.requests) == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--website", "example"), "invalid_website"),
        (("--website", "ftp://example.com"), "invalid_website"),
        (("--website", "https://exa mple.com"), "invalid_website"),
        (("--website", "https://[example.com"), "invalid_website"),
        (("--website", "example.com", "--use-case", "a" * 5000), "use_case_too_long"),
        (("--website", "example.com", "--contact", "nobody"), "invalid_address"),
        (
            ("--website", "example.com", *(f"--contact=a{number}@example.com" for number in range(5))),
            "too_many_contacts",
        ),
    ],
)
def test_what_aws_would_not_take_is_refused_here(cli: Cli, in_memory: World, words: tuple[str, ...], code: str) -> None:
    in_sandbox(in_memory)
    outcome = cli("account", "request-production", *words, "--yes", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, code)


def test_the_account_of_each_region_is_asked_for_itself(cli: Cli, in_memory: World) -> None:
    in_memory.aws.sandboxes.add("eu-west-1")
    assert isinstance(in_memory.aws.ses, SesAccount)
    assert cli(*LINE, "--yes", "--region", "eu-west-1", "--json").document["stage"] == "filed"
    assert cli(*LINE, "--yes", "--json").document["stage"] == "granted"
