"""What SES tells of mail that was handed in over SMTP, as it arrives in a queue."""

import base64
import json
import urllib.error
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

SAMPLES = Path(__file__).parents[2] / "ses_events"  # AWS's own examples
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"
SIMULATOR = "simulator.amazonses.com"
SET = {"ConfigurationSetName": "example-com"}


def _sample(kind: str) -> Any:
    return json.loads((SAMPLES / f"event-{kind.lower()}-record.json").read_text(encoding="utf-8"))


def _only(events: list[Any], kind: str) -> Any:
    (found,) = [event for event in events if event["eventType"] == kind]
    return found


def _is_like(sample: Any, event: Any, where: str = "") -> None:
    """Fail unless an event has all that AWS's example has, in the same form; it may have more."""
    if isinstance(sample, dict):
        assert isinstance(event, dict), where
        for name, value in sample.items():
            if where.endswith((".tags", ".commonHeaders")) and name not in event:
                continue  # what a message carries differs
            assert name in event, f"{where}.{name}"
            _is_like(value, event[name], f"{where}.{name}")
    elif isinstance(sample, list):
        assert isinstance(event, list), where
        assert event, where
        _is_like(sample[0], event[0], f"{where}[]")
    else:
        assert type(sample) is type(event), where
        if where.endswith(("timestamp", "arrivalDate", "expirationTime")):
            assert len(sample) == len(event) == len("2016-10-19T23:20:52.240Z")
            assert datetime.fromisoformat(event).tzinfo is not None


@pytest.mark.parametrize(
    ("recipient", "kinds"),
    [
        (f"success@{SIMULATOR}", ["Send", "Delivery"]),
        (f"success+label@{SIMULATOR}", ["Send", "Delivery"]),
        (f"bounce@{SIMULATOR}", ["Send", "Bounce"]),
        (f"BOUNCE+order.1@{SIMULATOR.upper()}", ["Send", "Bounce"]),
        (f"complaint@{SIMULATOR}", ["Send", "Delivery", "Complaint"]),
        (f"ooto@{SIMULATOR}", ["Send", "Delivery", "Bounce"]),
        (f"suppressionlist@{SIMULATOR}", ["Send", "Bounce"]),
        ("someone@elsewhere.test", ["Send", "Delivery"]),
    ],
)
def test_each_recipient_has_its_events_in_the_form_of_aws(sender: Any, recipient: str, kinds: list[str]) -> None:
    sent = sender.send(recipient)
    events = sender.events()
    assert [event["eventType"] for event in events] == kinds
    assert {event["mail"]["messageId"] for event in events} == {sent}
    for event in events:
        if event["eventType"] != "Bounce" or "ooto" not in recipient:  # an answer has no status
            _is_like(_sample(event["eventType"]), event)
    assert sender.client("sesv2").list_suppressed_destinations()["SuppressedDestinationSummaries"] == []


@pytest.mark.parametrize(
    ("name", "kind", "status", "diagnostic"),
    [
        ("bounce", ("Permanent", "General"), "5.1.1", "smtp; 550 5.1.1 user unknown"),
        ("ooto", ("Transient", "General"), None, None),
        ("suppressionlist", ("Permanent", "General"), "5.1.1", "suppressed address: suppressionlist@"),
    ],
)
def test_the_simulator_bounces_as_on_aws(
    sender: Any, name: str, kind: tuple[str, str], status: str | None, diagnostic: str | None
) -> None:
    sender.send(f"{name}@{SIMULATOR}")
    told = _only(sender.events(), "Bounce")["bounce"]
    assert (told["bounceType"], told["bounceSubType"]) == kind
    (recipient,) = told["bouncedRecipients"]
    assert recipient.get("status") == status
    assert (diagnostic or "") in recipient.get("diagnosticCode", "")
    assert ("action" in recipient) is ("reportingMTA" in told) is (status is not None)


def test_a_complaint_names_the_feedback(sender: Any) -> None:
    sender.send(f"complaint@{SIMULATOR}")
    told = _only(sender.events(), "Complaint")["complaint"]
    assert (told["complaintFeedbackType"], told["complaintSubType"]) == ("abuse", None)
    assert told["userAgent"] == "Amazon SES Mailbox Simulator"


