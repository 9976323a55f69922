import json
import re
from typing import Any

import pytest


def test_a_new_identity_has_three_tokens_and_a_2048_bit_key(aws: Any) -> None:
    created = aws.client("sesv2").create_email_identity(EmailIdentity="example.com")
    dkim = created["DkimAttributes"]
    assert (created["IdentityType"], created["VerifiedForSendingStatus"]) == ("DOMAIN", False)
    assert len(set(dkim["Tokens"])) == 3
    assert all(re.fullmatch(r"[a-z0-9]{32}", token) for token in dkim["Tokens"])
    assert (dkim["Status"], dkim["NextSigningKeyLength"]) == ("PENDING", "RSA_2048_BIT")


@pytest.mark.parametrize(
    ("region", "suffix"), [("us-east-1", "dkim.amazonses.com"), ("af-south-1", "dkim.af-south-1.amazonses.com")]
)
def test_the_reported_suffix_is_the_documented_one_of_the_region(aws: Any, region: str, suffix: str) -> None:
    created = aws.client("sesv2", region).create_email_identity(EmailIdentity="example.com")
    assert created["DkimAttributes"]["SigningHostedZone"] == suffix


def test_the_reported_suffix_can_be_chosen_and_is_then_what_dns_must_hold(aws_with: Any) -> None:
    aws = aws_with(signing_hosted_zone="dkim.cell7.amazonses.com")
    created = aws.client("sesv2").create_email_identity(EmailIdentity="example.com")
    assert created["DkimAttributes"]["SigningHostedZone"] == "dkim.cell7.amazonses.com"
    zone = aws.zone("example.com")
    aws.publish_dkim(zone, "example.com")
    assert aws.status("example.com") == "PENDING"
    aws.publish_dkim(zone, "example.com", "dkim.cell7.amazonses.com")
    assert aws.status("example.com") == "SUCCESS"


def test_identities_of_one_region_are_unknown_in_another(aws: Any, refusal: Any) -> None:
    aws.client("sesv2").create_email_identity(EmailIdentity="example.com")
    assert refusal(aws.client("sesv2", "eu-west-1").get_email_identity, EmailIdentity="example.com")[2] == 404


@pytest.mark.parametrize("again", ["example.com", "EXAMPLE.com"])
def test_an_identity_cannot_be_created_twice(aws: Any, refusal: Any, again: str) -> None:
    aws.client("sesv2").create_email_identity(EmailIdentity="example.com")
    code, _, status = refusal(aws.client("sesv2").create_email_identity, EmailIdentity=again)
    assert (code, status) == ("AlreadyExistsException", 400)


def test_an_identity_that_is_created_again_has_new_tokens_and_no_old_tags(aws: Any) -> None:
    client = aws.client("sesv2")
    first = client.create_email_identity(EmailIdentity="example.com", Tags=[{"Key": "Customer", "Value": "A"}])
    client.delete_email_identity(EmailIdentity="example.com")
    second = client.create_email_identity(EmailIdentity="example.com")
    assert not set(first["DkimAttributes"]["Tokens"]) & set(second["DkimAttributes"]["Tokens"])
    assert client.get_email_identity(EmailIdentity="example.com")["Tags"] == []


@pytest.mark.parametrize(
    "name",
    ["com", "exa mple.com", "example..com", "-example.com", f"{'a' * 64}.com", "a b@example.com", "@example.com"],
)
def test_an_invalid_name_is_a_bad_request(aws: Any, refusal: Any, name: str) -> None:
    assert refusal(aws.client("sesv2").create_email_identity, EmailIdentity=name)[0] == "BadRequestException"


def test_an_unknown_default_configuration_set_is_not_found(aws: Any, refusal: Any) -> None:
    client = aws.client("sesv2")
    code, _, _ = refusal(client.create_email_identity, EmailIdentity="example.com", ConfigurationSetName="absent")
    assert code == "NotFoundException"
    assert client.list_email_identities()["EmailIdentities"] == []


