"""`metrics`: what CloudWatch has of a domain's configuration set, and why it has no more."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World
from ses_told import RECEIVED, bounce, event

from provisioner.adapters.disk.archive import DirectoryArchive
from provisioner.core.account.metrics import Metric
from provisioner.core.account.publishing import DIMENSION, Destination
from provisioner.core.audit.archive import entries_in, pack

Cli = Callable[..., Any]
TODAY, YESTERDAY = date(1970, 1, 1), date(1969, 12, 31)  # of the clock in memory
COUNTING = Destination("counts", True, frozenset({DIMENSION}))
SET = "example-com"


def test_counts_and_rates_by_day(cli: Cli, in_memory: World) -> None:
    in_memory.sending.publishes(SET, COUNTING)
    in_memory.metrics.has(Metric.SENDS, {YESTERDAY: 20.0, TODAY: 40.0}, SET).has(Metric.BOUNCES, {TODAY: 2.0}, SET)
    in_memory.metrics.has(Metric.BOUNCE_RATE, {TODAY: 0.05}, SET)
    outcome = cli("metrics", "example.com", "--days", "3")
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert lines[0] == "example.com: configuration set example-com in us-east-1, 3 days (UTC)"
    assert lines[2].split()[:6] == ["DATE", "SENDS", "DELIVERIES", "BOUNCES", "COMPLAINTS", "REJECTS"]
    assert lines[2].endswith("BOUNCE RATE  COMPLAINT RATE")
    assert [line.split()[:2] for line in lines[3:6]] == [
        ["1969-12-30", "-"],
        ["1969-12-31", "20"],
        ["1970-01-01", "40"],
    ]
    assert lines[5].endswith("#" * 30)
    assert lines[7:] == ["in all: 60 sends, 2 bounces", "last: bounce rate 5 %"]
    document = cli("metrics", "example.com", "--json").document
    assert len(document["days"]) == 14
    assert (document["totals"]["sends"], document["bounce_rate"], document["complaint_rate"]) == (60, 0.05, None)
    assert document["notes"] == []


def test_without_an_event_destination_the_rates_are_told_and_why_there_are_no_counts(
    cli: Cli, in_memory: World
) -> None:
    in_memory.sending.publishes(SET)
    in_memory.metrics.has(Metric.BOUNCE_RATE, {TODAY: 0.01}, SET)
    outcome = cli("metrics", "example.com")
    assert "SENDS" not in outcome.out
    assert "1970-01-01  1 %" in outcome.out
    assert "only for an event destination to CloudWatch" in outcome.out
    assert outcome.out.endswith("example-com has none\n")


@pytest.mark.parametrize(
    ("destinations", "rates", "words"),
    [
        ((COUNTING,), True, ["counted no mail through configuration set example-com", "once mail goes through"]),
        ((), False, ["example-com has none", "reputation metrics are switched off"]),
        ((Destination("all", False, frozenset({DIMENSION})),), True, ["all (ses:configuration-set, disabled)"]),
        ((Destination("by", True, frozenset({DIMENSION, "campaign"})),), True, ["by (campaign ses:configuration-set)"]),
    ],
)
def test_no_data_is_said_for_what_it_is(
    cli: Cli, in_memory: World, destinations: tuple[Destination, ...], rates: bool, words: list[str]
) -> None:
    in_memory.sending.publishes(SET, *destinations, rates=rates)
    outcome = cli("metrics", "example.com")
    assert outcome.code == 0
    assert "DATE" not in outcome.out
    for word in words:
        assert word in outcome.out


def test_what_may_not_be_looked_at_is_said(cli: Cli, in_memory: World) -> None:
    in_memory.sending.does_not_allow()
    assert "could not look at what SES publishes of configuration set" in cli("metrics", "example.com").out
    in_memory.metrics.does_not_allow()
    refused = cli("metrics", "example.com", "--json")
    assert (refused.code, refused.error["code"]) == (1, "access_denied")


def test_a_domain_without_a_configuration_set_is_an_error(cli: Cli, in_memory: World) -> None:
    outcome = cli("metrics", "example.com", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "no_configuration_set")


@pytest.mark.usefixtures("provisioned")
def test_the_region_of_the_domain_is_remembered(cli: Cli, in_memory: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    in_memory.sending.publishes(SET)
    assert cli("metrics", "example.com", "--json").document["region"] == "us-east-1"
    assert cli("metrics", "example.com", "--region", "eu-west-1", "--json").document["region"] == "eu-west-1"
    assert cli("metrics", "other.com", "--json").error["code"] == "no_region"


def test_days_are_as_many_as_cloudwatch_keeps(cli: Cli, in_memory: World) -> None:
    for days in ("0", "456", "many"):
        assert cli("metrics", "example.com", "--days", days).code == 2


@pytest.fixture
def kept(in_memory: World, tmp_path: Path) -> World:
    """An archive with two days of mail of example.com, and mail of others."""
    (tmp_path / "copies").mkdir()
    in_memory.copies, in_memory.archive.is_there = DirectoryArchive(tmp_path / "copies"), True
    in_memory.clock.seconds = datetime(2017, 8, 5, 12, tzinfo=UTC).timestamp()
    made = [bounce(number) for number in range(3)]
    made += [event("send", 9, timestamp="2017-08-04T00:00:00Z"), event("complaint", 4)]
    made += [bounce(5, sub="OnAccountSuppressionList"), event("complaint", 6, set_name="other-org")]
    made[0]["bounce"]["bouncedRecipients"][0]["diagnosticCode"] = 'smtp; 550 ,"raw":{"domain":"x"}'
    entries = [entry for one in made for entry in entries_in(json.dumps(one), RECEIVED) or ()]
    for packed in pack(entries):
        in_memory.archive.put(packed.key, packed.data)
    return in_memory


def test_counts_that_cloudwatch_has_not_come_from_the_archive(cli: Cli, kept: World) -> None:
    kept.sending.publishes(SET)
    document = cli("metrics", "example.com", "--json").document
    by_day = {day["date"]: day for day in document["days"] if day["sends"] or day["bounces"]}
    assert {day: (one["sends"], one["bounces"], one["complaints"]) for day, one in by_day.items()} == {
        "2017-08-04": (1, None, None),
        "2017-08-05": (None, 3, 1),
    }
    assert document["notes"][0] == "the counts are from the archive of events, one for each recipient"
    assert not any("only for an event destination" in note for note in document["notes"])


def test_counts_of_cloudwatch_need_no_archive(cli: Cli, kept: World) -> None:
    kept.sending.publishes(SET, COUNTING)
    kept.metrics.has(Metric.SENDS, {date(2017, 8, 5): 20.0}, SET)
    assert cli("metrics", "example.com", "--json").document["totals"]["sends"] == 20
    assert not kept.archive.calls.made["objects"]


def test_an_archive_that_may_not_be_read_is_a_warning(cli: Cli, kept: World) -> None:
    kept.sending.publishes(SET)
    kept.archive.calls.fails("objects")
    assert cli("metrics", "example.com").code == 0
    assert "could not be looked at" in kept.progress.warnings[0]
