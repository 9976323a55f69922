"""The sandbox: an emulated AWS with the DNS and SMTP servers that belong to it, on loopback, in this process."""

import logging
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, Self

from provisioner.errors import ProvisionerError
from provisioner.sandbox.aws.server import AwsServer, reachable
from provisioner.sandbox.control import Control
from provisioner.sandbox.dns.server import DnsServer
from provisioner.sandbox.environment import KEY, OPERATOR_KEY, Addresses, variables
from provisioner.sandbox.events.publisher import Events
from provisioner.sandbox.faults import EndpointFaults, SmtpFaults
from provisioner.sandbox.http.pages import PageRequest
from provisioner.sandbox.internet import Internet, amazon_zone, internet
from provisioner.sandbox.knobs.board import Board
from provisioner.sandbox.ses.keys import key_names, published_keys
from provisioner.sandbox.settings import SandboxSettings
from provisioner.sandbox.smtp import certificate
from provisioner.sandbox.smtp.account import EmulatedAccount
from provisioner.sandbox.smtp.mailbox import Mailbox
from provisioner.sandbox.smtp.server import SmtpServer
from provisioner.sandbox.zones import Zone

QUIET = ("werkzeug", "mail.log", "asyncio", "botocore", "moto")
_one = threading.Lock()  # moto keeps its state per process


class Server(Protocol):
    """What listens on a port."""

    def start(self) -> None:
        """Listen; raises OSError when the port is taken."""

    def stop(self) -> None:
        """Stop listening."""


class Sandbox:
    """A running sandbox, as a context manager; one at a time in a process, and each starts empty.

    Raises `ProvisionerError` when another one runs in this process or a port is taken.
    """

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self.mailbox = Mailbox()
        self.board = Board(settings.dns)
        self.dns = DnsServer(self._internet, settings.host, settings.dns_port)
        self.control = Control(self.board, settings, self.dns.reopen, self._serve_mail)
        self.events = Events(settings.region)
        pages = {
            "health": self._health,
            "messages": self._messages,
            "faults": self.control.page,
            "events": self.events.page,
            "recipients": self.events.recipients_page,
        }
        self.aws = AwsServer(settings, pages, self.board)
        self._certificates = certificate.create_all()
        self.certificate = self._certificates[None]
        self.smtp = self._mail_server(settings.smtp_faults.starttls, settings.smtp_port, wrapped=False)
        self.smtps = self._mail_server(settings.smtp_faults.tls, settings.smtps_port, wrapped=True)
        self._amazon: tuple[list[str], Zone] | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start all servers, or none."""
        if not _one.acquire(blocking=False):
            raise ProvisionerError("sandbox_running", "a sandbox is already running in this process", "stop it first")
        with ExitStack() as stack:
            stack.callback(_one.release)
            self._directory = Path(stack.enter_context(TemporaryDirectory(prefix="provisioner-sandbox-")))
            for name in QUIET:
                logging.getLogger(name).setLevel(logging.ERROR)
            for server, port in self._servers():
                _start(server, self.settings.host, port)
                stack.callback(server.stop)
            self.control.turn(self.settings.faults)
            self.board.settle()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop the servers; what was emulated is forgotten."""
        self._stack.close()

    def environment(self, base: Mapping[str, str], home: Path) -> dict[str, str]:
        """Return the variables that point programs here, to be set on top of `base`, the environment they would get.

        What is in `environment.FOREIGN` must not be in it.
        """
        key_id = KEY if self.settings.operator is None else OPERATOR_KEY
        return variables(self.addresses, self._directory, base, home, key_id)

    @property
    def addresses(self) -> Addresses:
        """Where the servers listen."""
        host = reachable(self.settings.host)
        return Addresses(
            aws=f"http://{host}:{self.aws.port}",
            dns=f"{host}:{self.dns.port}",
            smtp=f"{host}:{self.smtp.port}",
            smtps=f"{host}:{self.smtps.port}",
            region=self.settings.region,
            ca_bundle=self.certificate.bundle(self._directory),
        )

    def _mail_server(self, faults: SmtpFaults, port: int, *, wrapped: bool) -> SmtpServer:
        return SmtpServer(
            EmulatedAccount(self.settings.region),
            self._certificates[faults.certificate],
            self.mailbox,
            host=self.settings.host,
            port=port,
            faults=faults,
            wrapped=wrapped,
            on_sent=self.events.sent,
        )

    def _serve_mail(self, faults: EndpointFaults) -> None:
        self.smtp.change(self._certificates[faults.starttls.certificate], faults.starttls)
        self.smtps.change(self._certificates[faults.tls.certificate], faults.tls)

    def _internet(self) -> Internet:
        names = key_names()
        if self._amazon is None or self._amazon[0] != names:
            self._amazon = names, amazon_zone(published_keys(names))
        return internet(self.board.dns, self._amazon[1])

    def _servers(self) -> list[tuple[Server, int]]:
        settings = self.settings
        return [
            (self.aws, settings.aws_port),
            (self.dns, settings.dns_port),
            (self.smtp, settings.smtp_port),
            (self.smtps, settings.smtps_port),
        ]

    def _health(self, _request: PageRequest) -> Any:
        ports = {"aws": self.aws.port, "dns": self.dns.port, "smtp": self.smtp.port, "smtps": self.smtps.port}
        return {"status": "ok", **ports}

    def _messages(self, _request: PageRequest) -> Any:
        return {"messages": self.mailbox.as_documents()}


def _start(server: Server, host: str, port: int) -> None:
    try:
        server.start()
    except OSError as error:
        raise ProvisionerError(
            "port_unavailable",
            f"the sandbox cannot listen on {host} port {port}: {error.strerror or error}",
            "choose another port, or 0 for a free one",
        ) from error