def test_an_event_says_who_sent_what_through_which_set(sender: Any) -> None:
    fields = (
        "X-SES-MESSAGE-TAGS: order=1, kind=invoice",
        "Message-ID: <own@example.com>",
        "Reply-To: help@example.com",
    )
    sent = sender.send("a@one.test", "b@two.test", fields=fields)
    mail = sender.events()[0]["mail"]
    assert (mail["source"], mail["destination"]) == ("info@example.com", ["a@one.test", "b@two.test"])
    assert mail["sourceArn"] == "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    assert mail["tags"] == {
        "ses:source-tls-version": ["TLSv1.3"],
        "ses:operation": ["SendRawEmail"],
        "ses:configuration-set": ["example-com"],
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": ["example.com"],
        "ses:caller-identity": ["example.com"],
        "order": ["1"],
        "kind": ["invoice"],
    }
    assert mail["commonHeaders"] == {
        "from": ["Shop <info@example.com>"],
        "to": ["a@one.test", "b@two.test"],
        "replyTo": ["help@example.com"],
        "messageId": sent,
        "subject": "Order 1",
    }
    assert {"name": "Message-ID", "value": "<own@example.com>"} in mail["headers"]
    assert mail["headersTruncated"] is False


def test_recipients_of_one_host_share_an_event_and_others_have_their_own(sender: Any) -> None:
    sender.send("a@one.test", "b@one.test", "c@two.test", f"bounce@{SIMULATOR}", f"bounce+x@{SIMULATOR}")
    events = sender.events()
    assert [event["delivery"]["recipients"] for event in events if "delivery" in event] == [
        ["a@one.test", "b@one.test"],
        ["c@two.test"],
    ]
    bounced = _only(events, "Bounce")["bounce"]["bouncedRecipients"]
    assert [one["emailAddress"] for one in bounced] == [f"bounce@{SIMULATOR}", f"bounce+x@{SIMULATOR}"]
    assert all(len(event["mail"]["destination"]) == 5 for event in events)


def test_an_event_is_one_line_and_its_end_as_ses_writes_it(sender: Any) -> None:
    sender.send("a@one.test", fields=("X-Note: café <b>\x01",))
    text = sender.texts()[0]
    assert text.endswith('"send":{}}\n')
    assert text.count("\n") == 1
    assert "\\u0001" in text
    assert "café" in text


def test_a_header_of_more_than_ten_kilobytes_is_cut_and_said_to_be(sender: Any) -> None:
    sender.send("a@one.test", fields=tuple(f"X-Filler-{number}: {'x' * 900}" for number in range(20)))
    mail = sender.events()[0]["mail"]
    assert mail["headersTruncated"] is True
    assert mail["headers"][0]["name"] == "From"
    assert sum(len(one["name"]) + len(one["value"]) for one in mail["headers"]) < 10 * 1024


