"""What the account and this machine do to every domain, each state with its one finding."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from provisioner.core.account.metrics import Days, Metric
from provisioner.core.account.ses import SesAccount
from provisioner.core.checks import account, clock, reputation
from provisioner.core.checks.catalogue import CHECKS, diagnose, expecting
from provisioner.core.checks.observed import DaysSeen, Observed, Unseen
from provisioner.core.findings import NOT_RUN, Severity
from provisioner.core.values.region import Region

Build = Callable[..., Observed]
REGION, DAY = Region.parse("us-east-1"), date(2026, 11, 27)
HEALTHY: dict[str, Any] = {
    "production": True,
    "sending_enabled": True,
    "enforcement": "HEALTHY",
    "most_a_day": 50_000.0,
    "sent_last_day": 1_500.0,
}
SANDBOX = {"production": False, "most_a_day": 200.0}


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ({}, []),
        (SANDBOX, [("account.sandbox", "warning")]),
        (SANDBOX | {"review": "DENIED"}, [("account.sandbox", "warning"), ("account.denied", "error")]),
        (SANDBOX | {"review": "PENDING"}, [("account.sandbox", "warning"), ("account.review", "warning")]),
        ({"review": "GRANTED"}, []),
        ({"sent_last_day": 48_000.0}, [("account.quota", "warning")]),
        ({"sent_last_day": 50_000.0}, [("account.quota", "error")]),
        ({"sent_last_day": 40_000.0}, []),
        ({"most_a_day": -1.0, "sent_last_day": 9_000_000.0}, []),  # unlimited
        ({"most_a_day": None}, []),
        ({"enforcement": "PROBATION"}, [("account.probation", "error")]),
        ({"enforcement": "SHUTDOWN", "sending_enabled": False}, [("account.shutdown", "error")]),
        ({"sending_enabled": False}, [("account.paused", "error")]),
        ({"enforcement": None, "sending_enabled": None, "production": None}, []),  # what AWS does not say is no fault
    ],
)
def test_each_state_of_the_account(observed: Build, state: dict[str, Any], found: list[tuple[str, str]]) -> None:
    findings = list(account.check(observed(account=SesAccount(REGION, **HEALTHY | state))))
    assert [(one.id, str(one.severity)) for one in findings] == found
    assert all(one.subject == "account" and one.remedy and one.reference for one in findings)


def test_who_needs_production_is_told_of_the_sandbox_as_of_an_error(observed: Build) -> None:
    seen = observed(account=SesAccount(REGION, **HEALTHY | SANDBOX))
    checks = [check for check in CHECKS if check.run is account.check]
    assert [one.severity for one in diagnose(seen, checks)] == [Severity.WARNING]
    assert [one.severity for one in diagnose(seen, expecting(checks, production=True, due=None))] == [Severity.ERROR]


def days(sends: int, **rates: float) -> Days:
    values = {Metric[name.upper()]: {DAY: value} for name, value in rates.items()}
    return Days.of({Metric.SENDS: {DAY: float(sends)}, **values}, DAY, DAY)


NOTHING = Days.of({}, DAY, DAY)


@pytest.mark.parametrize(
    ("of_set", "of_account", "found"),
    [
        (NOTHING, NOTHING, []),
        (NOTHING, days(12_000, bounce_rate=0.06), [("reputation.bounces", "warning", "account")]),
        (NOTHING, days(12_000, bounce_rate=0.11), [("reputation.bounces", "error", "account")]),
        (NOTHING, days(12_000, complaint_rate=0.002), [("reputation.complaints", "warning", "account")]),
        (NOTHING, days(12_000, complaint_rate=0.006), [("reputation.complaints", "error", "account")]),
        (days(8, bounce_rate=1.0), NOTHING, []),  # one bad message among eight
        (days(10, bounce_rate=0.1), days(10, bounce_rate=0.1), []),
        (days(900, bounce_rate=0.2), NOTHING, [("reputation.bounces", "error", "configuration set example-com")]),
        (days(900, bounce_rate=0.04, complaint_rate=0.0009), NOTHING, []),
    ],
)
def test_rates_count_where_there_is_mail_enough(
    observed: Build, of_set: Days, of_account: Days, found: list[tuple[str, str, str]]
) -> None:
    seen = observed(days=DaysSeen(of_account, of_set), account=SesAccount(REGION))
    findings = list(reputation.check(seen))
    assert [(one.id, str(one.severity), one.subject) for one in findings] == found
    assert all(("pause example.com" in one.remedy) == (one.subject != "account") for one in findings)


def test_what_ses_says_was_sent_today_counts_where_cloudwatch_has_no_sends(observed: Build) -> None:
    rates = Days.of({Metric.BOUNCE_RATE: {DAY: 0.06}}, DAY, DAY)
    seen = observed(days=DaysSeen(rates, NOTHING), account=SesAccount(REGION, **HEALTHY | {"sent_last_day": 12_000.0}))
    assert [one.id for one in reputation.check(seen)] == ["reputation.bounces"]


@pytest.mark.parametrize(
    ("ahead", "severity", "words"),
    [
        (timedelta(seconds=-40), None, ""),
        (timedelta(seconds=90), Severity.WARNING, "90 seconds ahead of AWS's"),
        (timedelta(minutes=-6), Severity.ERROR, "6 minutes behind AWS's"),
        (timedelta(days=400), Severity.ERROR, "576000 minutes ahead of AWS's"),
    ],
)
def test_a_clock_that_is_wrong(observed: Build, ahead: timedelta, severity: Severity | None, words: str) -> None:
    findings = list(clock.check(observed(ahead=ahead)))
    assert [one.severity for one in findings] == ([severity] if severity else [])
    assert all(words in one.message for one in findings)


def test_what_aws_refuses_because_of_the_clock_is_a_consequence_of_it(observed: Build) -> None:
    refused = Unseen("account", "bad_credentials", "SignatureDoesNotMatch: expired", "log in again", is_error=True)
    every = {"account": refused, "identity": refused, "days": refused}
    checks = [check for check in CHECKS if check.needs <= {*every, "ahead"}]
    skew, not_run = diagnose(observed(ahead=timedelta(minutes=-6), **every), checks)
    assert (skew.id, not_run.id, not_run.caused_by, not_run.remedy) == ("clock.skew", NOT_RUN, "clock.skew", "")
