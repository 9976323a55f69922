"""Look at an SMTP user as IAM and the credential store have it; nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from provisioner.core.credentials.holdings import DECIDING
from provisioner.core.credentials.smtp_user_state import Held, SmtpUserState, Unseen
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.held import held
from provisioner.usecases.credentials.slots import listed_keys

Value = TypeVar("Value")

_NOT_SEEN = ("access_denied", "corrupt_credential")  # of this alone nothing is known then


def user_state(edges: Edges, user: SmtpUser) -> SmtpUserState:
    """Return the keys of the user, which one is stored, and what else it holds that decides what it may do.

    Where the operator lacks a permission, that part is `Unseen`.
    """
    stored = _seen(lambda: _stored(edges, user))
    known = None if isinstance(stored, Unseen) else stored
    keys = _seen(lambda: tuple(listed_keys(edges, user, (known,) if known else ())))
    return SmtpUserState(user, keys, stored, held_by(edges, user))


def held_by(edges: Edges, user: SmtpUser) -> Held:
    """Return what else decides what the user may do, and who; `Unseen` where the operator may not look."""
    return {kind: _seen(partial(held, edges, user, kind)) for kind in DECIDING}


def _stored(edges: Edges, user: SmtpUser) -> str | None:
    credential = edges.store.load(user)
    return credential.user_name if credential else None


def _seen(look: Callable[[], Value]) -> Value | Unseen:
    try:
        return look()
    except ProvisionerError as error:
        if error.code not in _NOT_SEEN:
            raise
        return Unseen(error.message)
