"""`account status`: every part of it, what could not be looked at, and no traceback for what is odd."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.account.metrics import Metric
from provisioner.core.account.stock import Kind
from provisioner.core.credentials.credential import SmtpCredential

Cli = Callable[..., Any]
TODAY, YESTERDAY = date(1970, 1, 1), date(1969, 12, 31)  # of the clock in memory


def test_an_account_that_is_well(cli: Cli, in_memory: World) -> None:
    in_memory.aws.ses = replace(in_memory.aws.ses, suppressed_reasons=("BOUNCE", "COMPLAINT"), sent_last_day=120.0)
    in_memory.inventory.has(Kind.ZONES, ["example.com"], limit=500)
    in_memory.metrics.has(Metric.SENDS, {YESTERDAY: 40.0, TODAY: 80.0}).has(Metric.BOUNCES, {TODAY: 1.0})
    in_memory.metrics.has(Metric.BOUNCE_RATE, {TODAY: 0.004})
    outcome = cli("account", "status")
    assert outcome.code == 0, outcome.err
    assert "account 123456789012 in us-east-1" in outcome.out
    assert "production:  yes" in outcome.out
    assert "quota:       120 of 50000 in the last 24 hours; 14 a second" in outcome.out
    assert "suppression: BOUNCE, COMPLAINT" in outcome.out
    assert "bounces:     0.4 % (AWS reviews at 5 %, may pause at 10 %)" in outcome.out
    assert "complaints:  no rate was published (AWS reviews at 0.1 %, may pause at 0.5 %)" in outcome.out
    assert "hosted zones        1     500" in outcome.out
    assert f"1970-01-01  80     1        -           {'#' * 30}" in outcome.out
    assert f"1969-12-31  40     -        -           {'#' * 15}" in outcome.out
    assert "could not look at" not in outcome.out


def test_the_document_has_the_same(cli: Cli, in_memory: World) -> None:
    in_memory.aws.ses = replace(in_memory.aws.ses, review="PENDING", review_case="17", production=False)
    in_memory.metrics.has(Metric.SENDS, {TODAY: 12_000.0}).has(Metric.BOUNCE_RATE, {TODAY: 0.06})
    document = cli("account", "status", "--json").document
    assert (document["account"], document["region"]) == ("123456789012", "us-east-1")
    assert (document["production_access"], document["review"], document["review_case"]) == (False, "PENDING", "17")
    assert document["reputation"]["bounce_rate"] == {
        "rate": 0.06,
        "review_at": 0.05,
        "pause_at": 0.1,
        "verdict": "review",
    }
    assert document["reputation"]["complaint_rate"]["verdict"] is None
    assert len(document["days"]) == 14
    assert document["days"][-1]["date"] == "1970-01-01"
    assert document["totals"]["sends"] == 12_000
    assert [limit["kind"] for limit in document["limits"]] == [kind.value for kind in Kind]
    assert document["not_seen"] == []
    assert len(document["notes"]) == 1


def test_parts_that_may_not_be_looked_at_are_named_and_the_others_told(cli: Cli, in_memory: World) -> None:
    in_memory.aws.ses = replace(
        in_memory.aws.ses, production=None, sending_enabled=None, unseen="ses:GetAccount: AccessDenied: not authorized"
    )
    in_memory.metrics.does_not_allow()
    in_memory.inventory.hides(Kind.USERS)
    outcome = cli("account", "status")
    assert outcome.code == 0
    assert "could not look at what SES lets the account do: ses:GetAccount: AccessDenied" in outcome.out
    assert "could not look at what was sent, and the rates of bounces and complaints: cloudwatch" in outcome.out
    assert "could not look at how many IAM users there are: AWS does not say, allow iam:ListUsers" in outcome.out
    assert outcome.out.count("ses:GetAccount") == 1
    document = cli("account", "status", "--json").document
    assert len(document["not_seen"]) == 3
    assert (document["days"], document["reputation"]) == (None, None)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"most_a_day": -1.0}, "quota:       0 of unlimited in the last 24 hours"),
        ({"most_a_day": None, "sent_last_day": None}, "quota:       not known of not known in the last 24 hours"),
        ({"enforcement": "PROBATION"}, "enforcement: PROBATION"),
        ({"sending_enabled": False}, "sending:     switched off for the whole account"),
        ({"suppressed_reasons": ()}, "suppression: off, addresses that bounce or complain are sent to again"),
        ({"production": False, "review": "DENIED", "review_case": "17"}, "review DENIED, case 17"),
    ],
)
def test_what_ses_may_say_is_told(cli: Cli, in_memory: World, changed: dict[str, Any], words: str) -> None:
    in_memory.aws.ses = replace(in_memory.aws.ses, **changed)
    outcome = cli("account", "status")
    assert words in outcome.out
    assert "CloudWatch has counted no mail" in outcome.out


def test_one_bounce_of_eight_messages_is_no_verdict(cli: Cli, in_memory: World) -> None:
    in_memory.metrics.has(Metric.SENDS, {TODAY: 8.0}).has(Metric.BOUNCE_RATE, {TODAY: 0.125})
    assert "12.5 %, of too little mail to mean anything (8 sent)" in cli("account", "status").out


@pytest.mark.usefixtures("provisioned")
def test_domains_in_other_regions_are_named(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    assert "this home has domains in us-east-1 too" in cli("account", "status", "--region", "eu-west-1").out
    assert "this home has domains" not in cli("account", "status").out


def test_a_region_is_needed(cli: Cli, in_memory: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    outcome = cli("account", "status", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "no_region")
