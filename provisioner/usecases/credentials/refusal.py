"""Why SES refused a message, looked up: the key, the pause, the identity, the account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provisioner.core.checks.policy import permission
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.login import GivenLogin
from provisioner.core.credentials.smtp_reply import Cause, SmtpReply
from provisioner.core.findings import Severity
from provisioner.core.mail_domain.standing import standing_steps
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.key_lookup import find_key, is_young
from provisioner.usecases.credentials.user_state import access_of, senders_of
from provisioner.usecases.standing import is_denied, standing_of_user


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message to be sent: with which credential, as which address, to whom."""

    credential: SmtpCredential
    address: str
    recipient: str

    @property
    def domain(self) -> DomainName:
        """The domain that it is sent from."""
        return self.credential.domain

    @property
    def iam_user(self) -> str:
        """The IAM user that it is sent by."""
        return self.credential.iam_user

    @property
    def region(self) -> Region:
        """The region that it is sent through."""
        return Region.parse(self.credential.region)

    @property
    def login(self) -> GivenLogin:
        """The login that it is sent with."""
        return GivenLogin.stored(self.credential, self.region)


def is_too_early(edges: Edges, attempt: Attempt, reply: SmtpReply) -> bool:
    """Say whether a reply may only mean that SES does not know a new key, or the policy of its user, yet."""
    try:
        if reply.cause is Cause.LOGIN:
            return find_key(edges, attempt.login).is_young
        return reply.cause is Cause.NOT_AUTHORIZED and not _is_paused(edges, attempt) and _is_new(edges, attempt)
    except ProvisionerError:
        return False  # who may not look cannot know


def way_out(edges: Edges, attempt: Attempt, reply: SmtpReply) -> str:
    """Return what to do about a refusal, by what AWS says of its cause; what may not be looked at is said."""
    try:
        return "; ".join(_steps(edges, attempt, reply)) or _fallback(reply)
    except ProvisionerError as error:
        return f"{_fallback(reply)}; its cause could not be looked up: {error.with_hint}"


def _steps(edges: Edges, attempt: Attempt, reply: SmtpReply) -> Iterator[str]:
    match reply.cause:
        case Cause.LOGIN:
            yield _about_key(edges, attempt)
        case Cause.NOT_SUBSCRIBED:
            yield f"open SES once in the console of this account, in {attempt.region}"
        case Cause.NOT_AUTHORIZED:
            yield from _about_policy(edges, attempt)
        case Cause.NOT_VERIFIED:
            yield from _about_verification(edges, attempt, reply.unverified)
        case Cause.ACCOUNT_PAUSED | Cause.THROTTLED:
            yield from edges.identities.ses_account(attempt.region).notes
        case Cause.SET_PAUSED | Cause.OTHER:
            yield from _paused(edges, attempt)
        case Cause.TEMPORARY:
            return


def _fallback(reply: SmtpReply) -> str:
    match reply.cause:
        case Cause.THROTTLED | Cause.TEMPORARY:
            return "it is refused for now: try again later"
        case Cause.ACCOUNT_PAUSED:
            return "see the inbox of the account's own address, and its SES console"
        case _:
            return "it is refused for good: change what the reply names before you send again"


def _is_new(edges: Edges, attempt: Attempt) -> bool:
    """Say whether the user, and so its policy, is as new as its key."""
    return is_young(edges, find_key(edges, attempt.login).key)


def _about_key(edges: Edges, attempt: Attempt) -> str:
    name, user, domain = attempt.credential.user_name, attempt.iam_user, attempt.domain
    found = find_key(edges, attempt.login)
    if found.key is None:
        return _about_lost_key(attempt, found.others)
    named = f"--user-name {user} --access-key-id {name}"
    if not found.key.active:
        return (
            f"access key {name} of IAM user {user} is switched off: "
            f"`aws iam update-access-key {named} --status Active` lets it log in again"
        )
    if found.is_young:
        return f"access key {name} is so new that SES may not know it yet: repeat this in a few minutes"
    return (
        f"access key {name} of IAM user {user} is active, so the stored password is not its own, or for another "
        f"region: restore the credential store, or, if no site uses the key, `aws iam delete-access-key {named}` and "
        f"`provisioner new-domain {domain}` for a new one"
    )


def _about_lost_key(attempt: Attempt, others: Sequence[str]) -> str:
    gone = f"access key {attempt.credential.user_name} is none of IAM user {attempt.iam_user} any more"
    if not others:
        return f"{gone}: `provisioner new-domain {attempt.domain}` makes a new one, with another password"
    return f"{gone}, which has {', '.join(others)}: restore the credential store, where the password of that is"


def _about_policy(edges: Edges, attempt: Attempt) -> Iterator[str]:
    if _is_paused(edges, attempt):
        yield from _paused(edges, attempt)
    elif _is_new(edges, attempt):
        yield f"IAM user {attempt.iam_user} is new, and SES may not know its policy yet: repeat this in a few minutes"
    elif found := list(_by_policies(edges, attempt)):
        yield from found
    else:
        yield (
            f"the policies of IAM user {attempt.iam_user} do not let it send as {attempt.address}: `provisioner drift "
            f"{attempt.domain}` shows what was changed, and `provisioner new-domain {attempt.domain}` puts it right; "
            "where nothing was, another policy or the organisation's denies it, or the change is a minute old"
        )


def _by_policies(edges: Edges, attempt: Attempt) -> Iterator[str]:
    """Go through what keeps the user from sending by what its policies say."""
    user = attempt.credential.user
    state = access_of(edges, user, attempt.region, senders_of(edges, attempt.domain))
    in_sandbox = edges.identities.ses_account(attempt.region).production is False
    for finding in permission(state, to_identities_only=in_sandbox):
        if finding.severity in (Severity.ERROR, Severity.WARNING):
            yield f"{finding.subject}: {finding.message}: {finding.remedy}"


def _about_verification(edges: Edges, attempt: Attempt, unverified: Sequence[str]) -> Iterator[str]:
    own = [name for name in unverified if name.rpartition("@")[2].lower() == attempt.domain.ascii]
    if own or attempt.recipient not in unverified:
        yield from _about_identity(edges, attempt)
    if not own:
        notes = edges.identities.ses_account(attempt.region).notes
        yield from notes or [f"verify {attempt.recipient} in SES, or ask for production access in {attempt.region}"]


def _about_identity(edges: Edges, attempt: Attempt) -> Iterator[str]:
    domain = attempt.domain
    identity = edges.identities.status(domain, attempt.region)
    if identity is None:
        yield f"SES in {attempt.region} does not know {domain}: `provisioner new-domain {domain}` puts it there"
    elif not identity.verified:
        yield (
            f"SES has not verified {domain} (DKIM {identity.dkim_status}): `provisioner dns check {domain}` says what "
            f"is missing, `provisioner status {domain} --wait 1h` watches it"
        )


def _is_paused(edges: Edges, attempt: Attempt) -> bool:
    return attempt.credential.sender is not None and is_denied(edges, attempt.credential.user)


def _paused(edges: Edges, attempt: Attempt) -> Iterator[str]:
    """Go through what is paused of the domain and of the sender that was used."""
    identity = edges.identities.status(attempt.domain, attempt.region)
    standing = standing_of_user(edges, attempt.credential.user, attempt.region, identity)
    yield from standing_steps(attempt.domain, standing)
