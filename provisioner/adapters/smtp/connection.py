"""A connection to an SMTP server: TLS with a checked certificate, its refusals and faults in our words."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from provisioner.core.credentials.endpoint import Endpoint
from provisioner.core.credentials.security import Security
from provisioner.core.values.secret import Secret
from provisioner.errors import ProvisionerError, SmtpRefusal

_NOT_NOW = {9: "smtp_certificate_early", 10: "smtp_certificate_expired"}  # by OpenSSL's X509_V_ERR_...
_OTHER_PORTS = "check the network, and that outgoing port {port} is open: SES listens on 587, 2587, 465 and 2465"


@contextmanager
def connected(endpoint: Endpoint, timeout: float) -> Iterator[smtplib.SMTP]:
    """Connect, begin TLS, and hang up at the end; `timeout` is in seconds, for each answer of the server.

    Raises `ProvisionerError`: `smtp_unreachable`, `smtp_timeout`, `smtp_no_starttls`, `smtp_certificate`, and
    `smtp_certificate_early` or `smtp_certificate_expired` where the date speaks against a certificate; `SmtpRefusal`
    for a negative reply.
    """
    where = f"{endpoint.host}:{endpoint.port}"
    try:
        with closing(_opened(endpoint, timeout)) as client:
            yield client
            with suppress(OSError):  # of smtplib's too: what was said before counts, whatever becomes of the farewell
                client.quit()
    except smtplib.SMTPResponseException as error:
        raise _refusal("smtp_refused", endpoint.host, error) from error
    except smtplib.SMTPNotSupportedError as error:
        hint = "something between this machine and SES takes it away: use the TLS wrapper, port 465, or another network"
        raise ProvisionerError("smtp_no_starttls", f"{where}: {error}", hint) from error
    except ssl.SSLCertVerificationError as error:
        raise _certificate(where, error) from error
    except (OSError, smtplib.SMTPException) as error:
        code = "smtp_timeout" if _is_timeout(error) else "smtp_unreachable"
        raise ProvisionerError(code, f"{where}: {error}", _OTHER_PORTS.format(port=endpoint.port)) from error


def log_in(client: smtplib.SMTP, endpoint: Endpoint, user_name: str, password: Secret) -> None:
    """Log in, once: AUTH PLAIN, or LOGIN where it is not offered. Raises `SmtpRefusal("smtp_login_refused")`."""
    client.ehlo_or_helo_if_needed()
    offered = client.esmtp_features.get("auth", "").upper().split()
    client.user, client.password = user_name, password.reveal()
    mechanism, words = ("LOGIN", client.auth_login) if "PLAIN" not in offered else ("PLAIN", client.auth_plain)
    try:
        client.auth(mechanism, words)
    except smtplib.SMTPAuthenticationError as error:
        raise _refusal("smtp_login_refused", endpoint.host, error) from error


def _opened(endpoint: Endpoint, timeout: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if endpoint.security is Security.TLS:
        return smtplib.SMTP_SSL(endpoint.host, endpoint.port, timeout=timeout, context=context)
    client = smtplib.SMTP(endpoint.host, endpoint.port, timeout=timeout)
    try:
        client.starttls(context=context)
    except BaseException:
        client.close()
        raise
    return client


def _refusal(code: str, host: str, error: smtplib.SMTPResponseException) -> SmtpRefusal:
    text = error.smtp_error
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return SmtpRefusal(code, f"{host} answered {error.smtp_code} {said}", error.smtp_code, said)


def _certificate(where: str, error: ssl.SSLCertVerificationError) -> ProvisionerError:
    if error.verify_code in _NOT_NOW:
        hint = "set the clock of this machine; if it is right, somebody between here and SES shows an old certificate"
        return ProvisionerError(_NOT_NOW[error.verify_code], f"{where}: {error}", hint)
    hint = "check that the host is right; SSL_CERT_FILE names the authorities that this machine trusts"
    return ProvisionerError("smtp_certificate", f"{where}: {error}", hint)


def _is_timeout(error: BaseException) -> bool:
    """Say whether nobody answered in time; smtplib hides it behind an error of its own."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
