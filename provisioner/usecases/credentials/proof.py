"""Prove a credential the way a site would use it: log in over SMTP, and say why that fails."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.rotation_report import rotate_command
from provisioner.core.credentials.smtp_reply import Cause
from provisioner.errors import ProvisionerError, SmtpRefusal
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.new_keys import log_in, reply_of
from provisioner.usecases.standing import is_denied


def prove(edges: Edges, credential: SmtpCredential) -> None:
    """Log in with a credential; where SES may not know its key yet, for a minute.

    Raises `ProvisionerError` with the reply of the server, or with what kept it from being asked.
    """
    edges.progress.step(f"{credential.user}: logging in at {credential.host} with access key {credential.user_name}")
    try:
        log_in(edges, credential)
    except SmtpRefusal as refusal:
        message = f"{credential.user}: the new password does not log in, and nothing was changed: {refusal.message}"
        hint = "; ".join(_ways_out(edges, credential, refusal))
        raise ProvisionerError(refusal.code, message, hint) from refusal


def _ways_out(edges: Edges, credential: SmtpCredential, refusal: SmtpRefusal) -> Iterator[str]:
    rotate, name = rotate_command(credential.user), credential.user_name
    if reply_of(refusal).cause is not Cause.LOGIN:
        yield f"repeat `{rotate} --confirm` later"
        return
    key = next((key for key in edges.users.keys(credential.iam_user) if key.id == name), None)
    if key is not None and not key.active:
        named = f"--user-name {credential.iam_user} --access-key-id {name}"
        yield f"access key {name} is switched off: `aws iam update-access-key {named} --status Active`, then this again"
    elif is_denied(edges, credential.user):
        sender = f" --sender {credential.sender}" if credential.sender else ""
        yield f"it is paused: `provisioner resume {credential.domain}{sender}`, then repeat this"
    else:
        yield f"repeat this in some minutes; or `{rotate} --cancel`, which deletes the new key, and `--prepare` again"
