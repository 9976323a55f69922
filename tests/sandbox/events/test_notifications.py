"""The older dialect, for identities with topics of their own."""

from collections.abc import Iterator
from typing import Any

import pytest

SIMULATOR = "simulator.amazonses.com"
NAMED = {"Identity": "example.com", "NotificationType": "Bounce"}


@pytest.fixture
def identity_topic(sender: Any) -> Iterator[str]:
    """Let the identity tell its bounces to a topic of its own, and the set tell nothing."""
    sender.wants("SEND", enabled=False)
    sender.client("ses").set_identity_notification_topic(**NAMED, SnsTopic=sender.topic)
    yield sender.topic
    sender.client("ses").set_identity_notification_topic(**NAMED, SnsTopic=sender.topic)
    sender.client("ses").set_identity_notification_topic(**NAMED)


def test_an_identity_tells_its_own_topic_in_the_older_dialect(sender: Any, identity_topic: str) -> None:
    sent = sender.send(f"bounce@{SIMULATOR}", "a@one.test")
    (told,) = sender.events()
    assert told["notificationType"] == "Bounce"
    assert "eventType" not in told
    assert told["bounce"]["bouncedRecipients"][0]["status"] == "5.1.1"
    mail = told["mail"]
    assert (mail["messageId"], mail["callerIdentity"], mail["sourceIp"]) == (sent, "example.com", "127.0.0.1")
    assert mail["destination"] == [f"bounce@{SIMULATOR}", "a@one.test"]
    assert not {"tags", "headers", "commonHeaders"} & mail.keys()


def test_both_tell_when_both_are_wanted(sender: Any, identity_topic: str) -> None:
    sender.wants("BOUNCE")
    sender.send(f"bounce@{SIMULATOR}")
    assert [("eventType" in told, "notificationType" in told) for told in sender.events()] == [
        (True, False),
        (False, True),
    ]


def test_a_topic_that_cannot_be_told_is_taken_away_and_feedback_goes_by_mail_again(
    sender: Any, identity_topic: str
) -> None:
    ses = sender.client("sesv2")
    ses.put_email_identity_feedback_attributes(EmailIdentity="example.com", EmailForwardingEnabled=False)
    topic = {"TopicArn": sender.topic, "AttributeName": "Policy", "AttributeValue": '{"Statement": []}'}
    sender.client("sns").set_topic_attributes(**topic)
    sender.send(f"bounce@{SIMULATOR}")
    assert ses.get_email_identity(EmailIdentity="example.com")["FeedbackForwardingStatus"] is True
    assert len(sender.page("events", method="GET")["lost"]) == 1
    sender.send(f"bounce@{SIMULATOR}")
    assert len(sender.page("events", method="GET")["lost"]) == 1
