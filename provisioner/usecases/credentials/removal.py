"""What a user holds that is not ours: asked before anything is touched, since IAM says no at the very end otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from provisioner.core.credentials.holdings import Holding, described, removal
from provisioner.core.credentials.smtp_user_state import is_ours
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.held import held


def refuse_unless_removable(edges: Edges, users: Iterable[SmtpUser]) -> None:
    """Raise `Refused("user_holds_more")` when a user holds what is not ours, with all of it and how it goes away.

    IAM names one obstacle at a time, after the keys are gone. A look that the operator may not take is an error of its
    own, never "nothing there".
    """
    _refuse(edges, users, tuple(Holding), "and IAM deletes no user that holds it")


def refuse_further_access(edges: Edges, users: Iterable[SmtpUser], kinds: Sequence[Holding]) -> None:
    """Raise `Refused("user_holds_more")` when a user, which somebody else made, may do more than send."""
    _refuse(edges, users, kinds, "and an SMTP user may do nothing but send as its domain")


def _refuse(edges: Edges, users: Iterable[SmtpUser], kinds: Sequence[Holding], why: str) -> None:
    found = [(user, holding, name) for user in users for holding, name in _not_ours(edges, user, kinds)]
    if not found:
        return
    holders: dict[SmtpUser, list[str]] = {}
    for user, holding, name in found:
        holders.setdefault(user, []).append(described(holding, name))
    told = "; ".join(f"IAM user {user.iam_user} has {', '.join(names)}" for user, names in holders.items())
    commands = "; ".join(f"`{removal(user.iam_user, holding, name)}`" for user, holding, name in found)
    raise Refused(
        "user_holds_more",
        f"{found[0][0].domain}: {told}, which is not ours, {why}; nothing was touched",
        f"when nobody needs it, take it away, then repeat: {commands}",
    )


def _not_ours(edges: Edges, user: SmtpUser, kinds: Sequence[Holding]) -> Iterator[tuple[Holding, str]]:
    for holding in kinds:
        names = held(edges, user, holding)
        yield from ((holding, name) for name in names if not is_ours(holding, name))
