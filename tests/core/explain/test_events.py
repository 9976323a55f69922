"""Events of SES are read in both dialects, in every envelope and in fragments, with the names that commands need."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provisioner.core.explain.reading import explain

EVENTS = {
    path.stem.removeprefix("event-").removesuffix("-record"): json.loads(path.read_text())
    for path in sorted((Path(__file__).parent / "events").glob("*.json"))
}
EXPECTED = {
    "bounce": ("recipient_server", "no such"),
    "complaint": ("recipient_policy", "marked the mail as spam"),
    "reject": ("ses", "virus"),
    "deliverydelay": ("recipient_server", "expirationTime"),
    "rendering-failure": ("ses", "template"),
    "delivery": ("recipient_server", "accepted"),
}


def _sns(event: Any) -> Any:
    return {"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:x", "Message": json.dumps(event)}


ENVELOPES: dict[str, Callable[[Any], str]] = {
    "bare": json.dumps,
    "indented": lambda event: json.dumps(event, indent=2),
    "in the other dialect": lambda event: json.dumps(event).replace('"eventType"', '"notificationType"'),
    "SNS": lambda event: json.dumps(_sns(event)),
    "Lambda": lambda event: json.dumps({"Records": [{"EventSource": "aws:sns", "Sns": _sns(event)}]}),
    "SQS": lambda event: json.dumps({"Messages": [{"Body": json.dumps(_sns(event))}]}),
    "EventBridge": lambda event: json.dumps({"version": "0", "detail-type": "Email Bounced", "detail": event}),
    "a line of a log": lambda event: f"2026-11-28T05:00:00Z INFO received {json.dumps(event)} (handler 3)",
    "cut off": lambda event: json.dumps(dict(sorted(event.items(), key=lambda item: item[0] == "mail")))[:-40],
    "Python": repr,
}


def test_there_are_events() -> None:
    assert set(EVENTS) == set(EXPECTED)


@pytest.mark.parametrize("envelope", list(ENVELOPES))
@pytest.mark.parametrize("name", list(EXPECTED))
def test_an_event_is_read_in_every_envelope(name: str, envelope: str) -> None:
    layer, words = EXPECTED[name]
    found = explain(ENVELOPES[envelope](EVENTS[name]))
    assert found
    assert found[0].layer == layer
    assert words in found[0].cause


def test_an_event_says_which_address_and_which_domain_it_is_about() -> None:
    bounce = json.loads(json.dumps(EVENTS["bounce"]).replace("sender@example.com", "shop@example.org"))
    commands = [command for one in explain(json.dumps(bounce)) for command in one.commands]
    assert ("suppression", "get", "recipient@example.com") in commands
    complaint = json.loads(json.dumps(EVENTS["complaint"]).replace("sender@example.com", "shop@example.org"))
    assert ("metrics", "example.org") in explain(json.dumps(complaint))[0].commands


def test_what_the_server_said_outweighs_the_type_of_a_bounce_that_says_nothing() -> None:
    said = (
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":'
    )
    said += '[{"emailAddress":"bob@gmail.com","action":"failed","status":"5.7.26","diagnosticCode":"smtp; 550-5.7.26 '
    said += "Unauthenticated email from example.com is not accepted due to domain's DMARC policy.\"}]}}"
    found = explain(said)
    assert [str(one.layer) for one in found] == ["recipient_policy", "recipient_server"]
    assert "DMARC" in found[0].cause


def test_a_type_that_is_not_known_yet_is_explained_by_its_status() -> None:
    said = '{"eventType":"Bounce","bounce":{"bounceType":"Permanent","bounceSubType":"New","bouncedRecipients":'
    said += '[{"emailAddress":"bob@example.net","status":"5.3.4"}]}}'
    assert "message too big" in explain(said)[0].cause


@pytest.mark.parametrize("text", ["{" * 5000, '{"Message": "' + "[" * 3000 + '"}', '{"a": ' * 900 + "1" + "}" * 900])
def test_odd_documents_are_unknown_and_no_fault(text: str) -> None:
    assert explain(text) == ()