@pytest.mark.parametrize("encoding", ["base64", "7bit"])
def test_a_virus_is_rejected_after_it_was_taken(sender: Any, encoding: str) -> None:
    content = base64.encodebytes(EICAR).decode() if encoding == "base64" else EICAR.decode()
    attachment = f"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{content}"
    body = f"--x\r\nContent-Type: text/plain\r\n\r\nHello\r\n--x\r\n{attachment}\r\n--x--\r\n"
    sender.send("a@one.test", fields=("MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="x"'), body=body)
    events = sender.events()
    assert [event["eventType"] for event in events] == ["Send", "Reject"]
    assert events[1]["reject"] == {"reason": "Bad content"}
    _is_like(_sample("Reject"), events[1])


class TestSuppression:
    def test_a_hard_bounce_puts_an_address_on_the_list_from_which_nothing_is_sent_any_more(self, sender: Any) -> None:
        assert sender.page("recipients", {"Gone@example.net": "bounce"}) == {
            "recipients": {"gone@example.net": "bounce"}
        }
        sent = sender.send("gone@example.net")
        assert _only(sender.events(), "Bounce")["bounce"]["bounceSubType"] == "General"
        listed = sender.client("sesv2").get_suppressed_destination(EmailAddress="gone@example.net")
        assert listed["SuppressedDestination"]["Reason"] == "BOUNCE"
        assert listed["SuppressedDestination"]["Attributes"]["MessageId"] == sent
        sender.send("GONE@example.net")
        told = _only(sender.events(), "Bounce")["bounce"]
        assert (told["bounceType"], told["bounceSubType"]) == ("Permanent", "OnAccountSuppressionList")
        assert told["reportingMTA"] == "dns; amazonses.com"
        assert "on the suppression list for your account" in told["bouncedRecipients"][0]["diagnosticCode"]

    def test_a_complaint_puts_an_address_on_the_list_as_well(self, sender: Any) -> None:
        sender.page("recipients", {"angry@example.net": "complaint"})
        sender.send("angry@example.net")
        assert sender.kinds() == ["Send", "Delivery", "Complaint"]
        sender.send("angry@example.net")
        events = sender.events()
        assert [event["eventType"] for event in events] == ["Send", "Complaint"]
        assert events[1]["complaint"]["complaintSubType"] == "OnAccountSuppressionList"
        assert "complaintFeedbackType" not in events[1]["complaint"]

    @pytest.mark.parametrize("behaviour", ["ooto", "mailbox-full", "success", "delay"])
    def test_what_is_no_hard_bounce_does_not(self, sender: Any, behaviour: str) -> None:
        sender.page("recipients", {"someone@example.net": behaviour})
        sender.send("someone@example.net")
        assert sender.client("sesv2").list_suppressed_destinations()["SuppressedDestinationSummaries"] == []

    @pytest.mark.parametrize(
        ("account", "of_the_set", "suppressed"),
        [
            (["BOUNCE", "COMPLAINT"], None, True),
            (["COMPLAINT"], None, False),
            ([], None, False),
            ([], ["BOUNCE"], True),
            (["BOUNCE", "COMPLAINT"], ["COMPLAINT"], False),
            (["BOUNCE", "COMPLAINT"], [], False),
        ],
    )
    def test_the_reasons_of_the_set_go_before_those_of_the_account(
        self, sender: Any, account: list[str], of_the_set: list[str] | None, suppressed: bool
    ) -> None:
        ses = sender.client("sesv2")
        ses.put_suppressed_destination(EmailAddress="gone@example.net", Reason="BOUNCE")
        ses.put_account_suppression_attributes(SuppressedReasons=account)
        chosen = {} if of_the_set is None else {"SuppressedReasons": of_the_set}
        ses.put_configuration_set_suppression_options(**SET, **chosen)
        sender.send("gone@example.net")
        ses.put_account_suppression_attributes(SuppressedReasons=["BOUNCE", "COMPLAINT"])
        ses.put_configuration_set_suppression_options(**SET)
        assert sender.kinds() == (["Send", "Bounce"] if suppressed else ["Send", "Delivery"])

    def test_without_a_list_of_its_own_an_account_has_the_global_one(self, sender: Any) -> None:
        sender.client("sesv2").put_configuration_set_suppression_options(**SET, SuppressedReasons=[])
        sender.send(f"suppressionlist@{SIMULATOR}")
        sender.client("sesv2").put_configuration_set_suppression_options(**SET)
        assert _only(sender.events(), "Bounce")["bounce"]["bounceSubType"] == "Suppressed"


class TestDelays:
    def test_a_mailbox_that_is_full_for_long_bounces_in_the_end(self, sender: Any) -> None:
        sender.page("recipients", {"full@example.net": "mailbox-full"})
        sender.send("full@example.net")
        events = sender.events()
        assert [event["eventType"] for event in events] == ["Send", "DeliveryDelay", "Bounce"]
        _is_like(_sample("DeliveryDelay"), events[1])
        assert (events[1]["deliveryDelay"]["delayType"], events[2]["bounce"]["bounceSubType"]) == ("MailboxFull",) * 2

    def test_one_that_is_full_for_a_while_takes_the_message(self, sender: Any) -> None:
        sender.page("recipients", {"full@example.net": "delay"})
        sender.send("full@example.net")
        assert sender.kinds() == ["Send", "DeliveryDelay", "Delivery"]


class TestDestinations:
    def test_only_the_kinds_that_a_destination_wants_are_published(self, sender: Any) -> None:
        sender.wants("BOUNCE", "COMPLAINT")
        sender.send("a@one.test", f"bounce@{SIMULATOR}")
        assert sender.kinds() == ["Bounce"]

    def test_one_that_is_disabled_gets_nothing(self, sender: Any) -> None:
        sender.wants("SEND", enabled=False)
        sender.send("a@one.test")
        sender.wants("SEND")
        assert sender.kinds() == []

    def test_events_that_a_topic_refuses_are_lost_and_the_mail_is_sent(self, sender: Any) -> None:
        policy = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}]}
        attribute = {"AttributeName": "Policy", "AttributeValue": json.dumps(policy)}
        sender.client("sns").set_topic_attributes(TopicArn=sender.topic, **attribute)
        assert sender.send("a@one.test")
        assert sender.kinds() == []
        lost = sender.page("events", method="GET")["lost"]
        assert [one["topic_arn"] for one in lost] == [sender.topic] * 2
        assert "explicit deny" in lost[0]["reason"]

    def test_events_for_a_topic_that_is_gone_are_lost_and_the_mail_is_sent(self, sender: Any) -> None:
        sender.client("sns").delete_topic(TopicArn=sender.topic)
        assert sender.send("a@one.test")
        assert "does not exist" in sender.page("events", method="GET")["lost"][0]["reason"]

    def test_a_set_without_destinations_tells_nobody(self, sender: Any) -> None:
        sender.client("sesv2").create_configuration_set(ConfigurationSetName="quiet")
        sender.send("a@one.test", fields=("X-SES-CONFIGURATION-SET: quiet",))
        sender.client("sesv2").delete_configuration_set(ConfigurationSetName="quiet")
        assert sender.kinds() == []
        assert sender.page("events", method="GET")["lost"] == []

    @pytest.mark.parametrize(
        ("topic", "says"),
        [
            ("arn:aws:sns:us-east-1:123456789012:nowhere", "not found"),
            ("arn:aws:sns:eu-west-1:123456789012:feedback", "not found"),
            ("refusing", "Could not publish"),
        ],
    )
    def test_ses_takes_no_destination_that_it_cannot_publish_to(self, sender: Any, topic: str, says: str) -> None:
        ses, sns = sender.client("sesv2"), sender.client("sns")
        sns.create_topic(Name="refusing", Attributes={"Policy": json.dumps({"Statement": []})})
        arn = topic if topic.startswith("arn:") else f"arn:aws:sns:us-east-1:123456789012:{topic}"
        wanted = {"Enabled": True, "MatchingEventTypes": ["SEND"], "SnsDestination": {"TopicArn": arn}}
        named = {**SET, "EventDestinationName": "other", "EventDestination": wanted}
        with pytest.raises(ClientError) as caught:
            ses.create_configuration_set_event_destination(**named)
        assert caught.value.response["Error"]["Code"] == "BadRequestException"
        assert says in caught.value.response["Error"]["Message"]


