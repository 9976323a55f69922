"""The SMTP server, spoken to by real clients."""

import base64
import contextlib
import json
import shutil
import smtplib
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from provisioner.core.credentials.password import derive
from provisioner.core.values.secret import Secret
from provisioner.sandbox.policy.users import Principal
from provisioner.sandbox.ses.sending import SesConfigurationSet, SesIdentity
from provisioner.sandbox.smtp import certificate
from provisioner.sandbox.smtp.account import MailFrom
from provisioner.sandbox.smtp.certificate import Certificate
from provisioner.sandbox.smtp.handler import SmtpLimits
from provisioner.sandbox.smtp.mailbox import Mailbox
from provisioner.sandbox.smtp.server import SmtpServer

REGION = "us-east-1"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
PASSWORD = derive(SECRET, REGION)
USER_ARN = "arn:aws:iam::123456789012:user/provisioner/smtp/mail-example"
ARN = f"arn:aws:ses:{REGION}:123456789012:"


class FakeAccount:
    """An account in production with one verified domain, its set, and a user who may send as it."""

    def __init__(self) -> None:
        self.region = REGION
        self._identities: dict[str, SesIdentity] = {}
        self._mail_from: dict[str, MailFrom] = {}
        self._sets: dict[str, SesConfigurationSet] = {}
        self._principal: Principal | None = None
        self._production = True
        self._enabled = True
        self.has_set("example-com").verifies("example.com", configuration_set="example-com").lets_user(
            statement(
                Resource=[f"{ARN}identity/*", f"{ARN}configuration-set/example-com"],
                Condition={"StringLike": {"ses:FromAddress": "*@example.com", "ses:FeedbackAddress": "*@example.com"}},
            )
        )

    def verifies(self, name: str, *, configuration_set: str | None = None, verified: bool = True) -> "FakeAccount":
        kind = "EMAIL_ADDRESS" if "@" in name else "DOMAIN"
        self._identities[name] = SesIdentity(name, self.arn("identity", name), verified, configuration_set, kind)
        return self

    def bounces_to(self, identity: str, mail_from: MailFrom) -> "FakeAccount":
        self._mail_from[identity] = mail_from
        return self

    def has_set(self, name: str, *, sending: bool = True) -> "FakeAccount":
        self._sets[name] = SesConfigurationSet(name, self.arn("configuration-set", name), sending)
        return self

    def lets_user(self, *statements: dict[str, Any]) -> "FakeAccount":
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        self._principal = Principal("mail-example", USER_ARN, "AIDAEXAMPLE", KEY_ID, Secret(SECRET), (document,))
        return self

    def loses_its_key(self) -> "FakeAccount":
        self._principal = None
        return self

    def enters_the_ses_sandbox(self) -> "FakeAccount":
        self._production = False
        return self

    def is_paused(self) -> "FakeAccount":
        self._enabled = False
        return self

    def arn(self, kind: str, name: str) -> str:
        return f"{ARN}{kind}/{name}"

    def principal(self, key_id: str) -> Principal | None:
        return self._principal if key_id == KEY_ID else None

    def identity(self, address: str) -> SesIdentity | None:
        return self._identities.get(address) or self._identities.get(address.rpartition("@")[2].lower())

    def mail_from(self, identity: SesIdentity) -> MailFrom | None:
        return self._mail_from.get(identity.name)

    def configuration_set(self, name: str) -> SesConfigurationSet | None:
        return self._sets.get(name)

    def production(self) -> bool:
        return self._production

    def sending_enabled(self) -> bool:
        return self._enabled


