"""What keeps mail in although SES takes the login: a pause."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.account.ses import SesAccount
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.standing import DomainStanding, resume_command
from provisioner.core.standing import Standing
from provisioner.core.values.resource_names import configuration_set_name
from provisioner.core.values.smtp_user import SmtpUser

_PAUSING = "SES developer guide, Manually pausing email sending"


def paused(user: SmtpUser, standing: DomainStanding) -> Iterator[Finding]:
    """Go through the pauses of the domain and of its sender, each with the command that ends it."""
    if not standing.domain.may_send:
        subject = f"configuration set {configuration_set_name(user.domain)}"
        yield _pause("set.paused", subject, str(standing.domain), SmtpUser(user.domain))
    if user.sender is not None and not standing.of(user.sender).may_send:
        yield paused_sender(user, standing.of(user.sender))


def paused_sender(user: SmtpUser, standing: Standing) -> Finding:
    """Return the finding that a sender is paused; how it stands says since when and why, where that is known."""
    words = "paused" if standing.may_send else str(standing)
    return _pause("sender.paused", f"IAM user {user.iam_user}", words, user)


def account_pause(account: SesAccount) -> Iterator[Finding]:
    """Say whether sending is stopped for the whole account."""
    if account.enforcement == "SHUTDOWN":
        message = f"SES has stopped all mail of this account in {account.region} (SHUTDOWN)"
        remedy = "answer the case that AWS opened; its address is in the inbox of the account's own address"
        yield Finding("account.shutdown", Severity.ERROR, "account", message, remedy, _PAUSING)
    elif account.sending_enabled is False:
        remedy = f"aws sesv2 put-account-sending-attributes --sending-enabled --region {account.region}"
        message = f"sending is switched off for the whole account in {account.region}"
        yield Finding("account.paused", Severity.ERROR, "account", message, remedy, _PAUSING)


def _pause(fault: str, subject: str, standing: str, user: SmtpUser) -> Finding:
    command = resume_command(user)
    message = f"sending is {standing}: SES takes the login, and no message"
    return Finding(
        fault,
        Severity.ERROR,
        subject,
        message,
        f"`{command}`, when it may send again",
        _PAUSING,
        command=tuple(command.split()[1:]),
    )
