"""Look at an SMTP user as IAM and the credential store have it; nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.holdings import DECIDING
from provisioner.core.credentials.smtp_user_state import Held, SmtpUserState, Unseen
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.held import held
from provisioner.usecases.credentials.slots import listed_keys, seen_rotation

Value = TypeVar("Value")

_NOT_SEEN = ("access_denied", "corrupt_credential")  # of this alone nothing is known then


def user_state(edges: Edges, user: SmtpUser) -> SmtpUserState:
    """Return the keys of the user, which one is stored, and what else it holds that decides what it may do.

    Where the operator lacks a permission, that part is `Unseen`.
    """
    current = _seen(lambda: edges.store.load(user))
    stored = current.user_name if isinstance(current, SmtpCredential) else current
    keys = _seen(lambda: tuple(listed_keys(edges, user, (stored,) if isinstance(stored, str) else ())))
    seen = None
    if not isinstance(current, Unseen) and not isinstance(keys, Unseen):
        seen = seen_rotation(edges, user, current, keys)
    return SmtpUserState(user, keys, stored, held_by(edges, user), seen)


def held_by(edges: Edges, user: SmtpUser) -> Held:
    """Return what else decides what the user may do, and who; `Unseen` where the operator may not look."""
    return {kind: _seen(partial(held, edges, user, kind)) for kind in DECIDING}


def _seen(look: Callable[[], Value]) -> Value | Unseen:
    try:
        return look()
    except ProvisionerError as error:
        if error.code not in _NOT_SEEN:
            raise
        return Unseen(error.message)
