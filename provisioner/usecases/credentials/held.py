"""What an SMTP user holds beside its access keys."""

from __future__ import annotations

from provisioner.core.credentials.holdings import Holding
from provisioner.core.values.resource_names import PAUSE_POLICY
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.ports.edges import Edges
from provisioner.usecases.standing import is_denied


def held(edges: Edges, user: SmtpUser, kind: Holding) -> tuple[str, ...]:
    """Return the names of what the user holds of a kind, but for the policy by which `pause` denies it everything.

    One of that name that lets anything through is no pause, and is among them.
    """
    names = edges.access.held(user.iam_user, kind)
    if kind is not Holding.INLINE_POLICY or PAUSE_POLICY not in names or not is_denied(edges, user):
        return tuple(names)
    return tuple(name for name in names if name != PAUSE_POLICY)
