"""What an SMTP user is in IAM and the credential store, against what it should be."""

from collections.abc import Iterator
from datetime import datetime

from provisioner.core.checks.excess import excess
from provisioner.core.checks.keys import faults
from provisioner.core.checks.policy import permission, unseen
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.findings import Finding


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
