"""One SMTP conversation as SES holds it: aiosmtpd's protocol, SES's words.

Source: SES developer guide, "Using the Amazon SES SMTP interface"; RFC 3207, RFC 4954, RFC 5321.
"""

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiosmtpd.smtp import SMTP, Session

from provisioner.sandbox.faults import SmtpFaults
from provisioner.sandbox.smtp import reply
from provisioner.sandbox.smtp.message import is_address

HOST = "email-smtp.amazonaws.com"
LONGEST_COMMAND = 2048  # octets; room for long addresses and AUTH with an initial response
_PATH = re.compile(r"(?:FROM|TO):\s*(?:<(?P<path>[^>]*)>|(?P<bare>\S+))", re.IGNORECASE)

# aiosmtpd's wording, and what SES says at the same moment
_WORDS = {
    "250 OK": "250 Ok",
    "235 2.7.0 Authentication successful": "235 Authentication successful.",
    "530 5.7.0 Authentication required": "530 Authentication required",
    "552 Error: Too much mail data": reply.TOO_LONG,
    "552 Error: message size exceeds fixed maximum message size": reply.TOO_LONG,
}

_log = logging.getLogger(__name__)
_Command = Callable[[str | None], Any]


class _Client(Session):
    """What is known of a client; `login_data` is plain, since aiosmtpd warns of its own use of the property."""

    login_data: Any = None


class SesSession(SMTP):
    """SES's side of a conversation; the handler decides about credentials and messages, `faults` what is wrong."""

    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"

    def __init__(self, handler: Any, faults: SmtpFaults, **options: Any) -> None:
        self._faults = faults
        self.command_size_limits: defaultdict[str, int] = defaultdict(lambda: LONGEST_COMMAND)  # aiosmtpd shares one
        super().__init__(
            handler,
            hostname=HOST,
            enable_SMTPUTF8=True,  # to refuse such addresses with 553; it is not announced
            require_starttls=True,
            auth_required=True,
            auth_exclude_mechanism=(),
            **options,
        )

    def _create_session(self) -> Session:
        return _Client(self.loop)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; where TLS is there from the start, aiosmtpd has to be told of it."""
        super().connection_made(transport)
        wrapper = getattr(transport, "_ssl_protocol", None)
        if wrapper is not None and self._tls_protocol is None and self.session is not None:
            self._tls_protocol = wrapper
            self.session.ssl = wrapper._extra  # what aiosmtpd itself keeps of it

    async def _handle_client(self) -> None:
        await asyncio.sleep(self._faults.seconds)
        if self._faults.connect is None:
            await super()._handle_client()
        else:
            await self.push(reply.refusal(self._faults.connect, "connect"))
            self._hang_up()

    def _hang_up(self) -> None:
        """Close the connection behind what was said."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.close()

    def drop(self) -> None:
        """Close the connection at once."""
        if isinstance(self.transport, asyncio.WriteTransport):
            with suppress(AttributeError):  # of asyncio in early 3.11, when a TLS transport has closed itself already
                self.transport.abort()

    async def push(self, status: str | bytes) -> None:
        """Send a reply, in SES's words."""
        text = status.decode("ascii") if isinstance(status, bytes) else status
        await super().push(_WORDS.get(text, text).encode("ascii", "backslashreplace"))

    async def smtp_AUTH(self, arg: str | None) -> None:  # noqa: N802 reason: aiosmtpd finds commands by this name
        """Accept the mechanism in any case, as RFC 4422 has it."""
        if self._faults.auth is not None and not await self.check_helo_needed():
            await self.push(reply.refusal(self._faults.auth, "auth"))
            return
        mechanism, space, response = (arg or "").partition(" ")
        await super().smtp_AUTH(f"{mechanism.upper()}{space}{response}")

    async def smtp_STARTTLS(self, arg: str | None) -> None:  # noqa: N802 reason: aiosmtpd finds commands by this name
        """Start TLS, once."""
        if self._tls_protocol:
            await self.push("503 TLS already active")
            return
        await super().smtp_STARTTLS(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 reason: aiosmtpd finds commands by this name
        """Refuse what is no ASCII address before aiosmtpd's more lenient parser sees it."""
        if self._faults.mail is not None:
            await self._if_allowed("MAIL", reply.refusal(self._faults.mail, "mail"), super().smtp_MAIL, arg)
            return
        fault = reply.NO_SENDER if _path(arg) == "" else _fault(arg, "Invalid email address")
        if fault is None and "SMTPUTF8" in (arg or "").upper().split():
            fault = reply.UNKNOWN_PARAMETER
        await self._if_allowed("MAIL", fault, super().smtp_MAIL, arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 reason: aiosmtpd finds commands by this name
        """Refuse what is no ASCII address; SES calls it unknown, which says nothing about the mailbox."""
        await self._if_allowed("RCPT", _fault(arg, "address unknown"), super().smtp_RCPT, arg)

    async def _if_allowed(self, command: str, fault: str | None, proceed: _Command, arg: str | None) -> None:
        if fault is None:
            await proceed(arg)
        elif not await self.check_helo_needed() and not await self.check_auth_needed(command):
            await self.push(fault)

    def data_received(self, data: bytes) -> None:
        """Take every octet as a sign of life: a large message may take longer than the idle time."""
        self._reset_timeout()
        super().data_received(data)

    def _timeout_cb(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):  # plain, or what TLS puts in its place
            self.transport.write(f"{reply.IDLE}\r\n".encode("ascii"))
        super()._timeout_cb()  # type: ignore[no-untyped-call]  # aiosmtpd leaves this one without types

    async def handle_exception(self, error: Exception) -> str:
        """Answer a fault of our own, or a broken TLS handshake, without showing it to the client."""
        if not isinstance(error.__cause__, OSError | asyncio.CancelledError):
            _log.error("SMTP conversation failed", exc_info=error)
        return reply.TEMPORARY_FAILURE


def ehlo(tls: bool, largest: int, *, starttls: bool = True) -> list[str]:
    """Return SES's answer to EHLO; AUTH is offered under TLS only."""
    offered = ["250-AUTH PLAIN LOGIN"] if tls else ["250-STARTTLS"] if starttls else []
    return [f"250-{HOST}", "250-8BITMIME", f"250-SIZE {largest}", *offered, "250 Ok"]


def _path(arg: str | None) -> str | None:
    match = _PATH.match(arg or "")
    return None if match is None else (match["path"] if match["path"] is not None else match["bare"])


def _fault(arg: str | None, words: str) -> str | None:
    path = _path(arg)
    return None if path is None or is_address(path) else f"553 <{path}> {words}"
