"""What an event means for a recipient, and whose it is."""

import json
from typing import Any

import pytest
from ses_told import RECEIVED, bounce, event

from provisioner.core.audit.archive import entries_in
from provisioner.core.audit.attribution import sender_of
from provisioner.core.audit.classify import is_complaint
from provisioner.core.values.domain import DomainName
from provisioner.core.values.resource_names import configuration_set_name


def line(document: dict[str, Any]) -> dict[str, Any]:
    (entry,) = entries_in(json.dumps(document), RECEIVED) or ()
    found: dict[str, Any] = json.loads(entry.line)
    return found


@pytest.mark.parametrize(
    ("label", "sub", "of_recipient", "kind", "status"),
    [
        # What the server said goes before SES's label.
        ("Permanent", "General", {"status": "5.1.1", "action": "failed"}, "hard", "5.1.1"),
        ("Transient", "General", {"status": "5.4.4", "action": "failed"}, "hard", "5.4.4"),
        ("Transient", "General", {"diagnosticCode": "smtp; 550 5.3.0 denied"}, "hard", "5.3.0"),
        ("Undetermined", "Undetermined", {"status": "5.0.0"}, "hard", "5.0.0"),
        ("Permanent", "General", {"status": "4.4.7", "action": "failed"}, "soft", "4.4.7"),
        ("Transient", "MailboxFull", {"status": "5.2.2", "action": "failed"}, "hard", "5.2.2"),
        ("Transient", "MailboxFull", {"status": "4.2.2", "action": "failed"}, "soft", "4.2.2"),
        ("Permanent", "General", {"status": "5.1.1 (bad mailbox)"}, "hard", "5.1.1"),
        ("Permanent", "General", {"status": "not known", "diagnosticCode": "smtp; 451 4.7.1 later"}, "soft", "4.7.1"),
        ("Permanent", "General", {"diagnosticCode": "smtp; 421 mx[5.4.4.1] is busy"}, "soft", None),
        ("Transient", "General", {"diagnosticCode": "550-user unknown"}, "hard", None),
        # Without a word of the server, the label is what there is.
        ("Permanent", "General", {}, "hard", None),
        ("Permanent", "NoEmail", {}, "hard", None),
        ("Transient", "MailboxFull", {}, "soft", None),
        ("Transient", "CustomTimeoutExceeded", {"diagnosticCode": "gave up"}, "soft", None),
        ("Undetermined", "Undetermined", {}, "unknown", None),
        ("Strange", "New", {}, "unknown", None),
        # What SES did not even send.
        ("Permanent", "OnAccountSuppressionList", {"status": "5.1.1", "action": "failed"}, "suppressed", "5.1.1"),
        ("Permanent", "OnTenantSuppressionList", {}, "suppressed", None),
        ("Permanent", "Suppressed", {"status": "5.1.1"}, "suppressed", "5.1.1"),
        ("Permanent", "EmailValidationSuppressed", {}, "suppressed", None),
        ("Permanent", "UnsubscribedRecipient", {}, "suppressed", None),
        # What a program answered for its owner, and what is not the end yet.
        ("Transient", "General", {}, "auto_reply", None),
        ("Transient", "General", {"diagnosticCode": "Out of Office: back on Monday"}, "auto_reply", None),
        ("Transient", "General", {"status": "4.0.0", "diagnosticCode": "Automatic reply"}, "auto_reply", "4.0.0"),
        ("Undetermined", "Undetermined", {"diagnosticCode": "auto-reply"}, "auto_reply", None),
        ("Transient", "General", {"status": "5.7.1", "diagnosticCode": "no auto-replies here"}, "hard", "5.7.1"),
        ("Transient", "General", {"status": "4.4.1", "action": "delayed"}, "unknown", "4.4.1"),
        ("Permanent", "General", {"status": "2.0.0", "action": "relayed"}, "unknown", "2.0.0"),
        ("Permanent", "General", {"status": "5.1.1", "action": "FAILED"}, "hard", "5.1.1"),
    ],
)  # fmt: skip  # a table
def test_a_bounce_is_what_the_server_said(
    label: str, sub: str, of_recipient: dict[str, str], kind: str, status: str | None
) -> None:
    found = line(bounce(1, {"emailAddress": "ada@example.net", **of_recipient}, label=label, sub=sub))
    assert (found["kind"], found["status"]) == (kind, status)


