"""The SMTP credentials of a domain: each made once, derived here, stored before it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.terraform.addresses import smtp_user_at
from provisioner.core.terraform.plan import Plan
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import PAUSE_POLICY
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.credentials.fresh_key import make_key

_LISTING_WAIT_SECONDS = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class HeldCredential:
    """The credential of a user that we hold, or None with the ids of the keys whose secret we do not hold (`lost`).

    `inactive`: somebody has switched the key off on AWS, and it stays off until they switch it on again. `missing`: the
    user has no key at all, and `new-domain` would make one. `others` are its keys beside the one that we hold.
    """

    user: SmtpUser
    credential: SmtpCredential | None
    created: bool
    lost: tuple[str, ...] = ()
    inactive: bool = False
    missing: bool = False
    others: tuple[str, ...] = ()


def ensure_credentials(edges: Edges, workspace: Workspace, spec: MailDomain) -> tuple[HeldCredential, ...]:
    """Return the credentials of the domain's SMTP users, making an access key only where a user has none.

    A key whose secret we do not hold may be in use on the customer's site, so it is neither deleted nor doubled; one
    that a run of ours made and died before storing can be in use nowhere, and is replaced.
    """
    return tuple(_ensure(edges, workspace, user, spec.region) for user in spec.smtp_users)


def held_credentials(edges: Edges, spec: MailDomain) -> tuple[HeldCredential, ...]:
    """Look only, at the store and at IAM: what `ensure_credentials` would find, and where it would make a key."""
    return tuple(_held(edges, user) for user in spec.smtp_users)


def listed_keys(edges: Edges, user: SmtpUser, stored: str | None) -> Sequence[AccessKey]:
    """Return the user's access keys; one whose credential is stored counts as gone only after several looks.

    IAM is eventually consistent: the first list may be older than the key. `stored` is its id.
    """
    keys = edges.users.keys(user.iam_user)
    for seconds in _LISTING_WAIT_SECONDS:
        if stored is None or any(key.id == stored for key in keys):
            break
        edges.clock.sleep(seconds)
        keys = edges.users.keys(user.iam_user)
    return keys


def deleted_users(domain: DomainName, plan: Plan) -> tuple[SmtpUser, ...]:
    """Return the SMTP users whose IAM user a plan deletes."""
    gone = (smtp_user_at(domain, change.address) for change in plan.changes if change.kind == "delete")
    return tuple(user for user in gone if user)


def end_keys(edges: Edges, domain: DomainName, plan: Plan) -> None:
    """Delete every access key of the users that a plan deletes, which IAM wants before a user itself can go.

    Behind the keys goes what paused the user.
    """
    for user in deleted_users(domain, plan):
        for key in edges.users.keys(user.iam_user):
            edges.progress.step(f"{user}: deleting access key {key.id}")
            edges.users.delete_key(user.iam_user, key.id)
        edges.users.delete_policy(user.iam_user, PAUSE_POLICY)


def _ensure(edges: Edges, workspace: Workspace, user: SmtpUser, region: Region) -> HeldCredential:
    stored = _load(edges, user)
    if workspace.key_intent(user) is not None:
        edges.store.check_writable(user)  # before a key goes that could be neither stored nor deleted when it was made
    listed = listed_keys(edges, user, stored.user_name if stored else None)
    found = _found(user, stored, _without_orphans(edges, workspace, user, listed, stored))
    if not found.missing:
        return found
    return HeldCredential(user, _create(edges, workspace, user, region, stored), created=True)


def _held(edges: Edges, user: SmtpUser) -> HeldCredential:
    stored = edges.store.load(user)
    return _found(user, stored, listed_keys(edges, user, stored.user_name if stored else None))


def _found(user: SmtpUser, stored: SmtpCredential | None, keys: Sequence[AccessKey]) -> HeldCredential:
    held = next((key for key in keys if stored and key.id == stored.user_name), None)
    if held is not None:
        others = tuple(key.id for key in keys if key is not held)
        return HeldCredential(user, stored, created=False, inactive=not held.active, others=others)
    lost = tuple(key.id for key in keys)
    return HeldCredential(user, None, created=False, lost=lost, missing=not lost)


def _load(edges: Edges, user: SmtpUser) -> SmtpCredential | None:
    """Return what is stored; what cannot be read is put aside and counts as not held."""
    try:
        return edges.store.load(user)
    except ProvisionerError as error:
        if error.code != "corrupt_credential":
            raise
        kept = edges.store.set_aside(user)
        edges.progress.warn(f"{user}: {error.message}; it is kept at {kept}, and its key counts as not held")
    return None


def _without_orphans(
    edges: Edges, workspace: Workspace, user: SmtpUser, keys: Sequence[AccessKey], stored: SmtpCredential | None
) -> Sequence[AccessKey]:
    """Delete those of the keys that a run made which died before it stored them, and return the others."""
    known = workspace.key_intent(user)
    if known is None:
        return keys
    kept = known | ({stored.user_name} if stored else set())
    for key in (key for key in keys if key.id not in kept):
        edges.progress.note(f"{user}: access key {key.id} goes: a run that died made it and nobody has its secret")
        edges.users.delete_key(user.iam_user, key.id)
    workspace.settle_key(user)
    return [key for key in keys if key.id in kept]


def _create(
    edges: Edges, workspace: Workspace, user: SmtpUser, region: Region, before: SmtpCredential | None
) -> SmtpCredential:
    """Make a key and store its credential in the place of the one `before`, whose key IAM does not list.

    That one is no orphan all the same, should IAM know it after all: it may be in use on the customer's site.
    """
    edges.store.check_writable(user)  # AWS shows the secret once: make sure that it can be kept
    workspace.intend_key(user, (before.user_name,) if before else ())
    credential = make_key(edges, user, region, edges.store.save)
    keys = edges.users.keys(user.iam_user)
    _without_orphans(edges, workspace, user, keys, credential)  # when an answer of AWS is lost, the call is made twice
    return credential
