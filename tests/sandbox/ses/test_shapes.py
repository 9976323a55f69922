"""Every SES v2 operation that the sandbox adds to moto, or answers differently, against botocore's model."""

import json
import re
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_clients import check_shape

from provisioner.sandbox.ses.account import AccountOperations
from provisioner.sandbox.ses.configuration_sets import ConfigurationSetOperations
from provisioner.sandbox.ses.identities import IdentityOperations
from provisioner.sandbox.ses.policies import PolicyOperations
from provisioner.sandbox.ses.tags import TagOperations

NOW = datetime.now(UTC)
ARN = "arn:aws:ses:us-east-1:123456789012"
SNS = {"MatchingEventTypes": ["SEND", "BOUNCE"], "SnsDestination": {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t"}}
IDENTITY = {"EmailIdentity": "example.com"}
POLICY = '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "ses:SendEmail", "Resource": "*"}}'
SET = {"ConfigurationSetName": "example-com"}
TAGS = [{"Key": "Customer", "Value": "Example Ltd"}]
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("CreateConfigurationSet", {**SET, "Tags": TAGS, "DeliveryOptions": {"TlsPolicy": "REQUIRE"}}),
    ("PutConfigurationSetSendingOptions", {**SET, "SendingEnabled": False}),
    ("PutConfigurationSetReputationOptions", {**SET, "ReputationMetricsEnabled": True}),
    ("PutConfigurationSetDeliveryOptions", {**SET, "TlsPolicy": "OPTIONAL", "MaxDeliverySeconds": 3600}),
    ("PutConfigurationSetSuppressionOptions", {**SET, "SuppressedReasons": ["BOUNCE"]}),
    ("PutConfigurationSetTrackingOptions", {**SET, "CustomRedirectDomain": "go.example.com"}),
    ("PutConfigurationSetArchivingOptions", {**SET, "ArchiveArn": f"{ARN}:mailmanager-archive/a-1"}),
    ("PutConfigurationSetVdmOptions", {**SET, "VdmOptions": {"DashboardOptions": {"EngagementMetrics": "ENABLED"}}}),
    ("CreateConfigurationSetEventDestination", {**SET, "EventDestinationName": "sns", "EventDestination": SNS}),
    ("UpdateConfigurationSetEventDestination", {**SET, "EventDestinationName": "sns", "EventDestination": SNS}),
    ("GetConfigurationSetEventDestinations", SET),
    ("GetConfigurationSet", SET),
    ("ListConfigurationSets", {"PageSize": 10}),
    ("CreateEmailIdentity", {**IDENTITY, **SET, "Tags": TAGS}),
    ("PutEmailIdentityMailFromAttributes", {**IDENTITY, "MailFromDomain": "bounce.example.com"}),
    ("PutEmailIdentityConfigurationSetAttributes", IDENTITY),
    ("PutEmailIdentityDkimAttributes", {**IDENTITY, "SigningEnabled": True}),
    ("PutEmailIdentityDkimSigningAttributes", {**IDENTITY, "SigningAttributesOrigin": "AWS_SES"}),
    ("PutEmailIdentityFeedbackAttributes", {**IDENTITY, "EmailForwardingEnabled": False}),
    ("GetEmailIdentity", IDENTITY),
    ("ListEmailIdentities", {"PageSize": 10}),
    (
        "TagResource",
        {"ResourceArn": f"{ARN}:identity/example.com", "Tags": [{"Key": "Domain", "Value": "example.com"}]},
    ),
    ("ListTagsForResource", {"ResourceArn": f"{ARN}:configuration-set/example-com"}),
    ("UntagResource", {"ResourceArn": f"{ARN}:identity/example.com", "TagKeys": ["Domain", "Customer"]}),
    ("GetAccount", {}),
    ("PutAccountSendingAttributes", {"SendingEnabled": False}),
    ("PutAccountSuppressionAttributes", {"SuppressedReasons": ["COMPLAINT"]}),
    ("PutAccountDetails", {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://example.com/"}),
    ("GetAccount", {}),
    ("PutSuppressedDestination", {"EmailAddress": "gone@example.net", "Reason": "BOUNCE"}),
    ("GetSuppressedDestination", {"EmailAddress": "gone@example.net"}),
    ("ListSuppressedDestinations", {"Reasons": ["BOUNCE"], "StartDate": NOW - timedelta(days=1), "PageSize": 10}),
    ("DeleteSuppressedDestination", {"EmailAddress": "gone@example.net"}),
    ("DeleteConfigurationSetEventDestination", {**SET, "EventDestinationName": "sns"}),
    ("CreateEmailIdentityPolicy", {**IDENTITY, "PolicyName": "p", "Policy": POLICY}),
    ("UpdateEmailIdentityPolicy", {**IDENTITY, "PolicyName": "p", "Policy": POLICY}),
    ("GetEmailIdentityPolicies", IDENTITY),
    ("DeleteEmailIdentityPolicy", {**IDENTITY, "PolicyName": "p"}),
    ("DeleteEmailIdentity", IDENTITY),
    ("DeleteConfigurationSet", SET),
]
GROUPS = (IdentityOperations, PolicyOperations, ConfigurationSetOperations, AccountOperations, TagOperations)


def _own_operations() -> set[str]:
    names = (name for group in GROUPS for name in vars(group) if not name.startswith("_"))
    return {"".join(word.capitalize() for word in name.split("_")) for name in names}


def _called(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
    return getattr(client, re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower())(**arguments)


def test_every_operation_of_ours_answers_in_the_shape_that_the_model_gives(aws: Any) -> None:
    client = aws.client("sesv2")
    aws.client("sns").create_topic(Name="t")
    for operation, arguments in CALLS:
        _called(client, operation, arguments)
    assert aws.checked == _own_operations()


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        (operation, arguments)
        for operation, arguments in CALLS
        if operation.startswith(("Get", "Put", "Update", "Delete"))
    ],
)
def test_an_operation_on_something_absent_is_a_modelled_error_or_harmless(
    aws: Any, refusal: Any, operation: str, arguments: dict[str, Any]
) -> None:
    client = aws.client("sesv2")
    if "Account" in operation or operation == "PutSuppressedDestination":  # the account always exists
        assert _called(client, operation, arguments)
    else:
        code, _, status = refusal(_called, client, operation, arguments)
        assert (code, status) == ("NotFoundException", 404)


@pytest.mark.parametrize(
    ("path", "key"), [("identities", "EmailIdentities"), ("configuration-sets", "ConfigurationSets")]
)
def test_lists_are_also_answered_on_the_paths_that_the_go_sdk_uses(aws: Any, path: str, key: str) -> None:
    aws.client("sesv2").create_email_identity(EmailIdentity="example.com")
    aws.client("sesv2").create_configuration_set(ConfigurationSetName="example-com")
    scope = "Credential=AKIAEXAMPLE/20260101/us-east-1/ses/aws4_request, SignedHeaders=host, Signature=0"
    request = urllib.request.Request(  # noqa: S310 - the server that this test started
        f"{aws.url}/v2/email/{path}?PageSize=5", headers={"Authorization": f"AWS4-HMAC-SHA256 {scope}"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        assert len(json.load(answer)[key]) == 1


def test_the_checker_itself_rejects_an_unknown_member(request: pytest.FixtureRequest) -> None:
    shape = request.getfixturevalue("aws").client("sesv2").meta.service_model.operation_model("GetAccount").output_shape
    with pytest.raises(AssertionError, match="unknown"):
        check_shape({"Nonsense": 1}, shape, "GetAccount")
    with pytest.raises(AssertionError, match="not a boolean"):
        check_shape({"SendingEnabled": {"SendingEnabled": True}}, shape, "GetAccount")