def test_the_default_configuration_set_can_be_changed_and_taken_away(aws: Any) -> None:
    client = aws.client("sesv2")
    client.create_configuration_set(ConfigurationSetName="example-com")
    client.create_email_identity(EmailIdentity="example.com")
    change = client.put_email_identity_configuration_set_attributes
    change(EmailIdentity="example.com", ConfigurationSetName="example-com")
    assert client.get_email_identity(EmailIdentity="example.com")["ConfigurationSetName"] == "example-com"
    change(EmailIdentity="example.com")
    assert "ConfigurationSetName" not in client.get_email_identity(EmailIdentity="example.com")


def test_settings_of_an_identity_are_read_back(aws: Any) -> None:
    client = aws.client("sesv2")
    client.create_email_identity(
        EmailIdentity="example.com", DkimSigningAttributes={"NextSigningKeyLength": "RSA_1024_BIT"}
    )
    client.put_email_identity_dkim_attributes(EmailIdentity="example.com", SigningEnabled=False)
    client.put_email_identity_feedback_attributes(EmailIdentity="example.com", EmailForwardingEnabled=False)
    client.put_email_identity_mail_from_attributes(
        EmailIdentity="example.com", MailFromDomain="Bounce.example.com", BehaviorOnMxFailure="REJECT_MESSAGE"
    )
    shown = client.get_email_identity(EmailIdentity="example.com")
    assert (shown["DkimAttributes"]["SigningEnabled"], shown["FeedbackForwardingStatus"]) == (False, False)
    assert shown["DkimAttributes"]["NextSigningKeyLength"] == "RSA_1024_BIT"
    assert shown["MailFromAttributes"] == {
        "MailFromDomain": "bounce.example.com",
        "MailFromDomainStatus": "PENDING",
        "BehaviorOnMxFailure": "REJECT_MESSAGE",
    }


