"""What the SMTP server decides at AUTH and at the end of DATA."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiosmtpd.smtp import AuthResult, LoginPassword

from provisioner.core.credentials.password import derive
from provisioner.sandbox.ses.sent import OnSent, SentMail, new_id
from provisioner.sandbox.smtp import reply
from provisioner.sandbox.smtp.account import Account
from provisioner.sandbox.smtp.mailbox import AcceptedMail, Mailbox
from provisioner.sandbox.smtp.message import outgoing
from provisioner.sandbox.smtp.quota import Quota
from provisioner.sandbox.smtp.rules import Approval, Submission, approve, is_simulator
from provisioner.sandbox.smtp.session import ehlo

LARGEST_MESSAGE = 40 * 1024 * 1024  # octets, SES developer guide, "Service quotas"


@dataclass(frozen=True)
class SmtpLimits:
    """SES's limits: octets of a message, seconds of silence, recipients a second and in 24 hours (None: unlimited)."""

    message_octets: int = LARGEST_MESSAGE
    idle_seconds: float = 10.0
    per_second: float | None = None
    per_day: float | None = None


class SmtpHandler:
    """What aiosmtpd asks: who a client is, and what becomes of a message."""

    def __init__(self, account: Account, mailbox: Mailbox, limits: SmtpLimits, on_sent: OnSent) -> None:
        self._account = account
        self._mailbox = mailbox
        self._on_sent = on_sent
        self._largest = limits.message_octets
        self._quota = Quota(limits.per_second, limits.per_day)

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: LoginPassword) -> Any:
        """Compare the password with the one derived from the access key; the session remembers the key's id alone."""
        key_id = login.login.decode("utf-8", "replace")
        principal = self._account.principal(key_id)
        expected = derive(principal.secret.reveal(), self._account.region).encode() if principal else b""
        if principal is None or not hmac.compare_digest(expected, login.password):
            return AuthResult(success=False, handled=False, message=reply.CREDENTIALS_INVALID)
        self._account.note_use(key_id)
        return AuthResult(success=True, auth_data=key_id)

    async def handle_EHLO(  # noqa: N802 reason: aiosmtpd finds hooks by this name
        self, server: Any, session: Any, _envelope: Any, hostname: str, _responses: list[str]
    ) -> list[str]:
        """Answer EHLO."""
        session.host_name = hostname
        return ehlo(session.ssl is not None, self._largest, starttls=server.tls_context is not None)

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 reason: aiosmtpd's name
        """Answer the end of DATA: SES checks everything there, not at MAIL or RCPT."""
        try:
            return f"250 Ok {self._accept(session, envelope)}"
        except reply.RejectedError as refusal:
            return refusal.reply

    def _accept(self, session: Any, envelope: Any) -> str:
        principal = self._account.principal(session.auth_data)
        if principal is None:  # the key was deleted or switched off since AUTH
            raise reply.RejectedError(reply.CREDENTIALS_INVALID)
        recipients = tuple(envelope.rcpt_tos)
        mail = Submission(principal, envelope.mail_from, recipients, envelope.content, session.peer[0])
        approval = approve(mail, self._account)
        self._quota.take(sum(not is_simulator(recipient) for recipient in recipients))
        accepted = _accepted_mail(mail, approval, self._account.region)
        self._mailbox.add(accepted)
        self._on_sent(_sent_mail(mail, approval, accepted, _tls_version(session)))
        return accepted.message_id


def _accepted_mail(mail: Submission, approval: Approval, region: str) -> AcceptedMail:
    message_id = new_id()
    now = datetime.now(UTC)
    id_host = "email.amazonses.com" if region == "us-east-1" else f"{region}.amazonses.com"
    return AcceptedMail(
        message_id=message_id,
        time=now,
        sender=mail.sender,
        return_path=f"{message_id}@{approval.return_host}",
        recipients=mail.recipients,
        from_address=approval.header.from_address,
        subject=approval.header.subject,
        configuration_set=approval.configuration_set,
        identity=approval.identity.name,
        user_arn=mail.principal.arn,
        size=len(mail.raw),
        raw=outgoing(mail.raw, f"<{message_id}@{id_host}>", now),
    )


def _sent_mail(mail: Submission, approval: Approval, accepted: AcceptedMail, tls_version: str | None) -> SentMail:
    return SentMail(
        message_id=accepted.message_id,
        time=accepted.time,
        source=mail.sender,
        from_address=approval.header.from_address,
        recipients=mail.recipients,
        configuration_set=approval.configuration_set,
        identity_arn=approval.identity.arn,
        caller=mail.principal.name,
        source_ip=mail.source_ip,
        tls_version=tls_version,
        raw=mail.raw,
    )


def _tls_version(session: Any) -> str | None:
    tls = (session.ssl or {}).get("ssl_object")
    return tls.version() if tls else None
