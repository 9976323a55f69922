"""SES's SMTP endpoint under its real name and on its real ports, and an impostor that takes its place."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from cryptography import x509
from integration.harness import Site

from provisioner.core.credentials.security import PORTS, Security
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


def certificate_of_ses() -> Certificate:
    """Make a certificate, of a new authority, for the endpoint's name."""
    with patch.object(certificate, "_HOSTS", (x509.DNSName(HOST),)):
        return certificate.create()


@contextmanager
def listening(address: str, own: Certificate, account: Any, mailbox: Mailbox) -> Iterator[None]:
    """Listen on every port of SES."""
    with ExitStack() as stack:
        for port, security in PORTS.items():
            server = SmtpServer(account, own, mailbox, host=address, port=port, wrapped=security is Security.TLS)
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
    with listening(IMPOSTOR, certificate_of_ses(), account, Mailbox()), _in_place_of_ses(site, zone):
        yield account.tried


class _InTheClear(socketserver.StreamRequestHandler):
    """A server that offers a login and no TLS, and keeps what follows AUTH."""

    def handle(self) -> None:
        self._say("220 ready")
        for line in self.rfile:
            command = line.decode("latin-1").upper().split(maxsplit=1) or [""]
            if command[0] == "EHLO":
                self._say("250-ready", "250 AUTH PLAIN LOGIN")
            elif command[0] == "AUTH":
                self.server.tried.append(line.decode("latin-1"))  # type: ignore[attr-defined]
                self._say("535 no")
            elif command[0] == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("500 unknown")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class _Listener(socketserver.ThreadingTCPServer):
    """One that may be started again at once."""

    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def without_tls(site: Site, zone: str, port: int) -> Iterator[list[str]]:
    """Let SES's name lead to somebody who talks STARTTLS away; yield the logins that were sent in the clear."""
    tried: list[str] = []
    with _Listener((IMPOSTOR, port), _InTheClear) as server, _in_place_of_ses(site, zone):
        server.tried = tried  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield tried
        server.shutdown()


@contextmanager
def _in_place_of_ses(site: Site, zone: str) -> Iterator[None]:
    site.put(zone, HOST, "A", IMPOSTOR)
    try:
        yield
    finally:
        site.put(zone, HOST, "A", ADDRESS)
