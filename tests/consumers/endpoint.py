"""SES's SMTP endpoint under its real name and on its real ports, and an impostor that takes its place."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from cryptography import x509
from integration.harness import Site

from provisioner.core.credentials.smtp_port import SECURITY, STARTTLS
from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.smtp import certificate
from provisioner.sandbox.smtp.account import EmulatedAccount
from provisioner.sandbox.smtp.certificate import Certificate
from provisioner.sandbox.smtp.mailbox import Mailbox
from provisioner.sandbox.smtp.server import SmtpServer

REGION = "us-east-1"
HOST = f"email-smtp.{REGION}.amazonaws.com"
ADDRESS = "127.0.0.21"  # where the sandbox is, DNS included
IMPOSTOR = "127.0.0.22"
PORTS = [port for port, security in SECURITY.items() if security == STARTTLS]


def certificate_of_ses() -> Certificate:
    """Make a certificate, of a new authority, for the endpoint's name."""
    with patch.object(certificate, "_HOSTS", (x509.DNSName(HOST),)):
        return certificate.create()


@contextmanager
def listening(address: str, own: Certificate, account: Any, mailbox: Mailbox) -> Iterator[None]:
    """Listen on every port of SES."""
    with ExitStack() as stack:
        for port in PORTS:
            server = SmtpServer(account, own, mailbox, host=address, port=port)
            server.start()
            stack.callback(server.stop)
        yield


@contextmanager
def endpoint(sandbox: Sandbox, own: Certificate) -> Iterator[None]:
    with listening(ADDRESS, own, EmulatedAccount(REGION), sandbox.mailbox):
        yield


@dataclass(frozen=True)
class Curious(EmulatedAccount):
    """An account that notes every user name that is tried at it."""

    tried: list[str] = field(default_factory=list)

    def principal(self, key_id: str) -> Any:
        self.tried.append(key_id)
        return super().principal(key_id)


@contextmanager
def impostor(site: Site, zone: str) -> Iterator[list[str]]:
    """Let SES's name lead to somebody with a certificate of an authority that nobody trusts; yield who logged in."""
    account = Curious(REGION)
    with listening(IMPOSTOR, certificate_of_ses(), account, Mailbox()):
        site.put(zone, HOST, "A", IMPOSTOR)
        try:
            yield account.tried
        finally:
            site.put(zone, HOST, "A", ADDRESS)
