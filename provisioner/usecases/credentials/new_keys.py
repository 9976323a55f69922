"""Waiting for SES to know a new access key: IAM is eventually consistent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.endpoint import Endpoint
from provisioner.core.credentials.smtp_reply import Cause, SmtpReply
from provisioner.errors import ProvisionerError, SmtpRefusal
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.keys import listed_keys

Value = TypeVar("Value")

YOUNG = timedelta(minutes=5)  # so long a new key or policy may not be known everywhere
_PAUSES = (2, 4, 8, 15, 15, 16)  # seconds between the tries with a new key: a minute in all


def waited_out(
    edges: Edges, who: str, attempt: Callable[[], Value], is_too_early: Callable[[SmtpReply], bool]
) -> Value:
    """Return what an attempt over SMTP gives, which is made again for a minute while its refusal may be too early."""
    for pause in _PAUSES:
        try:
            return attempt()
        except SmtpRefusal as refusal:
            if not is_too_early(reply_of(refusal)):
                raise
            edges.progress.step(f"{who}: SES does not know the new access key yet; trying again in {pause} seconds")
            edges.clock.sleep(pause)
    return attempt()


def log_in(edges: Edges, credential: SmtpCredential) -> None:
    """Prove a credential by a login at its endpoint, waiting for a new key to be known.

    Raises `SmtpRefusal` with SES's reply, and `ProvisionerError` when nobody could be asked.
    """
    user = credential.user

    def is_too_early(reply: SmtpReply) -> bool:
        if reply.cause is not Cause.LOGIN:
            return False
        try:
            keys = listed_keys(edges, user, credential.user_name)
        except ProvisionerError:
            return False  # who may not look cannot know
        return is_young(edges, next((key for key in keys if key.id == credential.user_name), None))

    endpoint = Endpoint.of(credential)
    waited_out(
        edges,
        str(user),
        lambda: edges.mailer.log_in(endpoint, credential.user_name, credential.password),
        is_too_early,
    )


def is_young(edges: Edges, key: AccessKey | None) -> bool:
    """Say whether an access key is so new that SES may not know it yet."""
    if key is None or not key.active or key.created is None:
        return False
    return edges.clock.now() - key.created < YOUNG


def reply_of(refusal: SmtpRefusal) -> SmtpReply:
    """Return the reply behind a refusal."""
    return SmtpReply(refusal.reply, refusal.said)
