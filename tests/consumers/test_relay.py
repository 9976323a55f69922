"""What Postfix makes of From, for which there is a table in its form: mail of other programs on the machine."""

import email
import stat
from collections.abc import Callable
from email.message import Message
from email.utils import parseaddr
from pathlib import Path

import pytest
from consumers.machine import run
from consumers.relay import Relay

from provisioner.sandbox.smtp.mailbox import AcceptedMail

RECIPIENT = "someone@elsewhere.test"
CRON = "root@relay.internal.test"

Arrived = Callable[[str], AcceptedMail]
Header = Callable[..., Message]


@pytest.fixture
def pass_on(relay: Relay, arrived: Arrived, request: pytest.FixtureRequest) -> Header:
    """Give Postfix a message with these headers; return it as it left SES."""

    def call(headers: str, envelope: str) -> Message:
        subject = request.node.name
        sent = relay.submit(f"{headers}\nTo: {RECIPIENT}\nSubject: {subject}\n\nHello.\n", RECIPIENT, envelope)
        assert sent.ok, sent.output
        return email.message_from_bytes(arrived(subject).raw)

    return call


@pytest.fixture
def own(relay: Relay, export: Callable[..., Path]) -> None:
    """Postfix with the form of the domain's own login."""
    relay.take(export("postfix"))


@pytest.fixture
def shop(relay: Relay, export: Callable[..., Path]) -> None:
    """Postfix with the form of a sender, whose address is orders@example.com."""
    relay.take(export("postfix", "--sender", "shop"))


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("From: info@example.com", "info@example.com"),
        ("From: The Firm <info@example.com>", "The Firm <info@example.com>"),
        ('From: "Firm, The" <info@example.com>', '"Firm, The" <info@example.com>'),
        ("From: info@example.com (The Firm)", "info@example.com (The Firm)"),
        (f"From: {CRON} (Cron Daemon)", "noreply@example.com"),
        ("From: A Visitor <visitor@elsewhere.test>", "A Visitor <noreply@example.com>"),
        ("From: A Visitor\n <visitor@elsewhere.test>", "A Visitor <noreply@example.com>"),
        ("From: info@notexample.com", "noreply@example.com"),
        ("From: info@sub.example.com", "noreply@example.com"),
        ('From: "info@example.com" <visitor@elsewhere.test>', '"info@example.com" <noreply@example.com>'),
    ],
)
def test_an_address_of_the_domain_stays_and_another_becomes_the_usual_one(
    pass_on: Header, header: str, expected: str
) -> None:
    shown = " ".join(str(pass_on(header, CRON)["From"]).split())
    assert (shown, parseaddr(shown)[1]) == (expected, parseaddr(expected)[1])


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "header", ["orders@example.com", "Orders@example.com", "info@example.com", "xorders@example.com", "A <a@b.test>"]
)
@pytest.mark.parametrize("envelope", ["orders@example.com", CRON])
def test_every_address_becomes_that_of_the_sender(pass_on: Header, header: str, envelope: str) -> None:
    assert parseaddr(str(pass_on(f"From: {header}", envelope)["From"]))[1] == "orders@example.com"


@pytest.mark.usefixtures("own")
def test_an_answer_still_goes_to_the_visitor(pass_on: Header) -> None:
    message = pass_on("From: A Visitor <visitor@elsewhere.test>\nReply-To: visitor@elsewhere.test", CRON)
    assert message["Reply-To"] == "visitor@elsewhere.test"


@pytest.mark.usefixtures("own")
def test_mail_without_a_from_gets_one(pass_on: Header) -> None:
    assert parseaddr(str(pass_on("X-Nothing: else", "root")["From"]))[1] == "noreply@example.com"


def test_the_form_can_be_taken_again_and_its_password_is_private(relay: Relay, export: Callable[..., Path]) -> None:
    relay.take(export("postfix"))
    settings = run("postconf", "-n").stdout
    Path("/etc/postfix/sasl_passwd").chmod(0o644)
    relay.take(export("postfix"))
    assert run("postconf", "-n").stdout == settings
    assert stat.S_IMODE(Path("/etc/postfix/sasl_passwd").stat().st_mode) == 0o600
    assert run("postconf").stderr == ""
