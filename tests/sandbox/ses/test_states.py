"""States of SES that last for days on AWS, shown at once and held."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_clients import Aws
from knobs import Knobs

from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

D, DAY = "example.com", 86400
MX = "10 feedback-smtp.us-east-1.amazonses.com"


@dataclass
class Shown:
    """A sandbox with example.com, verified."""

    aws: Aws
    knobs: Knobs
    zone: str
    tokens: list[str]

    def identity(self, region: str = "us-east-1") -> dict[str, Any]:
        found: dict[str, Any] = self.aws.client("sesv2", region).get_email_identity(EmailIdentity=D)
        return found


@pytest.fixture(scope="module")
def whole() -> Iterator[Shown]:
    with Sandbox(SandboxSettings(verification_delay=0.0)) as sandbox:
        aws = Aws(sandbox.addresses.aws)
        zone, ses = aws.zone(D), aws.client("sesv2")
        ses.create_email_identity(EmailIdentity=D)
        ses.put_email_identity_mail_from_attributes(EmailIdentity=D, MailFromDomain=f"bounce.{D}")
        aws.change(zone, "CREATE", f"bounce.{D}", "MX", MX)
        yield Shown(aws, Knobs(aws.url), zone, aws.publish_dkim(zone, D))


@pytest.fixture
def shown(whole: Shown) -> Iterator[Shown]:
    yield whole
    whole.knobs.clear()


def ago(moment: datetime) -> timedelta:
    return datetime.now(UTC) - moment


@pytest.mark.parametrize(
    ("status", "error", "sends"),
    [
        ("FAILED", "HOST_NOT_FOUND", False),
        ("TEMPORARY_FAILURE", "TYPE_NOT_FOUND", True),
        ("PENDING", "DNS_SERVER_ERROR", False),
        ("PENDING", None, False),
        ("NOT_STARTED", None, False),
    ],
)
def test_dkim_is_what_it_is_told_to_be_although_dns_is_right(
    shown: Shown, status: str, error: str | None, sends: bool
) -> None:
    shown.knobs.state(D, dkim={"status": status, "error": error, "checked_ago": 600}, age=50 * 3600)
    found = shown.identity()
    assert (found["DkimAttributes"]["Status"], found["VerificationStatus"]) == (status, status)
    assert found["VerifiedForSendingStatus"] is sends
    assert found["VerificationInfo"].get("ErrorType") == error
    assert "LastSuccessTimestamp" not in found["VerificationInfo"]
    assert timedelta(minutes=10) <= ago(found["VerificationInfo"]["LastCheckedTimestamp"]) < timedelta(minutes=11)
    assert timedelta(hours=50) <= ago(found["DkimAttributes"]["LastKeyGenerationTimestamp"]) < timedelta(hours=51)


def test_a_success_stays_although_dns_is_wrong_by_now(shown: Shown) -> None:
    shown.knobs.state(D, dkim={"status": "SUCCESS", "succeeded_ago": DAY})
    shown.knobs.records(D, f"{shown.tokens[1]}._domainkey.{D}", "CNAME")
    found = shown.identity()
    assert (found["VerificationStatus"], found["VerifiedForSendingStatus"]) == ("SUCCESS", True)
    assert ago(found["VerificationInfo"]["LastSuccessTimestamp"]) >= timedelta(days=1)


@pytest.mark.parametrize("status", ["FAILED", "TEMPORARY_FAILURE", "PENDING"])
def test_so_is_mail_from(shown: Shown, status: str) -> None:
    shown.knobs.state(D, mail_from={"status": status})
    found = shown.identity()
    assert found["MailFromAttributes"]["MailFromDomainStatus"] == status
    assert found["VerificationStatus"] == "SUCCESS"


@pytest.mark.parametrize("status", ["FAILED", "PENDING"])
def test_what_is_begun_again_is_looked_at_again(shown: Shown, status: str) -> None:
    shown.knobs.state(D, dkim={"status": status}, mail_from={"status": status})
    ses = shown.aws.client("sesv2")
    length = {"NextSigningKeyLength": "RSA_2048_BIT"}
    ses.put_email_identity_dkim_signing_attributes(
        EmailIdentity=D, SigningAttributesOrigin="AWS_SES", SigningAttributes=length
    )
    ses.put_email_identity_mail_from_attributes(EmailIdentity=D, MailFromDomain=f"bounce.{D}")
    found = shown.identity()
    assert found["DkimAttributes"]["Tokens"] == shown.tokens
    assert found["VerificationStatus"] == found["MailFromAttributes"]["MailFromDomainStatus"] == "SUCCESS"


def test_what_is_taken_back_is_looked_at_again(shown: Shown) -> None:
    shown.knobs.state(D, dkim={"status": "FAILED"})
    shown.knobs.clear("other.example")
    assert shown.identity()["VerificationStatus"] == "FAILED"
    shown.knobs.clear(D)
    assert shown.identity()["VerificationStatus"] == "SUCCESS"


def test_ses_reports_the_zones_start_of_authority(shown: Shown) -> None:
    soa = shown.identity()["VerificationInfo"]["SOARecord"]
    assert (soa["AdminEmail"], soa["SerialNumber"]) == ("awsdns-hostmaster.amazon.com.", 1)


def test_another_zone_can_be_where_the_records_shall_point_to(shown: Shown) -> None:
    shown.knobs.state(D, signing_hosted_zone="dkim.us-east-1.amazonses.com")
    found = shown.identity()
    assert found["DkimAttributes"]["SigningHostedZone"] == "dkim.us-east-1.amazonses.com"
    assert found["VerificationStatus"] == "TEMPORARY_FAILURE"
    shown.knobs.state(D, signing_hosted_zone=None)
    assert shown.identity()["VerificationStatus"] == "SUCCESS"


def test_a_replica_has_the_tokens_of_its_primary_and_is_lost_without_it(shown: Shown) -> None:
    ireland = shown.aws.client("sesv2", "eu-west-1")
    origin = {"DomainSigningAttributesOrigin": "AWS_SES_US_EAST_1"}
    made = ireland.create_email_identity(EmailIdentity=D, DkimSigningAttributes=origin)
    assert made["DkimAttributes"]["Tokens"] == shown.tokens
    assert made["DkimAttributes"]["SigningAttributesOrigin"] == "AWS_SES_US_EAST_1"
    assert shown.identity("eu-west-1")["VerificationStatus"] == "SUCCESS"
    ireland.put_email_identity_dkim_signing_attributes(EmailIdentity=D, SigningAttributesOrigin="AWS_SES_US_WEST_2")
    lost = shown.identity("eu-west-1")
    assert lost["VerificationInfo"]["ErrorType"] == "REPLICATION_PRIMARY_NOT_FOUND"
    assert lost["VerificationStatus"] == "PENDING"
    ireland.delete_email_identity(EmailIdentity=D)


def test_the_account_is_what_it_is_told_to_be(shown: Shown) -> None:
    shown.knobs.account(enforcement="PROBATION", review="DENIED", daily_quota=-1, sent_last_day=12.0, production=False)
    found = shown.aws.client("sesv2").get_account()
    assert (found["EnforcementStatus"], found["ProductionAccessEnabled"]) == ("PROBATION", False)
    assert found["Details"]["ReviewDetails"]["Status"] == "DENIED"
    assert found["SendQuota"] == {"Max24HourSend": -1.0, "MaxSendRate": 1.0, "SentLast24Hours": 12.0}
    shown.knobs.clear()
    found = shown.aws.client("sesv2").get_account()
    assert (found["EnforcementStatus"], found["ProductionAccessEnabled"], "Details" in found) == (
        "HEALTHY",
        True,
        False,
    )


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"ses": [{"identity": "nobody.example", "dkim": {"status": "FAILED"}}]}, "no identity nobody.example"),
        ({"ses": [{"identity": D, "dkim": {"status": "LOST"}}]}, "no state of SES"),
        ({"ses": [{"identity": D, "dkim": {"status": "FAILED", "error": "ODD"}}]}, "ODD is no error"),
        ({"ses": [{"identity": D, "dkim": {"status": "FAILED", "since": 3}}]}, "no state of SES"),
        ({"ses": [{"identity": D, "age": "old"}]}, "no number"),
        ({"ses": [{"identity": D, "dcim": {}}]}, "no state of an identity"),
        ({"account": {"enforcement": "STRICT"}}, "nothing that SES says"),
        ({"account": {"daily_quota": "much"}}, "nothing that SES says"),
        ({"account": {"mood": 1}}, "nothing that SES says"),
        ({"account": {"region": "moon-1"}}, "no region moon-1"),
        ({"account": []}, "is an object"),
        ({"ses": "x"}, "is a list of objects"),
        ({"dns": 5}, "is a list of objects"),
        ({"smtp": "odd"}, "not a fault"),
        ({"clock_skew": "late"}, "no number"),
    ],
)
def test_what_ses_never_says_is_refused(shown: Shown, document: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        shown.knobs.turn(**document)
    assert shown.identity()["VerificationStatus"] == "SUCCESS"
