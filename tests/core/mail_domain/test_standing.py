"""Standing: what AWS remembers of a pause, and how it is told."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from provisioner.core.mail_domain.spec import MailDomain, standing_as
from provisioner.core.mail_domain.standing import (
    ALL_GOOD,
    PAUSE_DOCUMENT,
    DomainStanding,
    from_tags,
    is_pause,
    parse_reason,
    standing_steps,
    tag_value,
)
from provisioner.core.standing import GOOD, Grade, Standing
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError

Spec = Callable[..., MailDomain]
EXAMPLE = DomainName("example.com")
THEN = datetime(2026, 11, 28, 3, 10, 0, tzinfo=UTC)
PAUSED = Standing(Grade.PAUSED, THEN, "too many bounces, 12 %")


@pytest.mark.parametrize(
    "standing", [PAUSED, Standing(Grade.PAUSED, None, "spam"), Standing(Grade.PAUSED, THEN)], ids=str
)
def test_a_standing_comes_back_from_the_tags_of_the_identity(standing: Standing) -> None:
    whole = DomainStanding(standing, {"shop": standing, "scanner": GOOD})
    again = from_tags({**whole.to_tags(), "Team": "web"})
    assert (again.domain, again.of("shop"), again.of("scanner")) == (standing, standing, GOOD)
    assert whole.to_tags().keys() == {"ProvisionerStanding", "ProvisionerStanding:shop"}


def test_a_tag_holds_only_what_aws_allows_in_one() -> None:
    assert tag_value(PAUSED) == "paused 2026-11-28T03:10:00Z too many bounces=2C 12 =25"


def test_what_is_good_needs_no_tag_nor_does_a_pause_of_which_nothing_more_is_known() -> None:
    assert ALL_GOOD.to_tags() == {}
    assert DomainStanding(Standing(Grade.PAUSED), {"shop": Standing(Grade.PAUSED)}).to_tags() == {}
    assert from_tags({}) == ALL_GOOD


@pytest.mark.parametrize("text", ["", "paused", "paused yesterday", "held 2026-11-28T03:10:00Z by hand"])
def test_a_tag_that_somebody_wrote_by_hand_counts_as_paused(text: str) -> None:
    assert not from_tags({"ProvisionerStanding": text}).domain.may_send


def test_a_standing_comes_back_from_its_document() -> None:
    whole = DomainStanding(PAUSED, {"shop": Standing(Grade.PAUSED)})
    assert DomainStanding.from_document(whole.to_document()) == whole
    assert DomainStanding.from_document({}) == ALL_GOOD


def test_a_standing_is_told_with_since_when_and_why_as_far_as_known() -> None:
    assert str(PAUSED) == "paused since 2026-11-28 03:10 UTC (too many bounces, 12 %)"
    assert str(Standing(Grade.PAUSED)) == "paused"
    assert PAUSED.to_document() == {
        "enabled": False,
        "since": "2026-11-28T03:10:00+00:00",
        "reason": "too many bounces, 12 %",
    }


def test_what_is_paused_is_told_with_the_command_that_ends_it() -> None:
    steps = list(standing_steps(EXAMPLE, DomainStanding(PAUSED, {"shop": Standing(Grade.PAUSED), "scanner": GOOD})))
    assert [step.rpartition("until ")[2] for step in steps] == [
        "`provisioner resume example.com`",
        "`provisioner resume example.com --sender shop`",
    ]
    assert list(standing_steps(EXAMPLE, ALL_GOOD)) == []


def test_a_domain_that_is_paused_is_to_be_made_paused(spec: Spec) -> None:
    paused = standing_as(spec(), DomainStanding(PAUSED))
    assert not paused.sending_enabled
    assert paused.identity_tags["ProvisionerStanding"] == tag_value(PAUSED)
    assert standing_as(spec(), ALL_GOOD) == spec()


def test_a_tag_that_has_no_room_is_left_out_and_the_domain_is_paused_all_the_same(spec: Spec) -> None:
    many = {f"Key{number}": "x" for number in range(49)}
    full = replace(spec(), tags=many)
    paused = standing_as(full, DomainStanding(PAUSED))
    assert (paused.sending_enabled, dict(paused.identity_tags)) == (False, dict(full.identity_tags))


DENIAL = {"Effect": "Deny", "Action": "ses:*", "Resource": "*"}


@pytest.mark.parametrize(
    "document", [json.loads(PAUSE_DOCUMENT), {"Statement": DENIAL}, {"Statement": [DENIAL, DENIAL]}]
)
def test_a_policy_that_denies_all_of_ses_is_a_pause(document: object) -> None:
    assert is_pause(document)


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        "text",
        {"Statement": []},
        {"Statement": ["Deny"]},
        {"Statement": [DENIAL, {"Effect": "Allow", "Action": "*", "Resource": "*"}]},
        {"Statement": DENIAL | {"Action": "ses:SendEmail"}},
        {"Statement": DENIAL | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}},
    ],
)
def test_a_policy_that_lets_something_through_is_none(document: object) -> None:
    assert not is_pause(document)


def test_a_reason_is_one_line() -> None:
    assert parse_reason("  too many\n bounces ") == "too many bounces"


@pytest.mark.parametrize("text", ["", " \n", "a\x00b", "x" * 300, "," * 100])
def test_what_no_tag_can_hold_is_no_reason(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_reason(text)
    assert caught.value.code == "invalid_reason"
