"""What a step of a rotation is refused for: a key that works nowhere, or one that somebody still sends with."""

from __future__ import annotations

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.rotation import Rotation
from provisioner.core.credentials.rotation_report import OldUse, Use
from provisioner.errors import ProvisionerError, Refused
from provisioner.ports.edges import Edges

_NOT_KNOWN = ("access_denied", "use_unknown")


def refuse_without(seen: Rotation, credential: SmtpCredential | None, hint: str) -> None:
    """Refuse a step after which nobody could log in: the credential that it relies on does not work.

    `hint` says what to do when its key is gone. A key that is switched off may be so on purpose.
    """
    if seen.works(credential):
        return
    if credential is None or not seen.has(credential):
        name = credential.user_name if credential else "of the stored credential"
        raise Refused("key_gone", f"{seen.user}: access key {name} is gone; nothing was touched", hint)
    name, named = credential.user_name, f"--user-name {seen.user.iam_user} --access-key-id {credential.user_name}"
    raise Refused(
        "key_inactive",
        f"{seen.user}: access key {name} is switched off; nothing was touched",
        f"if it may send, `aws iam update-access-key {named} --status Active`; repeat then",
    )


def refuse_if_used(edges: Edges, seen: Rotation) -> None:
    """Refuse to switch off an old key that was used after the new one was confirmed, or of which nobody knows it."""
    old, new, since = str(seen.old_user_name), seen.new_user_name, seen.confirmed_at
    use = use_of(edges, old)
    if use.use is Use.UNKNOWN:
        raise Refused(
            "use_unknown",
            f"{seen.user}: nobody can say whether access key {old} is still in use: {use.why}; nothing was touched",
            "allow iam:GetAccessKeyLastUsed (see docs/permissions.md), or give --yes-it-sends",
        )
    if use.at and since and use.at > since:
        raise Refused(
            "old_key_in_use",
            f"{seen.user}: access key {old} was used at {use.at:%Y-%m-%d %H:%M} UTC, after {new} was confirmed at "
            f"{since:%Y-%m-%d %H:%M} UTC: something still sends with the old password; nothing was touched",
            "give it the new password, and --yes-it-sends when you know that all have it",
        )


def use_of(edges: Edges, key_id: str) -> OldUse:
    """Return when a key was last used, as far as IAM says it."""
    try:
        return OldUse.of(edges.access.last_use(key_id))
    except ProvisionerError as error:
        if error.code not in _NOT_KNOWN:
            raise
        return OldUse(Use.UNKNOWN, why=error.message)
