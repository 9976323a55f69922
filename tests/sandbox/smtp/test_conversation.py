"""The conversation with the SMTP server up to the message, spoken by real clients."""

import contextlib
import smtplib
import socket
import ssl
import time
from collections.abc import Callable

import pytest
from fakes.ses_account import FakeAccount, deliver, text

from provisioner.sandbox.smtp import certificate
from provisioner.sandbox.smtp.certificate import Certificate
from provisioner.sandbox.smtp.mailbox import Mailbox
from provisioner.sandbox.smtp.server import SmtpServer

Start = Callable[..., SmtpServer]
Connect = Callable[..., smtplib.SMTP]


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
