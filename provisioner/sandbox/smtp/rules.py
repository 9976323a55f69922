"""What SES decides about a message that was handed in over SMTP, in SES's order.

Source: SES developer guide, "Controlling access to Amazon SES", "Request production access" and "Amazon SES SMTP
issues". IAM is asked first; what is not an identity at all is refused after that.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from provisioner.core.iam.evaluate import Outcome
from provisioner.core.iam.request import IamRequest
from provisioner.sandbox.policy.evaluate import UnsupportedPolicyError
from provisioner.sandbox.policy.resource import Somebody, permits
from provisioner.sandbox.policy.users import Principal
from provisioner.sandbox.ses.sending import SesIdentity
from provisioner.sandbox.smtp import reply
from provisioner.sandbox.smtp.account import Account
from provisioner.sandbox.smtp.message import Header, read

MOST_RECIPIENTS = 50
SIMULATOR = "simulator.amazonses.com"


@dataclass(frozen=True)
class Submission:
    """One message as the client handed it in: MAIL FROM, RCPT TO, DATA, and who it is."""

    principal: Principal
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    source_ip: str


@dataclass(frozen=True)
class Approval:
    """What SES sends: as which identity, through which set, and with bounces to which host."""

    header: Header
    identity: SesIdentity
    configuration_set: str | None
    return_host: str


def approve(mail: Submission, account: Account) -> Approval:
    """Decide about a message; raises `RejectedError` with SES's reply."""
    header = read(mail.raw)
    if len(mail.recipients) > MOST_RECIPIENTS:
        raise reply.transaction_failed(f"Recipient count exceeds {MOST_RECIPIENTS}.")
    identity = account.identity(header.from_address)
    set_name = header.configuration_set or (identity.configuration_set if identity else None)
    _authorize(mail, header, set_name, account)
    identity = _verified_identity(mail, header, account)
    _check_set(set_name, account)
    if not account.sending_enabled():
        raise reply.account_paused()
    return Approval(header, identity, set_name, _return_host(identity, account))


def is_simulator(address: str) -> bool:
    """Say whether an address is one of SES's mailbox simulator: open to everybody, and free of quotas."""
    return address.lower().endswith(f"@{SIMULATOR}")


def _authorize(mail: Submission, header: Header, set_name: str | None, account: Account) -> None:
    """Ask IAM, for the envelope sender and for a Return-Path field alike: both can become where bounces go.

    The policy of the identity itself has a say too (SES developer guide, "Using sending authorization").
    """
    who = Somebody(mail.principal.arn, mail.principal.documents, mail.principal.boundary)
    identity = account.identity(header.from_address)
    policies = {identity.arn: identity.policy} if identity else {}
    for feedback in _distinct(mail.sender, header.return_path):
        for resource in _resources(mail, header, set_name, account):
            request = IamRequest("ses:SendRawEmail", (resource,), _context(mail, header, feedback))
            try:
                outcome = permits(policies.get(resource), who, request, who.account)
            except UnsupportedPolicyError as error:
                raise reply.undecidable(error.message) from error
            if outcome is not Outcome.ALLOWED:
                raise reply.access_denied(mail.principal.arn, resource)


def _resources(mail: Submission, header: Header, set_name: str | None, account: Account) -> tuple[str, ...]:
    sets = (account.arn("configuration-set", set_name),) if set_name else ()
    recipients = [_recipient_arn(recipient, account) for recipient in mail.recipients if not is_simulator(recipient)]
    return _distinct(_identity_arn(header.from_address, account), *sets, *recipients)


def _identity_arn(address: str, account: Account) -> str:
    identity = account.identity(address)
    return identity.arn if identity else account.arn("identity", address)


def _recipient_arn(recipient: str, account: Account) -> str | None:
    """Return what IAM is asked about a recipient: its verified identity; inside SES's sandbox any, verified or not."""
    identity = account.identity(recipient)
    if not account.production() or (identity and identity.verified):
        return _identity_arn(recipient, account)
    return None


def _context(mail: Submission, header: Header, feedback: str) -> dict[str, str | tuple[str, ...]]:
    now = datetime.now(UTC)
    display_name = {"ses:FromDisplayName": header.display_name} if header.display_name else {}
    return {
        "ses:ApiVersion": "2",
        "ses:FromAddress": header.from_address,
        "ses:FeedbackAddress": feedback,
        "ses:Recipients": mail.recipients,
        "aws:CurrentTime": now.isoformat(timespec="seconds"),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:SecureTransport": "true",
        "aws:SourceIp": mail.source_ip,
        "aws:username": mail.principal.name,
        "aws:userid": mail.principal.user_id,
        "aws:PrincipalArn": mail.principal.arn,
        **display_name,
    }


def _verified_identity(mail: Submission, header: Header, account: Account) -> SesIdentity:
    """Return the identity of the From address; raises with every address that failed, senders before recipients."""
    addresses = _distinct(header.from_address, header.sender, header.return_path, mail.sender)
    if not account.production():
        addresses = _distinct(*addresses, *(recipient for recipient in mail.recipients if not is_simulator(recipient)))
    found = {address: account.identity(address) for address in addresses}
    failed = [address for address, identity in found.items() if identity is None or not identity.verified]
    author = found[header.from_address]
    if failed or author is None:
        raise reply.not_verified(account.region, failed)
    return author


def _check_set(name: str | None, account: Account) -> None:
    if name is None:
        return
    found = account.configuration_set(name)
    if found is None:
        raise reply.no_such_set(name)
    if not found.sending_enabled:
        raise reply.set_paused(name)


def _return_host(identity: SesIdentity, account: Account) -> str:
    """Return the host of the Return-Path: the custom MAIL FROM domain once verified, else SES's own."""
    custom = account.mail_from(identity)
    if custom and custom.verified:
        return custom.domain
    if custom and custom.required:
        raise reply.mail_from_not_verified()
    return "amazonses.com" if account.region == "us-east-1" else f"{account.region}.amazonses.com"


def _distinct(*texts: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
