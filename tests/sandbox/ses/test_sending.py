from typing import Any

from provisioner.sandbox.ses import sending
from provisioner.sandbox.ses.suppression import suppression

REGION = "us-east-1"
ARN = "arn:aws:ses:us-east-1:123456789012"


def _verify(aws: Any, domain: str) -> None:
    aws.client("sesv2").create_email_identity(EmailIdentity=domain)
    aws.publish_dkim(aws.zone(domain), domain)


def test_nothing_covers_a_foreign_address(aws: Any) -> None:
    _verify(aws, "example.com")
    assert sending.identity_for("me@example.net", REGION) is None
    assert sending.identity_for("me@notexample.com", REGION) is None
    assert sending.identity_for("me@example.com", "eu-west-1") is None


def test_a_domain_covers_its_addresses_and_sub_domains(aws: Any) -> None:
    _verify(aws, "example.com")
    expected = sending.SesIdentity("example.com", f"{ARN}:identity/example.com", True, None, "DOMAIN")
    for covered in ("example.com", "Me@Example.COM", "me@news.example.com", "deep.news.example.com."):
        assert sending.identity_for(covered, REGION) == expected


def test_the_most_specific_identity_decides(aws: Any) -> None:
    client = aws.client("sesv2")
    client.create_configuration_set(ConfigurationSetName="news")
    _verify(aws, "example.com")
    client.create_email_identity(EmailIdentity="Me@example.com", ConfigurationSetName="news")
    found = sending.identity_for("Me@example.com", REGION)
    assert found is not None
    assert (found.name, found.kind, found.configuration_set) == ("Me@example.com", "EMAIL_ADDRESS", "news")
    other_case = sending.identity_for("me@example.com", REGION)  # local parts are case-sensitive in SES
    assert other_case is not None
    assert other_case.name == "example.com"


def test_a_verified_domain_goes_before_an_unverified_sub_domain(aws: Any) -> None:
    _verify(aws, "example.com")
    aws.client("sesv2").create_email_identity(EmailIdentity="news.example.com")
    found = sending.identity_for("me@news.example.com", REGION)
    assert found is not None
    assert (found.name, found.verified) == ("example.com", True)


def test_an_unverified_identity_is_found_and_says_so(aws: Any) -> None:
    aws.client("sesv2").create_email_identity(EmailIdentity="example.com")
    found = sending.identity_for("me@example.com", REGION)
    assert found is not None
    assert not found.verified


def test_a_configuration_set_is_found_by_its_exact_name(aws: Any) -> None:
    aws.client("sesv2").create_configuration_set(
        ConfigurationSetName="example-com", SendingOptions={"SendingEnabled": False}
    )
    found = sending.configuration_set("example-com", REGION)
    assert found == sending.SesConfigurationSet("example-com", f"{ARN}:configuration-set/example-com", False)
    assert sending.configuration_set("Example-com", REGION) is None


def test_the_account_s_switches_are_seen(aws_with: Any) -> None:
    client = aws_with(production=True).client("sesv2")
    assert sending.production_access(REGION)
    assert sending.sending_enabled(REGION)
    client.put_account_sending_attributes(SendingEnabled=False)
    client.put_suppressed_destination(EmailAddress="Gone@example.net", Reason="BOUNCE")
    assert not sending.sending_enabled(REGION)
    assert suppression("gone@example.net", None, REGION) == "BOUNCE"
    assert suppression("here@example.net", None, REGION) is None


def test_quotas_depend_on_production_access(aws_with: Any) -> None:
    aws_with(production=False)
    assert sending.send_quota(REGION) == sending.SendQuota(200.0, 1.0)
