"""SMTP as the customer's site speaks it: STARTTLS with a checked certificate, then AUTH, then one message."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.errors import InputError, ProvisionerError, SmtpRefusal

_TIMEOUT_SECONDS = 30
_HIGHEST_PORT = 65535


class SmtpMailer:
    """Send through the credential's host, or through `server` (`host:port`) instead; see `ports.mail.Mailer`.

    Raises `InputError("invalid_smtp_server")` at once, before anything is begun that the server is needed for.
    """

    def __init__(self, server: str | None) -> None:
        self._server = None if server is None else _parse_server(server)

    def send(self, credential: SmtpCredential, sender: str, recipient: str, subject: str, body: str) -> str:
        """Send one message and return the server's last reply, e.g. `Ok 0100...`."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, recipient, subject
        message.set_content(body)
        host, port = self._server or (credential.host, credential.port)
        try:
            return _deliver(host, port, credential, message)
        except smtplib.SMTPAuthenticationError as error:
            raise _refusal("smtp_login_refused", host, error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal("smtp_refused", host, error.smtp_code, error.smtp_error) from error
        except ssl.SSLCertVerificationError as error:
            hint = "check that the host is right; SSL_CERT_FILE names the authorities that this machine trusts"
            raise ProvisionerError("smtp_certificate", f"{host}:{port}: {error}", hint) from error
        except (OSError, smtplib.SMTPException) as error:
            raise ProvisionerError(
                "smtp_unreachable", f"{host}:{port}: {error}", "check the network and that outgoing port 587 is open"
            ) from error


def _parse_server(server: str) -> tuple[str, int]:
    host, _, port = server.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= _HIGHEST_PORT:
        raise InputError(
            "invalid_smtp_server", f"PROVISIONER_SMTP_SERVER={server} is not host:port", "e.g. 127.0.0.1:587"
        )
    return host.strip("[]"), int(port)


def _deliver(host: str, port: int, credential: SmtpCredential, message: EmailMessage) -> str:
    with smtplib.SMTP(host, port, timeout=_TIMEOUT_SECONDS) as client:
        client.starttls(context=ssl.create_default_context())
        client.login(credential.user_name, credential.password.reveal())
        _step(client.mail(str(message["From"])))
        _step(client.rcpt(str(message["To"])))
        return _step(client.data(message.as_bytes(policy=SMTP)))  # bare line feeds are refused by many servers


def _step(reply: tuple[int, bytes]) -> str:
    code, text = reply
    if code >= 400:  # noqa: PLR2004 - RFC 5321 section 4.2.1: 4yz and 5yz are negative replies
        raise smtplib.SMTPResponseException(code, text)
    return text.decode("utf-8", "replace")


def _refusal(code: str, host: str, reply: int, text: bytes | str) -> SmtpRefusal:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return SmtpRefusal(code, f"{host} answered {reply} {said}", reply, said)
