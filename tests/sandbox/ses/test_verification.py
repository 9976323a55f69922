import time
from collections.abc import Callable
from typing import Any

MX = "10 feedback-smtp.us-east-1.amazonses.com"


def _identity(aws: Any, domain: str = "example.com") -> Any:
    client = aws.client("sesv2")
    client.create_email_identity(EmailIdentity=domain)
    client.put_email_identity_mail_from_attributes(EmailIdentity=domain, MailFromDomain=f"bounce.{domain}")
    return client


def _mail_from(client: Any, domain: str = "example.com") -> str:
    return str(client.get_email_identity(EmailIdentity=domain)["MailFromAttributes"]["MailFromDomainStatus"])


def _verification(client: Any) -> dict[str, Any]:
    return dict(client.get_email_identity(EmailIdentity="example.com")["VerificationInfo"])


def test_an_identity_is_verified_once_all_three_records_are_public(aws: Any) -> None:
    client = _identity(aws)
    zone = aws.zone("example.com")
    tokens = aws.publish_dkim(zone, "example.com")
    shown = client.get_email_identity(EmailIdentity="example.com")
    assert (shown["VerificationStatus"], shown["VerifiedForSendingStatus"]) == ("SUCCESS", True)
    assert shown["DkimAttributes"]["Status"] == "SUCCESS"
    assert len(tokens) == 3


def test_two_of_three_records_are_not_enough(aws: Any) -> None:
    client = _identity(aws)
    zone = aws.zone("example.com")
    for token in client.get_email_identity(EmailIdentity="example.com")["DkimAttributes"]["Tokens"][:2]:
        aws.change(zone, "CREATE", f"{token}._domainkey.example.com", "CNAME", f"{token}.dkim.amazonses.com.")
    assert aws.status("example.com") == "PENDING"
    assert _verification(client)["ErrorType"] == "HOST_NOT_FOUND"


def test_a_wrong_record_leaves_the_identity_pending_and_says_so(aws: Any) -> None:
    client = _identity(aws)
    aws.publish_dkim(aws.zone("example.com"), "example.com", "dkim.example.net")
    assert aws.status("example.com") == "PENDING"
    assert _verification(client)["ErrorType"] == "INVALID_VALUE"


def test_verification_takes_its_time_from_when_the_records_were_right(
    aws_with: Any, clock_of_ses: Callable[[float], None]
) -> None:
    aws = aws_with(verification_delay=60.0)
    _identity(aws)
    aws.publish_dkim(aws.zone("example.com"), "example.com")
    assert aws.status("example.com") == "PENDING"
    clock_of_ses(61.0)
    assert aws.status("example.com") == "SUCCESS"


def test_nobody_needs_to_look_for_the_time_to_pass(aws_with: Any, clock_of_ses: Callable[[float], None]) -> None:
    aws = aws_with(verification_delay=60.0)
    _identity(aws)
    aws.publish_dkim(aws.zone("example.com"), "example.com")
    clock_of_ses(61.0)
    assert aws.status("example.com") == "SUCCESS"


def test_records_that_disappear_make_a_temporary_failure_and_return_to_success(aws: Any) -> None:
    client = _identity(aws)
    zone = aws.zone("example.com")
    token = aws.publish_dkim(zone, "example.com")[0]
    assert aws.status("example.com") == "SUCCESS"
    record = (f"{token}._domainkey.example.com", "CNAME", f"{token}.dkim.amazonses.com")
    aws.change(zone, "DELETE", *record)
    shown = client.get_email_identity(EmailIdentity="example.com")
    assert (shown["VerificationStatus"], shown["DkimAttributes"]["Status"]) == (
        "TEMPORARY_FAILURE",
        "TEMPORARY_FAILURE",
    )
    aws.change(zone, "CREATE", *record)
    assert aws.status("example.com") == "SUCCESS"


def test_an_undelegated_zone_verifies_nothing(aws_with: Any) -> None:
    aws = aws_with(undelegated=True)
    _identity(aws)
    aws.publish_dkim(aws.zone("example.com"), "example.com")
    assert aws.status("example.com") == "PENDING"


def test_records_in_the_younger_of_two_zones_of_one_name_are_not_public(aws: Any) -> None:
    _identity(aws)
    first = aws.zone("example.com")
    second = str(
        aws.client("route53").create_hosted_zone(Name="example.com", CallerReference="two")["HostedZone"]["Id"]
    )
    aws.publish_dkim(second, "example.com")
    assert aws.status("example.com") == "PENDING"
    aws.publish_dkim(first, "example.com")
    assert aws.status("example.com") == "SUCCESS"


