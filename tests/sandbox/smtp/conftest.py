"""A running SMTP server, and clients that have logged in."""

import smtplib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fakes.ses_account import KEY_ID, PASSWORD, FakeAccount

from provisioner.sandbox.faults import SmtpFaults
from provisioner.sandbox.smtp import certificate
from provisioner.sandbox.smtp.certificate import Certificate
from provisioner.sandbox.smtp.handler import SmtpLimits
from provisioner.sandbox.smtp.mailbox import Mailbox
from provisioner.sandbox.smtp.server import SmtpServer


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

    def run(*, wrapped: bool = False, faults: SmtpFaults | None = None, **limits: Any) -> SmtpServer:
        chosen = SmtpLimits(**limits)
        server = SmtpServer(account, tls, mailbox, limits=chosen, wrapped=wrapped, faults=faults or SmtpFaults())
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
