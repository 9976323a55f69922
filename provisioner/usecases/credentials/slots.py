"""Look at what the credential store has of a user, and at the keys that this is about; nothing is changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.rotation import Kept, Rotation
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges

_LISTING_WAIT_SECONDS = (1, 2, 4)
_BESIDE = (Slot.PENDING, Slot.PREVIOUS)


def rotation(edges: Edges, user: SmtpUser) -> Rotation:
    """Return how far the replacement of the user's key is, by the store and IAM.

    Raises `ProvisionerError`, also where a slot cannot be read: nobody knows then which key is whose.
    """
    kept = kept_of(edges, user)
    stored = [one.user_name for one in (kept.current, kept.pending) if one]
    return Rotation(user, kept, tuple(listed_keys(edges, user, stored)))


def note(edges: Edges, seen: Rotation) -> None:
    """Note how far it is, for commands that do not ask AWS; a home that does not know the domain notes nothing."""
    workspace = edges.workspaces.peek(seen.user.domain)
    try:
        if workspace is not None:
            workspace.note_rotation(seen.user, seen.stage)
    except ProvisionerError as error:
        edges.progress.warn(f"{seen.user}: it could not be noted for `provisioner list`: {error.message}")


def kept_of(edges: Edges, user: SmtpUser) -> Kept:
    """Return what is in each slot of the store."""
    return Kept(*(edges.store.load(user, slot) for slot in (Slot.CURRENT, Slot.PENDING, Slot.PREVIOUS)))


def listed_keys(edges: Edges, user: SmtpUser, stored: Collection[str]) -> Sequence[AccessKey]:
    """Return the user's access keys; one whose credential is stored counts as gone only after several looks.

    IAM is eventually consistent: the first list may be older than the key. `stored` has the ids.
    """
    keys = edges.users.keys(user.iam_user)
    for seconds in _LISTING_WAIT_SECONDS:
        if {key.id for key in keys} >= set(stored):
            break
        edges.clock.sleep(seconds)
        keys = edges.users.keys(user.iam_user)
    return keys


def stored_rotation(edges: Edges, current: SmtpCredential) -> Rotation:
    """Return how far the replacement of a credential is as the store alone has it; IAM is not asked."""
    user = current.user
    return Rotation(user, Kept(current, *(_beside(edges, user, slot) for slot in _BESIDE)), None)


def seen_rotation(edges: Edges, user: SmtpUser, current: SmtpCredential | None, keys: Sequence[AccessKey]) -> Rotation:
    """Return how far the replacement is for whoever has the current credential and the keys at hand.

    The store is asked for more only where there is a key beside that of the current credential. What cannot be read is
    warned of, and counts as not kept.
    """
    if all(current is not None and key.id == current.user_name for key in keys):
        return Rotation(user, Kept(current), tuple(keys))
    return Rotation(user, Kept(current, *(_beside(edges, user, slot) for slot in _BESIDE)), tuple(keys))


def _beside(edges: Edges, user: SmtpUser, slot: Slot) -> SmtpCredential | None:
    try:
        return edges.store.load(user, slot)
    except ProvisionerError as error:
        if error.code != "corrupt_credential":
            raise
        edges.progress.warn(f"{user}: {error.message}; it counts as not kept")
        return None
