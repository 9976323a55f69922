"""The SMTP credential of a domain: made once, derived here, stored before it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.credentials import SmtpCredential
from provisioner.core.spec import MailDomain
from provisioner.ports import Edges


@dataclass(frozen=True, slots=True)
class Custody:
    """The credential that we hold, or None with the ids of the keys whose secret we do not hold (`lost`)."""

    credential: SmtpCredential | None
    created: bool
    lost: tuple[str, ...] = ()


def ensure_credential(edges: Edges, spec: MailDomain) -> Custody:
    """Return the domain's credential, making an access key only where the user has none.

    A key whose secret we do not hold may be in use on the customer's site, so it is neither deleted nor doubled.
    """
    keys = edges.users.keys(spec.iam_user)
    stored = edges.store.load(spec.domain)
    if stored is not None and any(key.id == stored.user_name and key.active for key in keys):
        return Custody(stored, created=False)
    if keys:
        return Custody(None, created=False, lost=tuple(key.id for key in keys))
    return Custody(_create(edges, spec), created=True)


def held_credential(edges: Edges, spec: MailDomain) -> Custody:
    """Look only: the credential as far as we hold it, without asking AWS."""
    return Custody(edges.store.load(spec.domain), created=False)


def _create(edges: Edges, spec: MailDomain) -> SmtpCredential:
    edges.store.check_writable(spec.domain)  # AWS shows the secret once: make sure that it can be kept
    edges.progress.step(f"{spec.domain}: creating the access key of {spec.iam_user}")
    key_id, secret = edges.users.create_key(spec.iam_user)
    credential = SmtpCredential.derived(spec.domain, spec.region, key_id, secret, spec.iam_user)
    try:
        edges.store.save(credential)
    except BaseException:
        edges.users.delete_key(spec.iam_user, key_id)
        raise
    return credential


def delete_keys(edges: Edges, user: str) -> None:
    """Delete every access key of the domain's own user, which IAM wants before the user itself can go."""
    for key in edges.users.keys(user):
        edges.progress.step(f"deleting access key {key.id}")
        edges.users.delete_key(user, key.id)
