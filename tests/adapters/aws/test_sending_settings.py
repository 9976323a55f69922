"""How identities and configuration sets are set: the emulated ones, and what only a stub can answer."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.sending_settings import SesSendingSettings
from provisioner.adapters.aws.ses import SesIdentities
from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.topics import SnsTopics
from provisioner.core.mail_domain.configuration_set import ConfigurationSet, EventDestination, Target, Topic
from provisioner.core.mail_domain.identity import LastLook, SigningKey
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region

EXAMPLE, VIRGINIA = DomainName.parse("example.com"), Region.parse("us-east-1")
SET = {"ConfigurationSetName": "example-com"}
Stub = Callable[..., Stubber]


@pytest.mark.parametrize(
    ("options", "suppresses"),
    [({}, None), ({"SuppressedReasons": []}, ()), ({"SuppressedReasons": ["COMPLAINT"]}, ("COMPLAINT",))],
    ids=["the account's count", "nothing suppresses", "complaints only"],
)
def test_an_override_that_is_absent_empty_and_partly_are_three_things(
    emulated: AwsSession, options: dict[str, list[str]], suppresses: tuple[str, ...] | None
) -> None:
    ses = emulated.client("sesv2", "us-east-1")
    ses.create_configuration_set(**SET, TrackingOptions={"CustomRedirectDomain": "click.example.com"})
    if options:
        ses.put_configuration_set_suppression_options(**SET, **options)
    assert SesSendingSettings(emulated).configuration_set("example-com", VIRGINIA) == ConfigurationSet(
        "example-com", tls="OPTIONAL", suppresses=suppresses, redirects="click.example.com"
    )


def test_a_set_that_does_not_exist_is_none_and_so_are_its_destinations(emulated: AwsSession) -> None:
    settings = SesSendingSettings(emulated)
    assert settings.configuration_set("example-com", VIRGINIA) is None
    assert settings.destinations("example-com", VIRGINIA) is None


def test_event_destinations_are_read_with_what_they_publish_to(emulated: AwsSession) -> None:
    ses, arn = emulated.client("sesv2", "us-east-1"), "arn:aws:sns:us-east-1:123456789012:bounces"
    ses.create_configuration_set(**SET)
    emulated.client("sns", "us-east-1").create_topic(Name="bounces")
    wanted = {
        "topic": {"SnsDestination": {"TopicArn": arn}, "Enabled": True},
        "counts": {"CloudWatchDestination": {"DimensionConfigurations": []}, "Enabled": False},
    }
    for name, definition in wanted.items():
        ses.create_configuration_set_event_destination(
            **SET, EventDestinationName=name, EventDestination={"MatchingEventTypes": ["BOUNCE"], **definition}
        )
    assert SesSendingSettings(emulated).destinations("example-com", VIRGINIA) == (
        EventDestination("topic", True, ("BOUNCE",), Target.SNS, arn),
        EventDestination("counts", False, ("BOUNCE",), Target.CLOUDWATCH),
    )


def test_identities_are_listed_page_by_page(session: AwsSession, stub: Stub) -> None:
    ses, asked = stub("sesv2", "us-east-1"), {"PageSize": 1000}
    first = {"EmailIdentities": [{"IdentityName": "example.com"}, {}], "NextToken": "next"}
    ses.add_response("list_email_identities", first, asked)
    last = {"EmailIdentities": [{"IdentityName": "a@example.com"}]}
    ses.add_response("list_email_identities", last, asked | {"NextToken": "next"})
    assert SesSendingSettings(session).identities(VIRGINIA) == ["example.com", "a@example.com"]


def test_an_address_without_dkim_of_its_own_is_unsigned(emulated: AwsSession) -> None:
    emulated.client("sesv2", "us-east-1").create_email_identity(EmailIdentity="info@example.com")
    settings = SesSendingSettings(emulated)
    found = settings.identity("info@example.com", VIRGINIA)
    assert found is not None
    assert (found.signing_enabled, found.configuration_set, found.arn[-25:]) == (
        False,
        None,
        "identity/info@example.com",
    )
    assert settings.identity("other@example.com", VIRGINIA) is None


def test_when_ses_looked_and_what_it_signs_with_is_read(session: AwsSession, stub: Stub) -> None:
    made, checked = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    stub("sts", None, 3).add_response("get_caller_identity", {"Account": "1", "Arn": "arn:aws:iam::1:user/a"})
    stub("sesv2", "us-east-1").add_response(
        "get_email_identity",
        {
            "FeedbackForwardingStatus": False,
            "DkimAttributes": {
                "SigningAttributesOrigin": "EXTERNAL",
                "Tokens": ["mail"],
                "CurrentSigningKeyLength": "RSA_1024_BIT",
                "LastKeyGenerationTimestamp": made,
            },
            "MailFromAttributes": {
                "MailFromDomain": "b.example.com",
                "MailFromDomainStatus": "PENDING",
                "BehaviorOnMxFailure": "REJECT_MESSAGE",
            },
            "VerificationInfo": {
                "LastCheckedTimestamp": checked,
                "SOARecord": {"PrimaryNameServer": "ns1.example.net", "SerialNumber": 7},
            },
        },
    )
    status = SesIdentities(session, AwsAccount(session)).status(EXAMPLE, VIRGINIA)
    assert status is not None
    assert status.look == LastLook(checked, None, "ns1.example.net", 7)
    assert status.key == SigningKey("RSA_1024_BIT", None, made, "mail")
    assert (status.refuses_without_mx, status.forwards_feedback, status.dkim_tokens) == (True, False, ())
    assert status.looked_for_since == made


def test_a_topic_is_read_with_its_policy_and_its_key(emulated: AwsSession) -> None:
    key = emulated.client("kms", "us-east-1").create_key()["KeyMetadata"]["KeyId"]
    topic = emulated.client("sns", "us-east-1").create_topic(
        Name="bounces", Attributes={"KmsMasterKeyId": key, "Policy": json.dumps({"Statement": []})}
    )["TopicArn"]
    found = SnsTopics(emulated).topic(topic)
    assert found is not None
    assert (found.policy, found.key, found.key_unseen) == ({"Statement": []}, key, "")
    assert found.key_policy is not None


def test_a_topic_that_does_not_exist_is_none(emulated: AwsSession) -> None:
    assert SnsTopics(emulated).topic("arn:aws:sns:us-east-1:123456789012:gone") is None


def test_a_key_that_may_not_be_seen_is_told_and_hides_nothing_else(session: AwsSession, stub: Stub) -> None:
    stub("sns", "us-east-1").add_response("get_topic_attributes", {"Attributes": {"KmsMasterKeyId": "alias/mail"}})
    stub("kms", "us-east-1").add_client_error("describe_key", "AccessDeniedException", "not authorized")
    found = SnsTopics(session).topic("arn:aws:sns:us-east-1:123456789012:bounces")
    assert found == Topic(
        "arn:aws:sns:us-east-1:123456789012:bounces",
        None,
        "alias/mail",
        key_unseen="kms:DescribeKey: AccessDeniedException: not authorized",
    )