class TestPauses:
    def test_a_pause_a_policy_and_a_resume_take_effect_on_the_next_message(self, sender: Any) -> None:
        ses = sender.client("sesv2")
        ses.put_configuration_set_sending_options(**SET, SendingEnabled=False)
        with pytest.raises(AssertionError, match="Sending paused"):
            sender.send("a@one.test")
        ses.put_configuration_set_sending_options(**SET, SendingEnabled=True)
        deny = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "ses:*", "Resource": "*"}}
        named = {"UserName": "example.com", "PolicyName": "stop"}
        sender.client("iam").put_user_policy(**named, PolicyDocument=json.dumps(deny))
        with pytest.raises(AssertionError, match="Access denied"):
            sender.send("a@one.test")
        sender.client("iam").delete_user_policy(**named)
        assert sender.kinds() == []
        assert sender.send("a@one.test")
        assert sender.kinds() == ["Send", "Delivery"]


class TestPages:
    def test_injected_events_arrive_as_from_ses(self, sender: Any) -> None:
        texts = ['{"eventType": "Bounce"}', "not JSON", "émoji 🙂", "x" * 200_000]
        answer = sender.page("events", {"topic_arn": sender.topic, "messages": texts})
        assert answer == {"published": 4, "lost": []}
        assert sorted(sender.texts()) == sorted(texts)

    def test_an_injected_event_comes_from_the_set_that_it_names(self, sender: Any) -> None:
        source = "arn:aws:ses:us-east-1:123456789012:configuration-set/example-com"
        allowed = {"Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "sns:Publish"}
        condition = {"StringEquals": {"AWS:SourceArn": source, "AWS:SourceAccount": "123456789012"}}
        policy = {"Statement": [{**allowed, "Resource": sender.topic, "Condition": condition}]}
        attribute = {"AttributeName": "Policy", "AttributeValue": json.dumps(policy)}
        sender.client("sns").set_topic_attributes(TopicArn=sender.topic, **attribute)
        named = json.dumps({"eventType": "Send", "mail": {"tags": {"ses:configuration-set": ["example-com"]}}})
        strange = json.dumps({"eventType": "Send", "mail": {"tags": {"ses:configuration-set": ["unknown"]}}})
        answer = sender.page("events", {"topic_arn": sender.topic, "messages": [named, strange, "text"]})
        assert answer["published"] == 3  # the others come from a set that publishes there

    def test_what_a_topic_does_not_take_is_counted_with_the_reason(self, sender: Any) -> None:
        answer = sender.page("events", {"topic_arn": f"{sender.topic}-gone", "messages": ["a", "b"]})
        assert answer["published"] == 0
        assert ["does not exist" in one["reason"] for one in answer["lost"]] == [True, True]

    @pytest.mark.parametrize(
        ("page", "document"),
        [
            ("events", {"messages": ["a"]}),
            ("events", {"topic_arn": "x", "messages": "a"}),
            ("events", {"topic_arn": "x", "messages": [1]}),
            ("events", ["a"]),
            ("recipients", {"a@example.net": "sulk"}),
            ("recipients", {}),
        ],
    )
    def test_what_a_page_does_not_understand_is_said(self, sender: Any, page: str, document: Any) -> None:
        with pytest.raises(urllib.error.HTTPError) as caught:
            sender.page(page, document)
        assert caught.value.code == 400
        assert json.load(caught.value)["error"]["code"] == f"invalid_{page}"
