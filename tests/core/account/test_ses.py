"""What SES lets the account do, and what to do about it."""

from dataclasses import replace

import pytest

from provisioner.core.account.ses import SesAccount
from provisioner.core.values.region import Region

VIRGINIA = Region.parse("us-east-1")
WELL = SesAccount(VIRGINIA, True, True, "HEALTHY", 50_000.0, 14.0, 12.0)
CONSOLE = "https://console.aws.amazon.com/ses/home?region=us-east-1#/account"


@pytest.mark.parametrize("account", [WELL, SesAccount(VIRGINIA), replace(WELL, most_a_day=-1.0)], ids=repr)
def test_an_account_of_which_nothing_bad_is_known_has_no_notes(account: SesAccount) -> None:
    assert account.notes == ()


def test_the_sandbox_of_ses_is_told_with_its_quota_and_the_way_out() -> None:
    (note,) = replace(WELL, production=False, most_a_day=200.0, most_a_second=1.0).notes
    assert note == (
        "SES in us-east-1 lets mail of this account out to verified recipients only (200 a day, 1 a second, 12 sent in "
        f"the last 24 hours): ask for production access at {CONSOLE}, or by "
        "`provisioner account request-production --region us-east-1`"
    )


@pytest.mark.parametrize(("review", "words"), [("PENDING", "has not answered yet"), ("DENIED", "has denied")])
def test_who_has_asked_for_production_access_is_not_told_to_ask(review: str, words: str) -> None:
    (note,) = replace(WELL, production=False, review=review).notes
    assert words in note
    assert "request-production" not in note


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sending_enabled": False}, "put-account-sending-attributes --sending-enabled --region us-east-1"),
        ({"enforcement": "PROBATION"}, "under review in us-east-1"),
        ({"enforcement": "SHUTDOWN", "sending_enabled": False}, "has stopped all mail of this account in us-east-1"),
        ({"sent_last_day": 50_000.0}, "the day's quota of this account in us-east-1 is used up"),
        ({"unseen": "ses:GetAccount: AccessDenied"}, "is not known, allow ses:GetAccount"),
    ],
)
def test_what_keeps_mail_in_is_told_with_what_to_do(changed: dict[str, object], words: str) -> None:
    (note,) = replace(WELL, **changed).notes  # type: ignore[arg-type]  # the names are the account's fields
    assert words in note


def test_the_console_is_that_of_the_regions_own_partition() -> None:
    (note,) = SesAccount(Region.parse("us-gov-west-1"), False).notes
    assert "https://console.amazonaws-us-gov.com/ses/home?region=us-gov-west-1#/account" in note


def test_an_account_is_a_document() -> None:
    assert WELL.to_document() == {
        "region": "us-east-1",
        "production_access": True,
        "sending_enabled": True,
        "enforcement_status": "HEALTHY",
        "max_24_hour_send": 50_000.0,
        "max_send_rate": 14.0,
        "sent_last_24_hours": 12.0,
        "review": None,
        "review_case": None,
        "suppressed_reasons": None,
        "unseen": None,
    }
