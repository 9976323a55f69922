from typing import Any

import pytest

SNS = {
    "Enabled": True,
    "MatchingEventTypes": ["BOUNCE"],
    "SnsDestination": {"TopicArn": "arn:aws:sns:us-east-1:123456789012:events"},
}


def _create(aws: Any, **options: Any) -> Any:
    client = aws.client("sesv2")
    client.create_configuration_set(ConfigurationSetName="example-com", **options)
    return client


def _show(client: Any) -> dict[str, Any]:
    return dict(client.get_configuration_set(ConfigurationSetName="example-com"))


def test_a_set_without_options_sends_without_tls_or_metrics(aws: Any) -> None:
    shown = _show(_create(aws))
    assert shown["SendingOptions"] == {"SendingEnabled": True}
    assert shown["DeliveryOptions"] == {"TlsPolicy": "OPTIONAL"}
    assert shown["ReputationOptions"] == {"ReputationMetricsEnabled": False}
    assert "SuppressionOptions" not in shown


def test_options_given_at_creation_are_read_back(aws: Any) -> None:
    options = {
        "SendingOptions": {"SendingEnabled": False},
        "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "SuppressionOptions": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
        "Tags": [{"Key": "Domain", "Value": "example.com"}],
    }
    shown = _show(_create(aws, **options))
    assert {key: shown[key] for key in options} == options


@pytest.mark.parametrize(
    ("operation", "arguments", "option"),
    [
        ("put_configuration_set_sending_options", {"SendingEnabled": False}, "SendingOptions"),
        ("put_configuration_set_delivery_options", {"TlsPolicy": "REQUIRE"}, "DeliveryOptions"),
        ("put_configuration_set_reputation_options", {"ReputationMetricsEnabled": True}, "ReputationOptions"),
        ("put_configuration_set_suppression_options", {"SuppressedReasons": []}, "SuppressionOptions"),
        ("put_configuration_set_tracking_options", {"CustomRedirectDomain": "go.example.com"}, "TrackingOptions"),
    ],
)
def test_each_option_can_be_changed_later(aws: Any, operation: str, arguments: dict[str, Any], option: str) -> None:
    client = _create(aws)
    getattr(client, operation)(ConfigurationSetName="example-com", **arguments)
    assert _show(client)[option] == arguments


def test_a_set_cannot_be_created_twice(aws: Any, refusal: Any) -> None:
    client = _create(aws)
    assert refusal(client.create_configuration_set, ConfigurationSetName="example-com")[0] == "AlreadyExistsException"


@pytest.mark.parametrize("name", ["example.com", "a b", "a" * 65])
def test_a_name_outside_the_alphabet_is_a_bad_request(aws: Any, refusal: Any, name: str) -> None:
    code, _, _ = refusal(aws.client("sesv2").create_configuration_set, ConfigurationSetName=name)
    assert code == "BadRequestException"


def test_a_deleted_set_is_gone_with_its_tags_and_destinations(aws: Any, refusal: Any) -> None:
    client = _create(aws, Tags=[{"Key": "Domain", "Value": "example.com"}])
    aws.client("sns").create_topic(Name="events")
    client.create_configuration_set_event_destination(
        ConfigurationSetName="example-com", EventDestinationName="sns", EventDestination=SNS
    )
    client.delete_configuration_set(ConfigurationSetName="example-com")
    assert refusal(client.delete_configuration_set, ConfigurationSetName="example-com")[2] == 404
    assert _show(_create(aws))["Tags"] == []
    assert (
        client.get_configuration_set_event_destinations(ConfigurationSetName="example-com")["EventDestinations"] == []
    )


def test_an_identity_keeps_the_name_of_its_deleted_default_set(aws: Any) -> None:
    client = _create(aws)
    client.create_email_identity(EmailIdentity="example.com", ConfigurationSetName="example-com")
    client.delete_configuration_set(ConfigurationSetName="example-com")
    assert client.get_email_identity(EmailIdentity="example.com")["ConfigurationSetName"] == "example-com"


def test_event_destinations_are_created_replaced_and_deleted(aws: Any, refusal: Any) -> None:
    client = _create(aws)
    aws.client("sns").create_topic(Name="events")
    named = {"ConfigurationSetName": "example-com", "EventDestinationName": "sns"}
    client.create_configuration_set_event_destination(**named, EventDestination=SNS)
    assert (
        refusal(client.create_configuration_set_event_destination, **named, EventDestination=SNS)[0]
        == "AlreadyExistsException"
    )
    client.update_configuration_set_event_destination(**named, EventDestination={**SNS, "Enabled": False})
    shown = client.get_configuration_set_event_destinations(ConfigurationSetName="example-com")["EventDestinations"]
    assert shown == [{**SNS, "Enabled": False, "Name": "sns"}]
    client.delete_configuration_set_event_destination(**named)
    assert refusal(client.delete_configuration_set_event_destination, **named)[0] == "NotFoundException"


@pytest.mark.parametrize(
    "definition",
    [
        {"MatchingEventTypes": ["SEND"]},
        {**SNS, "EventBridgeDestination": {"EventBusArn": "arn:aws:events:us-east-1:123456789012:event-bus/default"}},
        {**SNS, "MatchingEventTypes": []},
    ],
)
def test_an_event_destination_needs_exactly_one_target_and_an_event(aws: Any, refusal: Any, definition: Any) -> None:
    create = _create(aws).create_configuration_set_event_destination
    code, _, _ = refusal(
        create, ConfigurationSetName="example-com", EventDestinationName="x", EventDestination=definition
    )
    assert code == "BadRequestException"
