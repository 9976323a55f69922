"""What SES says and is told of the account and its configuration sets."""

from collections.abc import Callable

import pytest
from botocore.stub import Stubber

from provisioner.adapters.aws.sending import SesSending
from provisioner.adapters.aws.session import AwsSession
from provisioner.core.account.production import ProductionRequest
from provisioner.core.account.publishing import DIMENSION, Destination
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.region import Region
from provisioner.errors import Refused

VIRGINIA = Region.parse("us-east-1")


def test_what_is_published_of_a_set(emulated: AwsSession) -> None:
    client, sending = emulated.client("sesv2", "us-east-1"), SesSending(emulated)
    assert sending.publishing("example-com", VIRGINIA) is None
    client.create_configuration_set(
        ConfigurationSetName="example-com", ReputationOptions={"ReputationMetricsEnabled": True}
    )
    found = sending.publishing("example-com", VIRGINIA)
    assert found is not None
    assert (found.rates, found.counts, list(found.destinations)) == (True, False, [])
    dimension = {"DimensionName": DIMENSION, "DimensionValueSource": "MESSAGE_TAG", "DefaultDimensionValue": "none"}
    client.create_configuration_set_event_destination(
        ConfigurationSetName="example-com",
        EventDestinationName="counts",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["SEND", "BOUNCE"],
            "CloudWatchDestination": {"DimensionConfigurations": [dimension]},
        },
    )
    emulated.client("sns", "us-east-1").create_topic(Name="events")  # SES publishes to it, to see that it may
    client.create_configuration_set_event_destination(
        ConfigurationSetName="example-com",
        EventDestinationName="events",
        EventDestination={
            "MatchingEventTypes": ["BOUNCE"],
            "SnsDestination": {"TopicArn": "arn:aws:sns:us-east-1:123456789012:events"},
        },
    )
    found = sending.publishing("example-com", VIRGINIA)
    assert found is not None
    assert found.counts
    assert list(found.destinations) == [Destination("counts", True, frozenset({DIMENSION}))]


def test_production_access_is_asked_for_once(emulated_with: Callable[..., AwsSession]) -> None:
    session = emulated_with(production=False)
    request = ProductionRequest("https://example.com/", (EmailAddress.parse("admin@example.com"),), "Receipts.")
    SesSending(session).request_production(VIRGINIA, request)
    kept = session.client("sesv2", "us-east-1").get_account()["Details"]
    assert (kept["MailType"], kept["WebsiteURL"]) == ("TRANSACTIONAL", "https://example.com/")
    assert (kept["UseCaseDescription"], kept["AdditionalContactEmailAddresses"]) == ("Receipts.", ["admin@example.com"])
    with pytest.raises(Refused, match="already") as caught:
        SesSending(session).request_production(VIRGINIA, request)
    assert caught.value.code == "review_open"


def test_other_settings_of_suppression_stay(session: AwsSession, stub: Callable[..., Stubber]) -> None:
    chosen = {
        "ConditionThreshold": {
            "ConditionThresholdEnabled": "ENABLED",
            "OverallConfidenceThreshold": {"ConfidenceVerdictThreshold": "HIGH"},
        }
    }
    stubbed = stub("sesv2", "us-east-1")
    attributes = {"SuppressedReasons": ["BOUNCE"], "ValidationAttributes": chosen}
    stubbed.add_response("get_account", {"SuppressionAttributes": attributes})
    wanted = {"SuppressedReasons": ["BOUNCE", "COMPLAINT"], "ValidationAttributes": chosen}
    stubbed.add_response("put_account_suppression_attributes", {}, wanted)
    SesSending(session).suppress_by(VIRGINIA, ("BOUNCE", "COMPLAINT"))


def test_the_reasons_of_the_account_are_chosen(emulated: AwsSession) -> None:
    client = emulated.client("sesv2", "us-east-1")
    client.put_account_suppression_attributes(SuppressedReasons=[])
    SesSending(emulated).suppress_by(VIRGINIA, ("BOUNCE", "COMPLAINT"))
    assert client.get_account()["SuppressionAttributes"]["SuppressedReasons"] == ["BOUNCE", "COMPLAINT"]
