"""The SMTP credential of a domain: made once, derived here, stored before it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provisioner.core.credentials import SmtpCredential
from provisioner.core.spec import MailDomain
from provisioner.errors import ProvisionerError
from provisioner.ports import AccessKey, Edges, Workspace


@dataclass(frozen=True, slots=True)
class Custody:
    """The credential that we hold, or None with the ids of the keys whose secret we do not hold (`lost`).

    `inactive`: somebody has switched the key off on AWS, and it stays off until they switch it on again.
    """

    credential: SmtpCredential | None
    created: bool
    lost: tuple[str, ...] = ()
    inactive: bool = False


def ensure_credential(edges: Edges, workspace: Workspace, spec: MailDomain) -> Custody:
    """Return the domain's credential, making an access key only where the user has none.

    A key whose secret we do not hold may be in use on the customer's site, so it is neither deleted nor doubled; one
    that a run of ours made and died before storing can be in use nowhere, and is replaced.
    """
    stored = _stored(edges, spec)
    keys = _without_orphans(edges, workspace, spec, stored)
    held = next((key for key in keys if stored and key.id == stored.user_name), None)
    if held is not None:
        return Custody(stored, created=False, inactive=not held.active)
    if keys:
        return Custody(None, created=False, lost=tuple(key.id for key in keys))
    return Custody(_create(edges, workspace, spec), created=True)


def held_credential(edges: Edges, spec: MailDomain) -> Custody:
    """Look only: the credential as far as we hold it, without asking AWS."""
    return Custody(edges.store.load(spec.domain), created=False)


def _stored(edges: Edges, spec: MailDomain) -> SmtpCredential | None:
    """Return what is stored; what cannot be read is put aside and counts as not held."""
    try:
        return edges.store.load(spec.domain)
    except ProvisionerError as error:
        if error.code != "corrupt_credential":
            raise
        kept = edges.store.set_aside(spec.domain)
        edges.progress.warn(f"{spec.domain}: {error.message}; it is kept at {kept}, and its key counts as not held")
    return None


def _without_orphans(
    edges: Edges, workspace: Workspace, spec: MailDomain, stored: SmtpCredential | None
) -> Sequence[AccessKey]:
    """Delete the key of a run that died between making and storing it, and return the others."""
    keys, known = edges.users.keys(spec.iam_user), workspace.key_intent()
    if known is None:
        return keys
    kept = known | ({stored.user_name} if stored else set())
    for key in (key for key in keys if key.id not in kept):
        edges.progress.note(
            f"{spec.domain}: access key {key.id} goes: a run that died made it and nobody has its secret"
        )
        edges.users.delete_key(spec.iam_user, key.id)
    workspace.key_settled()
    return [key for key in keys if key.id in kept]


def _create(edges: Edges, workspace: Workspace, spec: MailDomain) -> SmtpCredential:
    edges.store.check_writable(spec.domain)  # AWS shows the secret once: make sure that it can be kept
    edges.progress.step(f"{spec.domain}: creating the access key of {spec.iam_user}")
    workspace.intend_key(())
    key_id, secret = edges.users.create_key(spec.iam_user)
    credential = SmtpCredential.derived(spec.domain, spec.region, key_id, secret, spec.iam_user)
    try:
        edges.store.save(credential)
    except BaseException:
        edges.users.delete_key(spec.iam_user, key_id)
        raise
    _without_orphans(edges, workspace, spec, credential)  # when an answer of AWS is lost, the call is made twice
    return credential


def delete_keys(edges: Edges, user: str) -> None:
    """Delete every access key of the domain's own user, which IAM wants before the user itself can go."""
    for key in edges.users.keys(user):
        edges.progress.step(f"deleting access key {key.id}")
        edges.users.delete_key(user, key.id)