def statement(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"} | elements


def text(*fields: str, body: str = "Hello\r\n") -> bytes:
    """Return a message with these header fields after a From and a Subject."""
    return "\r\n".join(["From: Shop <info@example.com>", "Subject: Order 1", *fields, "", body]).encode()


@pytest.fixture(scope="module")
def tls() -> Certificate:
    return certificate.create()


@pytest.fixture
def account() -> FakeAccount:
    return FakeAccount()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


Start = Callable[..., SmtpServer]


@pytest.fixture
def start(account: FakeAccount, mailbox: Mailbox, tls: Certificate) -> Iterator[Start]:
    running: list[SmtpServer] = []

    def run(**limits: Any) -> SmtpServer:
        server = SmtpServer(account, tls, mailbox, limits=SmtpLimits(**limits))
        server.start()
        running.append(server)
        return server

    yield run
    for server in running:
        server.stop()


Connect = Callable[..., smtplib.SMTP]


@pytest.fixture
def connect(start: Start, tls: Certificate) -> Iterator[Connect]:
    clients: list[smtplib.SMTP] = []

    def open_session(*, login: bool = True, **limits: Any) -> smtplib.SMTP:
        client = smtplib.SMTP("localhost", start(**limits).port, timeout=10)
        clients.append(client)
        client.starttls(context=tls.client_context())
        if login:
            client.login(KEY_ID, PASSWORD)
        return client

    yield open_session
    for client in clients:
        client.close()


def deliver(client: smtplib.SMTP, raw: bytes, sender: str = "info@example.com", *recipients: str) -> str:
    """Hand a message in and return the reply to its end, code and text."""
    assert client.docmd("MAIL", f"FROM:<{sender}>")[0] == 250
    for recipient in recipients or ("someone@elsewhere.test",):
        assert client.docmd("RCPT", f"TO:<{recipient}>")[0] == 250
    code, reply = client.data(raw)
    return f"{code} {reply.decode()}"


def denied(resource: str) -> str:
    return (
        f"554 Access denied: User `{USER_ARN}' is not authorized to perform `ses:SendRawEmail' "
        f"on resource `{ARN}{resource}'"
    )


def unverified(*addresses: str) -> str:
    return (
        "554 Message rejected: Email address is not verified. The following identities failed the check "
        f"in region US-EAST-1: {', '.join(addresses)}"
    )


class TestConversation:
    def test_the_banner_is_ses_own(self, start: Start) -> None:
        with socket.create_connection(("127.0.0.1", start().port), timeout=5) as client:
            banner = client.recv(512).decode()

        assert banner.startswith("220 email-smtp.amazonaws.com ESMTP SimpleEmailService-")

    def test_before_tls_there_is_starttls_and_no_auth(self, start: Start) -> None:
        with smtplib.SMTP("127.0.0.1", start().port, timeout=5) as client:
            client.ehlo()

            assert client.has_extn("starttls")
            assert not client.has_extn("auth")
            assert not client.has_extn("smtputf8")

    @pytest.mark.parametrize(
        "command", ["MAIL FROM:<info@example.com>", "AUTH LOGIN", "AUTH PLAIN AAAA", "DATA", "RSET"]
    )
    def test_before_tls_everything_else_is_refused(self, start: Start, command: str) -> None:
        with smtplib.SMTP("127.0.0.1", start().port, timeout=5) as client:
            client.ehlo()

            assert client.docmd(command) == (530, b"Must issue a STARTTLS command first")

    def test_under_tls_auth_is_offered(self, connect: Connect) -> None:
        client = connect(login=False)
        _, answer = client.ehlo()

        assert answer.decode().splitlines() == [
            "email-smtp.amazonaws.com",
            "8BITMIME",
            "SIZE 41943040",
            "AUTH PLAIN LOGIN",
            "Ok",
        ]

    def test_tls_starts_once(self, connect: Connect) -> None:
        client = connect(login=False)
        client.ehlo()

        assert client.docmd("STARTTLS")[0] == 503

    def test_a_client_that_does_not_trust_the_certificate_leaves_and_the_server_lives_on(
        self, start: Start, tls: Certificate
    ) -> None:
        port = start().port
        with smtplib.SMTP("localhost", port, timeout=5) as client, pytest.raises(ssl.SSLCertVerificationError):
            client.starttls(context=certificate.create().client_context())
        with smtplib.SMTP("localhost", port, timeout=5) as client:
            assert client.starttls(context=tls.client_context())[0] == 220

    def test_mail_needs_authentication(self, connect: Connect) -> None:
        client = connect(login=False)
        client.ehlo()

        assert client.docmd("MAIL", "FROM:<info@example.com>") == (530, b"Authentication required")

    def test_a_silent_client_is_told_so_and_dropped(self, connect: Connect) -> None:
        client = connect(idle_seconds=0.3)

        assert client.getreply() == (451, b"Timeout waiting for data from client")

    def test_a_message_that_trickles_in_is_not_silence(self, connect: Connect) -> None:
        client = connect(idle_seconds=0.4)
        for command in ("MAIL FROM:<info@example.com>", "RCPT TO:<a@one.test>", "DATA"):
            client.docmd(command)
        for line in text().split(b"\r\n"):
            client.send(line + b"\r\n")
            time.sleep(0.15)

        assert client.docmd(".")[0] == 250

    def test_a_stopped_server_is_gone_and_a_taken_port_is_an_error(
        self, start: Start, account: FakeAccount, mailbox: Mailbox, tls: Certificate
    ) -> None:
        server = start()
        port = server.port
        with pytest.raises(OSError, match="in use"):
            SmtpServer(account, tls, mailbox, port=port).start()
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
        with pytest.raises(RuntimeError, match="call start"):
            _ = server.port

    def test_a_stopping_server_drops_its_clients(self, start: Start) -> None:
        server = start()
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
            assert client.recv(512).startswith(b"220 ")
            server.stop()

            with contextlib.suppress(ConnectionResetError):
                assert client.recv(512) == b""


class TestCredentials:
    @pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
    @pytest.mark.parametrize("initial", [True, False])
    def test_both_mechanisms_work_with_and_without_an_initial_response(
        self, connect: Connect, mechanism: str, initial: bool
    ) -> None:
        client = connect(login=False)
        client.ehlo()
        client.user, client.password = KEY_ID, PASSWORD

        name = mechanism.removeprefix("auth_")
        answer = client.auth(name, getattr(client, mechanism), initial_response_ok=initial)

        assert answer == (235, b"Authentication successful.")

    def test_the_mechanism_may_be_written_in_any_case(self, connect: Connect) -> None:
        client = connect(login=False)
        client.ehlo()

        assert client.docmd("auth", f"plain {b64(f'{chr(0)}{KEY_ID}{chr(0)}{PASSWORD}')}")[0] == 235

    @pytest.mark.parametrize(
        ("user", "password"),
        [
            (KEY_ID, SECRET),
            (KEY_ID, derive(SECRET, "eu-west-1")),
            (KEY_ID, "An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy"),  # the algorithm before 2019
            ("AKIAI44QH8DHBEXAMPLE", PASSWORD),
            ("mail-example", PASSWORD),
            (KEY_ID, ""),
        ],
    )
    def test_anything_but_the_derived_password_of_the_region_is_refused(
        self, connect: Connect, user: str, password: str
    ) -> None:
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            connect(login=False).login(user, password)

        assert (refused.value.smtp_code, refused.value.smtp_error) == (535, b"Authentication Credentials Invalid")

    def test_a_key_that_is_gone_is_refused_at_login_and_in_an_open_session(
        self, account: FakeAccount, connect: Connect
    ) -> None:
        client = connect()
        account.loses_its_key()

        assert deliver(client, text()) == "535 Authentication Credentials Invalid"
        with pytest.raises(smtplib.SMTPAuthenticationError):
            connect()

    def test_the_password_is_in_no_log(self, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("DEBUG")
        caplog.set_level("DEBUG", logger="mail.log")  # a sandbox that ran before in this process made it quiet
        plain = base64.b64encode(f"\0{KEY_ID}\0{PASSWORD}".encode()).decode()

        deliver(connect(), text())

        assert "example.com" in caplog.text  # something was logged at all
        assert not [record for record in caplog.records if record.levelname == "WARNING"]
        for secret in (SECRET, PASSWORD, plain, base64.b64encode(PASSWORD.encode()).decode()):
            assert secret not in caplog.text


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


class TestIam:
    @pytest.fixture
    def identity_only(self, account: FakeAccount) -> FakeAccount:
        return account.lets_user(statement(Resource=f"{ARN}identity/example.com"))

    def test_the_identitys_default_set_must_be_allowed_too(self, connect: Connect, identity_only: FakeAccount) -> None:
        assert deliver(connect(), text()) == denied("configuration-set/example-com")

    def test_a_set_named_in_the_header_must_be_allowed_even_if_it_does_not_exist(
        self, connect: Connect, account: FakeAccount
    ) -> None:
        account.has_set("other-set")
        client = connect()

        for name in ("other-set", "no-such-set"):
            reply = deliver(client, text(f"X-SES-CONFIGURATION-SET: {name}"))
            assert reply == denied(f"configuration-set/{name}")

    def test_a_recipient_that_is_a_verified_identity_must_be_allowed_too(
        self, connect: Connect, identity_only: FakeAccount
    ) -> None:
        identity_only.verifies("example.com").verifies("customer.test")

        assert deliver(connect(), text(), "info@example.com", "boss@customer.test") == denied("identity/customer.test")

    def test_in_the_ses_sandbox_every_recipient_must_be_allowed_but_the_simulators(
        self, connect: Connect, identity_only: FakeAccount
    ) -> None:
        identity_only.verifies("example.com").enters_the_ses_sandbox()
        client = connect()

        assert deliver(client, text()) == denied("identity/someone@elsewhere.test")
        assert deliver(client, text(), "info@example.com", "success@simulator.amazonses.com").startswith("250 Ok")

    def test_another_domain_in_the_from_header_is_refused(self, connect: Connect, account: FakeAccount) -> None:
        account.verifies("victim.test")
        raw = b"From: ceo@victim.test\r\n\r\nHello\r\n"

        assert deliver(connect(), raw) == denied("identity/victim.test")

    def test_another_domain_in_the_envelope_or_the_return_path_field_is_refused(
        self, connect: Connect, account: FakeAccount
    ) -> None:
        account.verifies("victim.test")
        client = connect()

        assert deliver(client, text(), "ceo@victim.test") == denied("identity/example.com")
        assert deliver(client, text("Return-Path: <ceo@victim.test>")) == denied("identity/example.com")

    @pytest.mark.parametrize(
        "condition",
        [
            {"StringEquals": {"ses:ApiVersion": "2", "ses:FromDisplayName": "Shop"}},
            {"Bool": {"aws:SecureTransport": "true"}, "IpAddress": {"aws:SourceIp": ["127.0.0.0/8", "::1/128"]}},
            {"ForAllValues:StringLike": {"ses:Recipients": "*@elsewhere.test"}},
            {"StringLike": {"aws:PrincipalArn": "*/${aws:username}"}},
        ],
    )
    def test_the_request_has_the_condition_keys_that_ses_documents(
        self, connect: Connect, account: FakeAccount, condition: dict[str, Any]
    ) -> None:
        account.lets_user(statement(Condition=condition))

        assert deliver(connect(), text()).startswith("250 Ok ")

    @pytest.mark.parametrize(
        "condition",
        [
            {"StringEquals": {"ses:ApiVersion": "1"}},
            {"ForAllValues:StringLike": {"ses:Recipients": "*@one.test"}},
            {"StringLike": {"ses:FromAddress": "INFO@*"}},
        ],
    )
    def test_a_condition_that_is_not_met_refuses(
        self, connect: Connect, account: FakeAccount, condition: dict[str, Any]
    ) -> None:
        account.lets_user(statement(Condition=condition))

        assert deliver(connect(), text()) == denied("identity/example.com")

    def test_a_policy_that_cannot_be_evaluated_refuses_and_says_what(
        self, connect: Connect, account: FakeAccount
    ) -> None:
        account.lets_user(statement(Condition={"DateLessThan": {"aws:CurrentTime": "2030-01-01"}}))

        assert "'DateLessThan'" in deliver(connect(), text())


class TestVerification:
    @pytest.fixture(autouse=True)
    def free(self, account: FakeAccount) -> FakeAccount:
        return account.lets_user(statement())

    def test_every_unverified_sender_is_named_once(self, connect: Connect, account: FakeAccount) -> None:
        account.verifies("pending.test", verified=False)
        raw = b"From: a@pending.test\r\nSender: b@x.test\r\nReturn-Path: <c@y.test>\r\n\r\nHi\r\n"

        assert deliver(connect(), raw, "a@pending.test") == unverified("a@pending.test", "b@x.test", "c@y.test")

    def test_an_envelope_sender_must_be_verified(self, connect: Connect) -> None:
        assert deliver(connect(), text(), "x@other.test") == unverified("x@other.test")

    def test_in_production_recipients_need_no_verification_in_the_ses_sandbox_they_do(
        self, connect: Connect, account: FakeAccount
    ) -> None:
        client = connect()
        assert deliver(client, text()).startswith("250 Ok ")

        account.enters_the_ses_sandbox().verifies("friend@elsewhere.test")
        recipients = ("friend@elsewhere.test", "a@one.test", "bounce+1@simulator.amazonses.com", "b@two.test")
        assert deliver(client, text(), "info@example.com", *recipients) == unverified("a@one.test", "b@two.test")

    def test_a_missing_set_a_paused_set_and_a_paused_account_stop_mail(
        self, connect: Connect, account: FakeAccount, mailbox: Mailbox
    ) -> None:
        client = connect()

        missing = deliver(client, text("X-SES-CONFIGURATION-SET: none"))
        account.has_set("example-com", sending=False)
        paused = deliver(client, text())
        account.has_set("example-com").is_paused()
        account_paused = deliver(client, text())

        assert missing == "554 Configuration set does not exist: none"
        assert paused == "554 Sending paused for configuration set example-com."
        assert account_paused.startswith("554 Sending paused for this account.")
        assert not mailbox.messages()

    def test_an_identity_that_rejects_without_its_mail_from_domain_does(
        self, connect: Connect, account: FakeAccount
    ) -> None:
        account.bounces_to("example.com", MailFrom("bounce.example.com", verified=False, required=True))

        assert deliver(connect(), text()).startswith("554 MAIL FROM domain not verified")


class TestSyntax:
    @pytest.mark.parametrize(
        ("raw", "reason"),
        [
            (b"Subject: x\r\n\r\nHi", "Missing 'From' header."),
            (b"From: a@example.com\r\nFrom: b@example.com\r\n\r\nHi", "Duplicate header 'From'."),
            (
                b"From: a@example.com, b@example.com\r\n\r\nHi",
                "Expected exactly one address in header 'From', found 2.",
            ),
            (b"From: Nobody\r\n\r\nHi", "Missing final '@domain'"),
            ("From: jürgen@example.com\r\n\r\nHi".encode(), "Address contains illegal characters in user name"),
            ("From: a@münchen.de\r\n\r\nHi".encode(), "Domain contains illegal character"),
        ],
    )
    def test_a_message_must_be_from_exactly_one_ascii_address(self, connect: Connect, raw: bytes, reason: str) -> None:
        assert deliver(connect(), raw).startswith(f"554 Transaction failed: {reason}")

    def test_a_display_name_may_hold_anything(self, connect: Connect, mailbox: Mailbox) -> None:
        raw = b"From: =?utf-8?b?SsO8cmdlbiwgQ28=?= <info@example.com>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHi"

        assert deliver(connect(), raw).startswith("250 Ok ")
        assert mailbox.messages()[0].subject == "Grüße"

    @pytest.mark.parametrize(
        "address", ["no-at-sign", "jürgen@example.com", "a@münchen.de", "a b@example.com", "@x.test"]
    )
    def test_what_is_no_ascii_address_is_refused_at_once(self, connect: Connect, address: str) -> None:
        client = connect()
        client.command_encoding = "utf-8"
        shown = address.encode("ascii", "backslashreplace")

        assert client.docmd("MAIL", f"FROM:<{address}>") == (553, b"<" + shown + b"> Invalid email address")
        client.docmd("MAIL", "FROM:<info@example.com>")
        assert client.docmd("RCPT", f"TO:<{address}>") == (553, b"<" + shown + b"> address unknown")

    def test_the_null_sender_and_smtputf8_are_refused(self, connect: Connect) -> None:
        client = connect()

        assert client.docmd("MAIL", "FROM:<>")[0] == 501
        assert client.docmd("MAIL", "FROM:<info@example.com> SMTPUTF8")[0] == 555
        assert client.docmd("MAIL", "FROM:<info@example.com> BODY=8BITMIME SIZE=10") == (250, b"Ok")

    def test_fifty_recipients_are_the_most(self, connect: Connect) -> None:
        client = connect()
        many = [f"r{i}@elsewhere.test" for i in range(51)]

        assert deliver(client, text(), "info@example.com", *many[:50]).startswith("250 Ok ")
        expected = "554 Transaction failed: Recipient count exceeds 50."
        assert deliver(client, text(), "info@example.com", *many) == expected

    def test_a_message_that_is_too_long_is_refused_announced_or_not(self, connect: Connect) -> None:
        client = connect(message_octets=2000)

        assert client.docmd("MAIL", "FROM:<info@example.com> SIZE=2001") == (552, b"Message is too long.")
        assert deliver(client, text(body="x" * 70 + "\r\n" * 1000)) == "552 Message is too long."
        assert deliver(client, text()).startswith("250 Ok ")


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


def converse(port: int, tls: Certificate, lines: list[str]) -> list[str]:
    """Speak line by line over STARTTLS as PHPMailer does, and return every reply after the handshake."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        reader = plain.makefile("rb")
        for line in (None, "EHLO site.example.com", "STARTTLS"):
            if line:
                plain.sendall(f"{line}\r\n".encode())
            _reply(reader)
        with tls.client_context().wrap_socket(plain, server_hostname="localhost") as secure:
            reader = secure.makefile("rb")
            return [_said(secure, reader, line) for line in lines]


def _said(sock: ssl.SSLSocket, reader: Any, line: str) -> str:
    sock.sendall(f"{line}\r\n".encode())
    return _reply(reader)


def _reply(reader: Any) -> str:
    lines = [reader.readline().decode()]
    while lines[-1][3:4] == "-":
        lines.append(reader.readline().decode())
    return "".join(lines).rstrip()


def b64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def test_the_dialogue_of_phpmailer_is_answered_as_by_ses(start: Start, tls: Certificate, mailbox: Mailbox) -> None:
    replies = converse(
        start().port,
        tls,
        [
            "EHLO site.example.com",
            "AUTH LOGIN",
            b64(KEY_ID),
            b64(PASSWORD),
            "MAIL FROM:<info@example.com>",
            "RCPT TO:<a@one.test>",
            "DATA",
            "From: Site <info@example.com>\r\nSubject: Reset\r\n\r\nHello\r\n.",
            "QUIT",
        ],
    )

    (kept,) = mailbox.messages()
    assert replies == [
        "250-email-smtp.amazonaws.com\r\n250-8BITMIME\r\n250-SIZE 41943040\r\n250-AUTH PLAIN LOGIN\r\n250 Ok",
        "334 VXNlcm5hbWU6",
        "334 UGFzc3dvcmQ6",
        "235 Authentication successful.",
        "250 Ok",
        "250 Ok",
        "354 End data with <CR><LF>.<CR><LF>",
        f"250 Ok {kept.message_id}",
        "221 Bye",
    ]


@pytest.fixture
def swaks(start: Start, tls: Certificate, tmp_path: Path) -> Callable[..., str]:
    """Send by swaks; where it is not installed, by the same dialogue spoken here, so that the same is asserted."""
    port = start().port
    tls.bundle(tmp_path)

    def send(mechanism: str, password: str) -> str:
        if shutil.which("swaks") is None:
            start_auth = [f"AUTH PLAIN {b64(f'{chr(0)}{KEY_ID}{chr(0)}{password}')}"]
            if mechanism == "LOGIN":
                start_auth = ["AUTH LOGIN", b64(KEY_ID), b64(password)]
            envelope = ["MAIL FROM:<info@example.com>", "RCPT TO:<a@one.test>", "DATA"]
            data = "From: info@example.com\r\nSubject: By swaks\r\n\r\nHi\r\n."
            return "\n".join(converse(port, tls, ["EHLO swaks", *start_auth, *envelope, data]))
        command = ["swaks", "--server", "localhost", "--port", str(port), "--tls", "--tls-verify"]
        command += ["--tls-ca-path", str(tmp_path / "ca-bundle.pem"), "--auth", mechanism, "--auth-user", KEY_ID]
        command += ["--auth-password", password, "--from", "info@example.com", "--to", "a@one.test"]
        command += ["--header", "Subject: By swaks"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        return done.stdout + done.stderr

    return send


@pytest.mark.parametrize("mechanism", ["LOGIN", "PLAIN"])
def test_swaks_sends_over_verified_starttls(swaks: Callable[..., str], mechanism: str, mailbox: Mailbox) -> None:
    output = swaks(mechanism, PASSWORD)

    (kept,) = mailbox.messages()
    assert "235 Authentication successful." in output
    assert f"250 Ok {kept.message_id}" in output
    assert kept.subject == "By swaks"


@pytest.mark.parametrize("mechanism", ["LOGIN", "PLAIN"])
def test_swaks_with_the_raw_secret_is_refused(swaks: Callable[..., str], mechanism: str, mailbox: Mailbox) -> None:
    assert "535 Authentication Credentials Invalid" in swaks(mechanism, SECRET)
    assert not mailbox.messages()
