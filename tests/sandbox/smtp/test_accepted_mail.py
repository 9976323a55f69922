"""What the SMTP server takes, keeps, and gives an id to, and how much of it."""

import json
import smtplib
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes

from fakes.ses_account import USER_ARN, FakeAccount, deliver, text

from provisioner.sandbox.smtp.account import MailFrom
from provisioner.sandbox.smtp.mailbox import Mailbox

Connect = Callable[..., smtplib.SMTP]


class TestAcceptedMail:
    def test_a_message_is_accepted_with_an_id_and_kept(self, connect: Connect, mailbox: Mailbox) -> None:
        reply = deliver(connect(), text("To: a@one.test"), "shop@example.com", "a@one.test", "b@two.test")

        (kept,) = mailbox.messages()
        assert reply == f"250 Ok {kept.message_id}"
        assert kept.message_id.startswith("0100")
        assert kept.message_id.endswith("-000000")
        assert (kept.sender, kept.recipients) == ("shop@example.com", ("a@one.test", "b@two.test"))
        assert (kept.from_address, kept.subject) == ("info@example.com", "Order 1")
        assert (kept.identity, kept.configuration_set, kept.user_arn) == ("example.com", "example-com", USER_ARN)
        assert kept.return_path == f"{kept.message_id}@amazonses.com"
        assert kept.size == len(text("To: a@one.test"))

    def test_ses_fields_are_removed_and_message_id_and_date_are_ses_own(
        self, connect: Connect, mailbox: Mailbox, account: FakeAccount
    ) -> None:
        fields = ("X-SES-CONFIGURATION-SET: example-com", "x-ses-message-tags: a=b,\r\n c=d", "Message-ID: <mine@x>")
        deliver(
            connect(), text(*fields, "X-Other: kept", "Date: Thu, 1 Jan 1970 00:00:00 +0000", body=".dot\r\nümlaut")
        )

        (kept,) = mailbox.messages()
        sent = message_from_bytes(kept.raw)
        assert sent.keys() == ["From", "Subject", "X-Other", "Message-ID", "Date"]
        assert sent["Message-ID"] == f"<{kept.message_id}@email.amazonses.com>"
        assert sent["Date"].endswith("+0000")
        assert "1970" not in sent["Date"]
        assert kept.raw.endswith("\r\n\r\n.dot\r\nümlaut\r\n".encode())

    def test_bounces_go_to_the_mail_from_domain_once_it_is_verified(
        self, connect: Connect, mailbox: Mailbox, account: FakeAccount
    ) -> None:
        pending = MailFrom("bounce.example.com", verified=False, required=False)
        client = connect()
        account.bounces_to("example.com", pending)
        deliver(client, text())
        account.bounces_to("example.com", replace(pending, verified=True))
        deliver(client, text())

        hosts = [kept.return_path.rpartition("@")[2] for kept in mailbox.messages()]
        assert hosts == ["amazonses.com", "bounce.example.com"]

    def test_the_mailbox_is_json(self, connect: Connect, mailbox: Mailbox) -> None:
        deliver(connect(), text(body="ü"))

        (document,) = json.loads(json.dumps(mailbox.as_documents()))
        assert document["from"] == "info@example.com"
        assert document["recipients"] == ["someone@elsewhere.test"]
        assert "\\xc3\\xbc" in document["raw"]

    def test_several_messages_may_use_one_connection(self, connect: Connect, mailbox: Mailbox) -> None:
        client = connect()
        for _ in range(3):
            assert deliver(client, text()).startswith("250 Ok ")

        assert len({kept.message_id for kept in mailbox.messages()}) == 3

    def test_mail_to_another_customer_of_the_account_passes_the_house_policy(
        self, connect: Connect, account: FakeAccount
    ) -> None:
        account.verifies("customer.test")

        assert deliver(connect(), text(), "info@example.com", "boss@customer.test").startswith("250 Ok ")


class TestQuota:
    def test_a_configured_rate_and_daily_quota_are_answered_454(self, connect: Connect) -> None:
        rate, day = connect(per_second=0.01), connect(per_day=2)

        assert [deliver(rate, text())[:6] for _ in range(2)] == ["250 Ok", "454 Th"]
        assert deliver(rate, text()) == "454 Throttling failure: Maximum sending rate exceeded"
        assert deliver(day, text(), "info@example.com", "a@x.test", "b@x.test").startswith("250")
        assert deliver(day, text()) == "454 Throttling failure: Daily message quota exceeded"

    def test_without_a_configured_limit_there_is_none(self, connect: Connect) -> None:
        client = connect()

        assert all(deliver(client, text()).startswith("250") for _ in range(20))
