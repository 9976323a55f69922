"""An SMTP server on loopback that accepts and refuses mail as SES does, and keeps what it accepted."""

import asyncio
import secrets
import socket
import threading
from concurrent.futures import Future
from weakref import WeakSet

from provisioner.sandbox.faults import NO_FAULTS, SmtpFaults
from provisioner.sandbox.ses.sent import OnSent
from provisioner.sandbox.smtp.account import Account
from provisioner.sandbox.smtp.certificate import Certificate
from provisioner.sandbox.smtp.handler import SmtpHandler, SmtpLimits
from provisioner.sandbox.smtp.mailbox import Mailbox
from provisioner.sandbox.smtp.session import SesSession


class SmtpServer:
    """Listens in a thread of its own. `start` binds (raises OSError when the port is taken), `stop` ends it.

    `wrapped`: TLS is there from the start, as on port 465. One that is closed holds its port and answers nobody.
    `on_sent` hears of each accepted message before its client does.
    """

    def __init__(  # noqa: PLR0913 reason: three collaborators, and how and where to listen
        self,
        account: Account,
        certificate: Certificate,
        mailbox: Mailbox,
        *,
        limits: SmtpLimits | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        wrapped: bool = False,
        faults: SmtpFaults = NO_FAULTS,
        on_sent: OnSent = lambda _mail: None,
    ) -> None:
        self._limits = limits or SmtpLimits()
        self._handler = SmtpHandler(account, mailbox, self._limits, on_sent)
        self._tls = certificate.server_context()
        self._address = (host, port)
        self._wrapped = wrapped
        self._faults = faults
        self._sessions: WeakSet[SesSession] = WeakSet()
        self._thread: threading.Thread | None = None
        self._port: int | None = None

    @property
    def port(self) -> int:
        """Return the port that is listened on; raises RuntimeError before `start`."""
        if self._port is None:
            raise RuntimeError("the SMTP server is not running: call start() first")
        return self._port

    def start(self) -> None:
        """Listen; returns when clients can connect."""
        bound: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(bound,), name="sandbox-smtp", daemon=True)
        self._thread.start()
        self._port = bound.result()

    def stop(self) -> None:
        """Stop listening and drop open conversations."""
        if self._thread is not None and self._port is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()
        self._thread, self._port = None, None

    def change(self, certificate: Certificate, faults: SmtpFaults) -> None:
        """Go on with other faults on the same port; whoever is connected is cut off, but not when all is as it was."""
        if faults == self._faults:
            return
        self._address = (self._address[0], self.port)
        self.stop()
        self._tls, self._faults = certificate.server_context(), faults
        self.start()

    def _run(self, bound: "Future[int]") -> None:
        asyncio.run(self._serve(bound))

    async def _serve(self, bound: "Future[int]") -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        try:
            listening = await self._listen()
        except OSError as error:
            bound.set_exception(error)
            return
        bound.set_result(int(self._bound))
        await self._stopped.wait()
        listening.close()
        for session in self._sessions:
            session.drop()
        await asyncio.sleep(0)  # the connections are closed by callbacks that must have run

    async def _listen(self) -> asyncio.Server | socket.socket:
        if self._faults.closed:
            held = socket.socket(socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET)
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # who was connected before does not keep it
            held.bind(self._address)
            self._bound = held.getsockname()[1]
            return held
        tls = self._tls if self._wrapped else None
        server = await self._loop.create_server(self._session, *self._address, ssl=tls)
        self._bound = server.sockets[0].getsockname()[1]
        return server

    def _session(self) -> SesSession:
        session = SesSession(
            self._handler,
            self._faults,
            ident=f"ESMTP SimpleEmailService-d-{secrets.token_hex(5).upper()} {secrets.token_urlsafe(15)}",
            tls_context=self._tls if self._faults.starttls else None,
            data_size_limit=self._limits.message_octets,
            timeout=self._limits.idle_seconds,
            authenticator=self._handler.authenticate,
            loop=self._loop,
        )
        self._sessions.add(session)
        return session
