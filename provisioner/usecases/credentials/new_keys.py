"""Waiting for SES to know a new access key: IAM is eventually consistent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.endpoint import Endpoint
from provisioner.core.credentials.login import GivenLogin
from provisioner.core.credentials.smtp_reply import Cause, SmtpReply
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError, SmtpRefusal
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.key_lookup import find_key

Value = TypeVar("Value")

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
    endpoint, login = Endpoint.of(credential), GivenLogin.stored(credential, Region.parse(credential.region))

    def is_too_early(reply: SmtpReply) -> bool:
        return reply.cause is Cause.LOGIN and may_be_unknown(edges, login)

    waited_out(
        edges,
        str(credential.user),
        lambda: edges.mailer.log_in(endpoint, credential.user_name, credential.password),
        is_too_early,
    )


def may_be_unknown(edges: Edges, login: GivenLogin) -> bool:
    """Say whether SES may refuse a login only because its key is new.

    Never where nobody may look, nor where another password of the key is kept: then it is the password.
    """
    if login.kept_by is not None:
        return False
    try:
        return find_key(edges, login).is_young
    except ProvisionerError:
        return False


def reply_of(refusal: SmtpRefusal) -> SmtpReply:
    """Return the reply behind a refusal."""
    return SmtpReply(refusal.reply, refusal.said)
