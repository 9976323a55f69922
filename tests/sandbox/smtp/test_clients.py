"""Whole dialogues of clients that people use, over STARTTLS."""

import base64
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.ses_account import KEY_ID, PASSWORD, SECRET

from provisioner.sandbox.smtp.certificate import Certificate
from provisioner.sandbox.smtp.mailbox import Mailbox
from provisioner.sandbox.smtp.server import SmtpServer

Start = Callable[..., SmtpServer]


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