def test_a_mail_from_domain_can_be_taken_away(aws: Any) -> None:
    client = aws.client("sesv2")
    client.create_email_identity(EmailIdentity="example.com")
    client.put_email_identity_mail_from_attributes(EmailIdentity="example.com", MailFromDomain="bounce.example.com")
    client.put_email_identity_mail_from_attributes(EmailIdentity="example.com", MailFromDomain="")
    shown = client.get_email_identity(EmailIdentity="example.com")
    assert shown["MailFromAttributes"] == {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"}


@pytest.mark.parametrize("host", ["example.com", "bounce.example.net", "notexample.com"])
def test_a_mail_from_domain_must_be_below_the_identity(aws: Any, refusal: Any, host: str) -> None:
    client = aws.client("sesv2")
    client.create_email_identity(EmailIdentity="example.com")
    put = client.put_email_identity_mail_from_attributes
    assert refusal(put, EmailIdentity="example.com", MailFromDomain=host)[0] == "BadRequestException"


def test_a_new_key_length_keeps_the_tokens(aws: Any) -> None:
    client = aws.client("sesv2")
    tokens = client.create_email_identity(EmailIdentity="example.com")["DkimAttributes"]["Tokens"]
    answer = client.put_email_identity_dkim_signing_attributes(
        EmailIdentity="example.com",
        SigningAttributesOrigin="AWS_SES",
        SigningAttributes={"NextSigningKeyLength": "RSA_1024_BIT"},
    )
    assert (answer["DkimTokens"], answer["DkimStatus"]) == (tokens, "PENDING")


def test_switching_to_a_key_of_ones_own_starts_over(aws: Any) -> None:
    client = aws.client("sesv2")
    client.create_email_identity(EmailIdentity="example.com")
    aws.publish_dkim(aws.zone("example.com"), "example.com")
    assert aws.status("example.com") == "SUCCESS"
    answer = client.put_email_identity_dkim_signing_attributes(
        EmailIdentity="example.com",
        SigningAttributesOrigin="EXTERNAL",
        SigningAttributes={"DomainSigningSelector": "own", "DomainSigningPrivateKey": "bWFkZS11cA=="},
    )
    assert (answer["DkimTokens"], answer["DkimStatus"]) == (["own"], "PENDING")
    assert (
        client.get_email_identity(EmailIdentity="example.com")["DkimAttributes"]["SigningAttributesOrigin"]
        == "EXTERNAL"
    )


def test_a_selector_without_its_key_is_a_bad_request(aws: Any, refusal: Any) -> None:
    client = aws.client("sesv2")
    attributes = {"DomainSigningSelector": "own"}
    code, _, _ = refusal(client.create_email_identity, EmailIdentity="example.com", DkimSigningAttributes=attributes)
    assert code == "BadRequestException"


def test_lists_come_in_pages(aws: Any) -> None:
    client = aws.client("sesv2")
    for number in range(5):
        client.create_email_identity(EmailIdentity=f"d{number}.example.com")
    first = client.list_email_identities(PageSize=3)
    rest = client.list_email_identities(PageSize=3, NextToken=first["NextToken"])
    names = [identity["IdentityName"] for page in (first, rest) for identity in page["EmailIdentities"]]
    assert names == [f"d{number}.example.com" for number in range(5)]
    assert "NextToken" not in rest


def test_a_made_up_token_is_refused(aws: Any, refusal: Any) -> None:
    code, _, status = refusal(aws.client("sesv2").list_email_identities, NextToken="é")
    assert (code, status) == ("BadRequestException", 400)


def test_tags_are_kept_by_the_arn_that_aws_uses(aws: Any, refusal: Any) -> None:
    client = aws.client("sesv2")
    client.create_email_identity(EmailIdentity="example.com", Tags=[{"Key": "Domain", "Value": "example.com"}])
    arn = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "Customer", "Value": "Example Ltd"}])
    client.untag_resource(ResourceArn=arn, TagKeys=["Domain"])
    assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "Customer", "Value": "Example Ltd"}]
    assert client.get_email_identity(EmailIdentity="example.com")["Tags"] == [
        {"Key": "Customer", "Value": "Example Ltd"}
    ]
    assert (
        refusal(client.list_tags_for_resource, ResourceArn=arn.replace("example", "absent"))[0] == "NotFoundException"
    )
    assert refusal(client.list_tags_for_resource, ResourceArn="arn:nonsense")[0] == "BadRequestException"


def test_an_identitys_policies_are_kept_changed_and_deleted(aws: Any, refusal: Any) -> None:
    client, named = aws.client("sesv2"), {"EmailIdentity": "example.com", "PolicyName": "partner"}
    first, second = (policy_of(action) for action in ("ses:SendEmail", "ses:SendRawEmail"))
    client.create_email_identity(EmailIdentity="example.com")
    client.create_email_identity_policy(**named, Policy=first)
    assert refusal(client.create_email_identity_policy, **named, Policy=first)[0] == "AlreadyExistsException"
    client.update_email_identity_policy(**named, Policy=second)
    assert client.get_email_identity(EmailIdentity="example.com")["Policies"] == {"partner": second}
    assert client.get_email_identity_policies(EmailIdentity="example.com")["Policies"] == {"partner": second}
    client.delete_email_identity_policy(**named)
    assert client.get_email_identity_policies(EmailIdentity="example.com")["Policies"] == {}
    assert refusal(client.update_email_identity_policy, **named, Policy=first)[0] == "NotFoundException"


@pytest.mark.parametrize("policy", ["{}", "no JSON", "[]", '{"Statement": []}', '{"Statement": {"Effect": "Deny"}}'])
def test_a_policy_that_says_nothing_about_anybody_is_refused(aws: Any, refusal: Any, policy: str) -> None:
    client = aws.client("sesv2")
    client.create_email_identity(EmailIdentity="example.com")
    create = client.create_email_identity_policy
    assert refusal(create, EmailIdentity="example.com", PolicyName="p", Policy=policy)[0] == "BadRequestException"


def policy_of(action: str) -> str:
    resource = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    said = {"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [said]})
