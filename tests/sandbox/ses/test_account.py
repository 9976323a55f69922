from typing import Any

import pytest

from provisioner.sandbox.ses.suppression import suppression

DETAILS = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://example.com/", "ProductionAccessEnabled": True}


def test_an_account_in_production_has_its_quota(aws: Any) -> None:
    account = aws.client("sesv2").get_account()
    assert (account["ProductionAccessEnabled"], account["SendingEnabled"]) == (True, True)
    assert account["SendQuota"]["Max24HourSend"] == 50_000


def test_an_account_in_the_sandbox_may_send_200_a_day_and_not_suppress(aws_with: Any, refusal: Any) -> None:
    client = aws_with(production=False).client("sesv2")
    account = client.get_account()
    assert account["ProductionAccessEnabled"] is False
    assert (account["SendQuota"]["Max24HourSend"], account["SendQuota"]["MaxSendRate"]) == (200, 1)
    put = client.put_suppressed_destination
    assert refusal(put, EmailAddress="gone@example.net", Reason="BOUNCE")[0] == "BadRequestException"


def test_a_request_for_production_access_is_pending_and_cannot_be_repeated(aws_with: Any, refusal: Any) -> None:
    client = aws_with(production=False).client("sesv2")
    client.put_account_details(**DETAILS)
    account = client.get_account()
    assert account["Details"]["ReviewDetails"]["Status"] == "PENDING"
    assert account["Details"]["MailType"] == "TRANSACTIONAL"
    assert account["ProductionAccessEnabled"] is False
    code, _, status = refusal(client.put_account_details, **DETAILS)
    assert (code, status) == ("ConflictException", 409)


def test_the_account_can_be_paused_and_its_suppression_chosen(aws: Any) -> None:
    client = aws.client("sesv2")
    client.put_account_sending_attributes(SendingEnabled=False)
    client.put_account_suppression_attributes(SuppressedReasons=["COMPLAINT"])
    account = client.get_account()
    assert account["SendingEnabled"] is False
    assert account["SuppressionAttributes"] == {"SuppressedReasons": ["COMPLAINT"]}


def test_what_ses_says_of_the_account_can_be_chosen(aws_with: Any) -> None:
    account = aws_with(enforcement="SHUTDOWN", daily_quota=-1.0, sent_last_day=12.0).client("sesv2").get_account()
    assert (account["EnforcementStatus"], account["SendingEnabled"]) == ("SHUTDOWN", False)
    assert (account["SendQuota"]["Max24HourSend"], account["SendQuota"]["SentLast24Hours"]) == (-1, 12)


@pytest.mark.parametrize(("review", "may_ask"), [("PENDING", False), ("DENIED", False), ("FAILED", True)])
def test_a_review_can_have_ended_before(aws_with: Any, refusal: Any, review: str, may_ask: bool) -> None:
    client = aws_with(production=False, review=review).client("sesv2")
    shown = client.get_account()["Details"]["ReviewDetails"]
    assert (shown["Status"], shown["CaseId"]) == (review, "1234567890")
    if may_ask:
        client.put_account_details(**DETAILS)
        assert client.get_account()["Details"]["ReviewDetails"]["Status"] == "PENDING"
    else:
        assert refusal(client.put_account_details, **DETAILS)[0] == "ConflictException"


def test_the_suppression_list_is_per_region_and_exact_in_case(aws: Any, refusal: Any) -> None:
    client = aws.client("sesv2")
    client.put_suppressed_destination(EmailAddress="Gone@example.net", Reason="BOUNCE")
    shown = client.get_suppressed_destination(EmailAddress="Gone@example.net")["SuppressedDestination"]
    assert (shown["EmailAddress"], shown["Reason"]) == ("Gone@example.net", "BOUNCE")
    assert refusal(client.get_suppressed_destination, EmailAddress="gone@example.net")[0] == "NotFoundException"
    assert suppression("GONE@example.net", None, "us-east-1") == "BOUNCE"  # when mail is sent
    other = aws.client("sesv2", "eu-west-1")
    assert refusal(other.get_suppressed_destination, EmailAddress="Gone@example.net")[0] == "NotFoundException"
    client.delete_suppressed_destination(EmailAddress="Gone@example.net")
    assert refusal(client.delete_suppressed_destination, EmailAddress="Gone@example.net")[0] == "NotFoundException"


def test_the_suppression_list_is_filtered_by_reason_and_time(aws: Any) -> None:
    client = aws.client("sesv2")
    client.put_suppressed_destination(EmailAddress="a@example.net", Reason="BOUNCE")
    client.put_suppressed_destination(EmailAddress="b@example.net", Reason="COMPLAINT")
    entry = client.get_suppressed_destination(EmailAddress="b@example.net")["SuppressedDestination"]

    def listed(**filters: Any) -> list[str]:
        found = client.list_suppressed_destinations(**filters)["SuppressedDestinationSummaries"]
        return [summary["EmailAddress"] for summary in found]

    assert listed(Reasons=["COMPLAINT"]) == ["b@example.net"]
    assert listed() == ["a@example.net", "b@example.net"]
    assert listed(EndDate="2020-01-01T00:00:00Z") == []
    assert listed(StartDate=entry["LastUpdateTime"].replace(year=2099)) == []
