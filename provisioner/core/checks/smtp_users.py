"""What an SMTP user is in IAM and the credential store, against what it should be."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from provisioner.core.checks.excess import excess
from provisioner.core.checks.keys import faults, remarks
from provisioner.core.checks.observed import Observed, Unseen, seen
from provisioner.core.checks.policy import permission, unseen
from provisioner.core.checks.smtp_sending import paused_sender
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.findings import Finding
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.standing import from_tags


def check_keys(observed: Observed) -> Iterator[Finding]:
    """Go through the access keys of the domain's SMTP users, their age and their use."""
    return _keys(observed, None)


def check_keys_due(due: timedelta) -> Callable[[Observed], Iterator[Finding]]:
    """Return the same for who wants keys replaced at this age."""
    return lambda observed: _keys(observed, due)


def _keys(observed: Observed, due: timedelta | None) -> Iterator[Finding]:
    for state in seen(observed.users):
        yield from faults(state, observed.now)
        yield from remarks(state, observed.now, due)


def check_policies(observed: Observed) -> Iterator[Finding]:
    """Go through what the policies of the domain's SMTP users let them do, and what nobody could look at."""
    account = observed.account
    in_sandbox = not isinstance(account, Unseen) and account.production is False
    for state in seen(observed.users):
        if state.pause is not None:
            identity = observed.identity
            tags = identity.tags if isinstance(identity, IdentityStatus) else {}
            yield paused_sender(state.user, from_tags(tags).of(state.user.sender))
        yield from access(state, in_sandbox=in_sandbox)
        yield from unseen(state)


def smtp_user(state: SmtpUserState, now: datetime, *, in_sandbox: bool = False) -> Iterator[Finding]:
    """Go through what is wrong with an SMTP user, and what nobody could look at.

    Nothing when it holds one active key, which is stored, and our policy; while its password is being replaced it has
    two keys, and both are ours. `in_sandbox`: whether the account is in SES's sandbox.
    """
    yield from faults(state, now)
    yield from access(state, in_sandbox=in_sandbox)
    yield from unseen(state)


def access(state: SmtpUserState, *, in_sandbox: bool = False) -> Iterator[Finding]:
    """Go through what keeps the user from sending, and what it may do besides."""
    found = list(permission(state, to_identities_only=in_sandbox))
    yield from found
    named = [finding.evidence.get("policies") for finding in found]
    yield from excess(state, [str(one) for names in named if isinstance(names, list) for one in names])
