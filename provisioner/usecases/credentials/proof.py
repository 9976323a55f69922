"""Prove a credential the way a site would use it: log in over SMTP, and say why that fails."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.endpoint import Endpoint
from provisioner.core.credentials.rotation_report import rotate_command
from provisioner.core.credentials.smtp_reply import Cause, SmtpReply
from provisioner.errors import ProvisionerError, SmtpRefusal
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.refusal import Attempt, is_too_early
from provisioner.usecases.standing import is_denied

_PAUSES = (2, 4, 8, 15, 15, 16)  # seconds between the tries with a new key: a minute in all


def prove(edges: Edges, credential: SmtpCredential) -> None:
    """Log in with a credential; where SES may not know its key yet, for a minute.

    Raises `ProvisionerError` with the reply of the server, or with what kept it from being asked.
    """
    edges.progress.step(f"{credential.user}: logging in at {credential.host} with access key {credential.user_name}")
    for pause in _PAUSES:
        try:
            return _log_in(edges, credential)
        except SmtpRefusal as refusal:
            if not is_too_early(edges, Attempt(credential, "", ""), SmtpReply(refusal.reply, refusal.said)):
                raise _explained(edges, credential, refusal) from refusal
            edges.progress.step(f"{credential.user}: SES does not know the key yet; trying again in {pause} seconds")
            edges.clock.sleep(pause)
    try:
        return _log_in(edges, credential)
    except SmtpRefusal as refusal:
        raise _explained(edges, credential, refusal) from refusal


def _log_in(edges: Edges, credential: SmtpCredential) -> None:
    edges.mailer.log_in(Endpoint.of(credential), credential.user_name, credential.password)


def _explained(edges: Edges, credential: SmtpCredential, refusal: SmtpRefusal) -> ProvisionerError:
    message = f"{credential.user}: the new password does not log in, and nothing was changed: {refusal.message}"
    return ProvisionerError(refusal.code, message, "; ".join(_ways_out(edges, credential, refusal)))


def _ways_out(edges: Edges, credential: SmtpCredential, refusal: SmtpRefusal) -> Iterator[str]:
    rotate, name = rotate_command(credential.user), credential.user_name
    if SmtpReply(refusal.reply, refusal.said).cause is not Cause.LOGIN:
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