def test_each_recipient_of_a_bounce_is_looked_at_for_itself() -> None:
    both = bounce(
        1,
        {"emailAddress": "gone@example.net", "action": "failed", "status": "5.1.1"},
        {"emailAddress": "full@example.net", "action": "failed", "status": "4.2.2"},
        label="Transient",
    )
    entries = entries_in(json.dumps(both), RECEIVED) or ()
    assert [json.loads(entry.line)["kind"] for entry in entries] == ["hard", "soft"]


@pytest.mark.parametrize(
    ("feedback", "sub", "complains", "kind"),
    [
        ("abuse", None, True, None),
        ("virus", None, True, None),
        (None, None, True, None),
        ("not-spam", None, False, None),
        (None, "OnAccountSuppressionList", False, "suppressed"),
        (None, "OnTenantSuppressionList", False, "suppressed"),
    ],
)
def test_who_says_that_it_is_no_spam_does_not_complain(
    feedback: str | None, sub: str | None, complains: bool, kind: str | None
) -> None:
    made = event("complaint")
    made["complaint"] |= {"complaintFeedbackType": feedback, "complaintSubType": sub}
    found = line(made)
    assert (found["feedback"], found["kind"]) == (feedback, kind)
    assert is_complaint(found["type"], found["kind"], found["feedback"]) is complains


LONG = "a-very-long-name-of-a-shop-that-sells-very-long-things.of-a-very-long-name-too.example.com"
IDENTITY = "arn:aws:ses:us-east-1:123456789012:identity/"


@pytest.mark.parametrize(
    ("of_set", "from_domain", "source_arn", "domain"),
    [
        ("example-com", "example.com", None, "example.com"),
        ("example-com", "shop.example.com", None, "example.com"),  # sent through the set of the domain above
        ("a_b-example-com", "other.example", IDENTITY + "third.example", "a-b.example.com"),  # the set goes first
        (None, "Example.COM.", IDENTITY + "third.example", "example.com"),
        ("ConfigSet", "example.com", None, "example.com"),  # no set of ours
        (None, None, IDENTITY + "third.example", "third.example"),
        (None, None, IDENTITY + "ada@third.example", "third.example"),
        ("ConfigSet", None, None, None),
        (None, "not a domain", "no arn", None),
        (None, "-bad-.example", None, None),
        (configuration_set_name(DomainName(LONG)), f"news.{LONG}", None, LONG),
        (configuration_set_name(DomainName(LONG)), None, IDENTITY + LONG, LONG),
        (configuration_set_name(DomainName(LONG)), None, None, None),
    ],
)
def test_the_customer_is_found_by_what_ses_says_and_not_by_what_the_mail_says(
    of_set: str | None, from_domain: str | None, source_arn: str | None, domain: str | None
) -> None:
    made = bounce(1)
    tags = {"ses:configuration-set": of_set, "ses:from-domain": from_domain}
    made["mail"] |= {
        "tags": {name: [value] for name, value in tags.items() if value},
        "sourceArn": source_arn,
        "source": "ceo@victim.example",
        "headers": [{"name": "X-SES-CONFIGURATION-SET", "value": "victim-example"}],
        "commonHeaders": {"from": ["CEO <ceo@victim.example>"]},
    }
    found = line(made)
    assert found["domain"] == domain
    assert found["from"] == "ceo@victim.example"


@pytest.mark.parametrize(
    ("caller", "sender"),
    [("example.com", None), ("example.com+shop", "shop"), ("example=0123+shop", "shop"), (None, None), ("", None)],
)
def test_the_smtp_user_says_which_sender_it_was(caller: str | None, sender: str | None) -> None:
    assert sender_of(caller) == sender
