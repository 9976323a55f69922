"""SMTP as the customer's site speaks it: TLS with a checked certificate, then AUTH, then one message."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP

from provisioner.adapters.smtp.connection import connected, log_in
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.endpoint import Endpoint
from provisioner.core.credentials.security import Security
from provisioner.core.values.secret import Secret
from provisioner.errors import InputError, ProvisionerError

TIMEOUT_SECONDS = 30.0
_HIGHEST_PORT = 65535


class SmtpMailer:
    """Use the endpoint that is named, or `server` (`host:port`) instead; see `ports.mail.Mailer`.

    `server` takes STARTTLS; `wrapper` is the same for endpoints where TLS is there from the start. `timeout` is how
    many seconds each answer may take. Raises `InputError("invalid_smtp_server")` at once, before anything is begun
    that the server is needed for.
    """

    def __init__(self, server: str | None, wrapper: str | None = None, timeout: float = TIMEOUT_SECONDS) -> None:
        self._instead = {
            Security.STARTTLS: _parse_server("PROVISIONER_SMTP_SERVER", server),
            Security.TLS: _parse_server("PROVISIONER_SMTPS_SERVER", wrapper),
        }
        self._timeout = timeout

    @property
    def is_replaced(self) -> bool:
        """Whether one server stands for every region's."""
        return any(self._instead.values())

    def send(self, credential: SmtpCredential, sender: str, recipient: str, subject: str, body: str) -> str:
        """Send one message and return the server's last reply, e.g. `Ok 0100...`."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, recipient, subject
        message.set_content(body)
        endpoint = self._place(Endpoint.of(credential))
        with connected(endpoint, self._timeout) as client:
            log_in(client, endpoint, credential.user_name, credential.password)
            _step(client.mail(sender))
            _step(client.rcpt(recipient))
            return _step(client.data(message.as_bytes(policy=SMTP)))  # bare line feeds are refused by many servers

    def log_in(self, endpoint: Endpoint, user_name: str, password: Secret) -> None:
        """Log in and hang up."""
        place = self._place(endpoint)
        with connected(place, self._timeout) as client:
            log_in(client, place, user_name, password)

    def _place(self, endpoint: Endpoint) -> Endpoint:
        """Return where to connect to; the rest of a region is not asked once a part of it is replaced."""
        instead = self._instead[endpoint.security]
        if instead is not None:
            return replace(endpoint, host=instead[0], port=instead[1])
        if self.is_replaced:
            raise ProvisionerError(
                "smtp_not_replaced",
                "the environment replaces only the other way into SES",
                "set PROVISIONER_SMTP_SERVER (STARTTLS) and PROVISIONER_SMTPS_SERVER (TLS from the start), or neither",
            )
        return endpoint


def _parse_server(name: str, server: str | None) -> tuple[str, int] | None:
    if server is None:
        return None
    host, _, port = server.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= _HIGHEST_PORT:
        raise InputError("invalid_smtp_server", f"{name}={server} is not host:port", "e.g. 127.0.0.1:587")
    return host.strip("[]"), int(port)


def _step(reply: tuple[int, bytes]) -> str:
    code, text = reply
    if code >= 400:  # noqa: PLR2004 - RFC 5321 section 4.2.1: 4yz and 5yz are negative replies
        raise smtplib.SMTPResponseException(code, text)
    return text.decode("utf-8", "replace")