def test_a_mail_from_domain_needs_its_one_mx(aws: Any) -> None:
    client = _identity(aws)
    zone = aws.zone("example.com")
    assert _mail_from(client) == "PENDING"
    aws.change(zone, "CREATE", "bounce.example.com", "MX", MX)
    assert _mail_from(client) == "SUCCESS"
    aws.change(zone, "DELETE", "bounce.example.com", "MX", MX)
    assert _mail_from(client) == "TEMPORARY_FAILURE"


def test_a_second_mx_or_another_region_s_leaves_the_mail_from_domain_pending(aws: Any) -> None:
    client = _identity(aws)
    zone = aws.zone("example.com")
    aws.change(zone, "UPSERT", "bounce.example.com", "MX", MX, "20 mx.example.net")
    assert _mail_from(client) == "PENDING"
    aws.change(zone, "UPSERT", "bounce.example.com", "MX", "10 feedback-smtp.eu-west-1.amazonses.com")
    assert _mail_from(client) == "PENDING"


def test_another_mail_from_host_starts_over(aws: Any) -> None:
    client = _identity(aws)
    aws.change(aws.zone("example.com"), "CREATE", "bounce.example.com", "MX", MX)
    assert _mail_from(client) == "SUCCESS"
    client.put_email_identity_mail_from_attributes(EmailIdentity="example.com", MailFromDomain="mail.example.com")
    assert _mail_from(client) == "PENDING"


def test_a_key_of_ones_own_verifies_by_its_txt_record(aws: Any) -> None:
    own = {"DomainSigningSelector": "own", "DomainSigningPrivateKey": "bWFkZS11cA=="}
    aws.client("sesv2").create_email_identity(EmailIdentity="example.com", DkimSigningAttributes=own)
    zone = aws.zone("example.com")
    aws.change(zone, "UPSERT", "own._domainkey.example.com", "TXT", '"v=DKIM1; p="')
    assert aws.status("example.com") == "PENDING"
    aws.change(zone, "UPSERT", "own._domainkey.example.com", "TXT", '"v=DKIM1; k=rsa; " "p=MIIBIjANBg"')
    assert aws.status("example.com") == "SUCCESS"


def test_an_address_is_verified_as_if_its_owner_had_clicked_the_link(
    aws_with: Any, clock_of_ses: Callable[[float], None]
) -> None:
    aws = aws_with(verification_delay=60.0)
    aws.client("sesv2").create_email_identity(EmailIdentity="me@example.com")
    assert aws.status("me@example.com") == "PENDING"
    clock_of_ses(61.0)
    assert aws.status("me@example.com") == "SUCCESS"


def test_records_that_do_not_come_are_given_up_and_looked_for_no_more(
    aws_with: Any, clock_of_ses: Callable[[float], None]
) -> None:
    aws = aws_with(give_up_after=3600.0)
    client = _identity(aws)
    assert (aws.status("example.com"), _mail_from(client)) == ("PENDING", "PENDING")
    clock_of_ses(3601.0)
    assert (aws.status("example.com"), _mail_from(client)) == ("FAILED", "FAILED")
    zone = aws.zone("example.com")
    aws.publish_dkim(zone, "example.com")
    aws.change(zone, "CREATE", "bounce.example.com", "MX", MX)
    assert (aws.status("example.com"), _mail_from(client)) == ("FAILED", "FAILED")


def test_what_is_set_once_more_is_looked_for_again(aws_with: Any, clock_of_ses: Callable[[float], None]) -> None:
    aws = aws_with(give_up_after=60.0)
    client = _identity(aws)
    clock_of_ses(61.0)
    assert (aws.status("example.com"), _mail_from(client)) == ("FAILED", "FAILED")
    clock_of_ses(0.0)
    zone = aws.zone("example.com")
    tokens = aws.publish_dkim(zone, "example.com")
    aws.change(zone, "CREATE", "bounce.example.com", "MX", MX)
    client.put_email_identity_dkim_signing_attributes(EmailIdentity="example.com", SigningAttributesOrigin="AWS_SES")
    client.put_email_identity_mail_from_attributes(EmailIdentity="example.com", MailFromDomain="bounce.example.com")
    assert (aws.status("example.com"), _mail_from(client)) == ("SUCCESS", "SUCCESS")
    assert client.get_email_identity(EmailIdentity="example.com")["DkimAttributes"]["Tokens"] == tokens


def test_records_that_came_only_after_ses_had_given_up_came_too_late(aws_with: Any) -> None:
    aws = aws_with(give_up_after=0.1)
    _identity(aws)
    time.sleep(0.15)  # and nobody looks
    aws.publish_dkim(aws.zone("example.com"), "example.com")
    assert aws.status("example.com") == "FAILED"
