"""What keeps mail in although SES takes the login: a pause, or a policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provisioner.core.account.ses import SesAccount
from provisioner.core.credentials.sending_policy import allows_sending, denies_sending
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.mail_domain.standing import DomainStanding, resume_command
from provisioner.core.values.resource_names import PAUSE_POLICY, USER_POLICY, configuration_set_name
from provisioner.core.values.smtp_user import SmtpUser

_PAUSING = "SES developer guide, Manually pausing email sending"
_POLICIES = "SES developer guide, Controlling access to Amazon SES"


def paused(user: SmtpUser, standing: DomainStanding) -> Iterator[Finding]:
    """Go through the pauses of the domain and of its sender, each with the command that ends it."""
    if not standing.domain.may_send:
        subject = f"configuration set {configuration_set_name(user.domain)}"
        yield _pause("set.paused", subject, str(standing.domain), SmtpUser(user.domain))
    if user.sender is not None and not standing.of(user.sender).may_send:
        yield _pause("sender.paused", f"IAM user {user.iam_user}", str(standing.of(user.sender)), user)


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


def permission(user: SmtpUser, inline: Mapping[str, object]) -> Iterator[Finding]:
    """Go through what is wrong with the user's own inline policies, by name; the pause is none of them here."""
    subject = f"IAM user {user.iam_user}"
    ours = inline.get(USER_POLICY)
    command = ("new-domain", user.domain.ascii)
    if ours is None:
        message = f"the policy {USER_POLICY}, which lets it send, is gone"
        yield _policy(
            "iam.no_policy", subject, message, f"`provisioner new-domain {user.domain}` puts it back", command
        )
    elif not allows_sending(ours):
        message = f"the policy {USER_POLICY} does not allow ses:SendRawEmail, which SMTP needs"
        remedy = f"`provisioner new-domain {user.domain}` mends it"
        yield _policy("iam.too_narrow", subject, message, remedy, command)
    for name, document in inline.items():
        if name not in (PAUSE_POLICY, USER_POLICY) and denies_sending(document):
            remedy = f"aws iam delete-user-policy --user-name {user.iam_user} --policy-name {name}"
            yield _policy("iam.denied", subject, f"the inline policy {name} denies it to send", remedy)


def policies_of_others(user: SmtpUser, names: Sequence[str]) -> Finding:
    """Return the finding that the user has policies which nobody looked into, and which may deny it to send."""
    subject, listed = f"IAM user {user.iam_user}", ", ".join(names)
    message = f"nobody looked into what it has beside our policy, which may deny it to send: {listed}"
    remedy = f"`provisioner drift {user.domain}` says how each is taken away"
    return Finding(NOT_RUN, Severity.WARNING, subject, message, remedy, _POLICIES, {"names": list(names)})


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


def _policy(fault: str, subject: str, message: str, remedy: str, command: tuple[str, ...] | None = None) -> Finding:
    return Finding(fault, Severity.ERROR, subject, message, remedy, _POLICIES, command=command)
