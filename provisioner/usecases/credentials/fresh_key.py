"""A new access key is never lost: its credential is kept, or the key is deleted again, or it is handed to the user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import KeyNotKept, ProvisionerError
from provisioner.ports.edges import Edges

Create = Callable[[], tuple[str, Secret]]

_ENDS = (KeyboardInterrupt, SystemExit)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a new credential is kept: what stores it, where, and which command makes another in place of a lost one."""

    save: Callable[[SmtpCredential], None]
    where: str
    again: str


def make_key(edges: Edges, user: SmtpUser, region: Region, create: Create, keeping: Keeping) -> SmtpCredential:
    """Have `create` make an access key of the user, store its credential, and return that.

    Where it cannot be stored, or somebody interrupts, the key is deleted again; raises `KeyNotKept`, which holds the
    credential, when IAM does not delete it either. The caller has written down that a key is about to be made: what is
    left of it then, its next run deletes.
    """
    edges.progress.step(f"{user}: creating the access key of {user.iam_user}")
    key_id, secret = create()
    credential = SmtpCredential.derived(user, region, key_id, secret)
    try:
        keeping.save(credential)
    except BaseException as failure:
        _delete(edges, credential, keeping, failure)
        raise
    return credential


def _delete(edges: Edges, credential: SmtpCredential, keeping: Keeping, failure: BaseException) -> None:
    """Delete the key whose credential could not be stored; raises `KeyNotKept` when that fails too."""
    try:
        edges.users.delete_key(credential.iam_user, credential.user_name)
    except (Exception, *_ENDS) as second:
        key = f"{credential.user}: access key {credential.user_name} of IAM user {credential.iam_user}"
        raise KeyNotKept(
            f"{key} was made, and could neither be stored ({_in_words(failure)}) nor be deleted again "
            f"({_in_words(second)})",
            f"once {keeping.where} can be written, `{keeping.again}` replaces this key, which works until then",
            credential.to_document,
            interrupted=isinstance(failure, _ENDS) or isinstance(second, _ENDS),
        ) from second


def _in_words(error: BaseException) -> str:
    if isinstance(error, ProvisionerError):
        return error.message
    return "interrupted" if isinstance(error, KeyboardInterrupt) else type(error).__name__
