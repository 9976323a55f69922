"""The SMTP credentials of a domain: each made once, derived here, stored before it is shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.rotation import Rotation, Stage
from provisioner.core.credentials.slot import Slot
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.terraform.addresses import smtp_user_at
from provisioner.core.terraform.plan import Plan
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import PAUSE_POLICY
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import KeyNotKept, ProvisionerError, Refused
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.credentials.fresh_key import Keeping, make_key
from provisioner.usecases.credentials.slots import listed_keys, seen_rotation


@dataclass(frozen=True, slots=True)
class HeldCredential:
    """The credential of a user that we hold, or None with the ids of the keys whose secret we do not hold (`lost`).

    `inactive`: somebody has switched the key off on AWS, and it stays off until they switch it on again. `missing`: the
    user has no key at all, and `new-domain` would make one. `others` are its keys that we know nothing of, beside the
    one that we hold. `rotation` says how far the replacement of its key is, None when nothing is under way.
    """

    user: SmtpUser
    credential: SmtpCredential | None
    created: bool
    lost: tuple[str, ...] = ()
    inactive: bool = False
    missing: bool = False
    others: tuple[str, ...] = ()
    rotation: Rotation | None = None


@dataclass(frozen=True, slots=True)
class _NewKey:
    """A key to be made: whose, for which region's password, and which place in the store its credential takes.

    `before` are the ids of keys that are stored, whatever IAM lists. They are no orphans, should IAM know one that it
    does not list: it may be in use on the customer's site.
    """

    user: SmtpUser
    region: Region
    before: tuple[str, ...]
    slot: Slot = Slot.CURRENT

    @property
    def again(self) -> str:
        """The command that makes another in its place."""
        domain, sender = self.user.domain, f" --sender {self.user.sender}" if self.user.sender else ""
        if self.slot is Slot.CURRENT:
            return f"provisioner new-domain {domain}"
        return f"provisioner credentials rotate {domain}{sender} --prepare"


def ensure_credentials(edges: Edges, workspace: Workspace, spec: MailDomain) -> tuple[HeldCredential, ...]:
    """Return the credentials of the domain's SMTP users, making an access key only where a user has none.

    A key whose secret we do not hold may be in use on the customer's site, so it is neither deleted nor doubled; one
    that a run of ours made and died before storing can be in use nowhere, and is replaced.
    """
    return tuple(_ensure(edges, workspace, user, spec.region) for user in spec.smtp_users)


def held_credentials(edges: Edges, spec: MailDomain) -> tuple[HeldCredential, ...]:
    """Look only, at the store and at IAM: what `ensure_credentials` would find, and where it would make a key."""
    return tuple(_held(edges, user) for user in spec.smtp_users)


def without_orphans(edges: Edges, workspace: Workspace, seen: Rotation, *, dry_run: bool = False) -> Rotation:
    """Delete those of the user's keys that a run made which died before it stored them; return what is left then."""
    known, current = workspace.key_intent(seen.user), seen.kept.current
    if known is None or seen.keys is None:
        return seen
    if dry_run:
        return replace(seen, keys=tuple(key for key in seen.keys if key.id in known or key.id not in seen.others))
    stored = (current.user_name,) if current else ()
    return replace(seen, keys=tuple(_without_orphans(edges, workspace, seen.user, seen.keys, stored)))


def refuse_unknown_keys(seen: Rotation) -> None:
    """Raise `Refused("two_keys")` when the user has a key of which nobody knows whether it is in use."""
    if not seen.others:
        return
    user, other = seen.user.iam_user, seen.others[0]
    raise Refused(
        "two_keys",
        f"IAM user {user} has access key {other} too, whose secret is not held here: IAM allows two keys, and nobody "
        "knows whether that one is in use; nothing was touched",
        f"when nobody uses it, `aws iam delete-access-key --user-name {user} --access-key-id {other}`; repeat then",
    )


def make_second_key(edges: Edges, workspace: Workspace, seen: Rotation, region: Region) -> SmtpCredential:
    """Make a key beside that of the user's current credential, and store the new credential as the pending one."""
    known = (seen.kept.current.user_name,) if seen.kept.current else ()
    return _create(edges, workspace, _NewKey(seen.user, region, known, Slot.PENDING))


def switch_key(edges: Edges, credential: SmtpCredential, *, active: bool) -> None:
    """Let the key of a credential log in, or not any more; raises `ProvisionerError("key_gone")` when it is gone."""
    name, user = credential.user_name, credential.iam_user
    edges.progress.step(f"{credential.user}: switching access key {name} {'on' if active else 'off'}")
    if not edges.users.switch_key(user, name, active=active):
        hint = f"`provisioner drift {credential.domain}` says how its keys stand"
        raise ProvisionerError("key_gone", f"IAM user {user} has no access key {name} any more", hint)


def delete_key(edges: Edges, credential: SmtpCredential) -> None:
    """Delete the key of a credential; nothing happens when it is gone already."""
    edges.progress.step(f"{credential.user}: deleting access key {credential.user_name}")
    edges.users.delete_key(credential.iam_user, credential.user_name)


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
    known = (stored.user_name,) if stored else ()
    listed = listed_keys(edges, user, known)
    found = _found(edges, user, stored, _without_orphans(edges, workspace, user, listed, known))
    workspace.note_rotation(user, found.rotation.stage if found.rotation else Stage.NONE)
    if not found.missing:
        return found
    return HeldCredential(user, _create(edges, workspace, _NewKey(user, region, known)), created=True)


def _held(edges: Edges, user: SmtpUser) -> HeldCredential:
    stored = edges.store.load(user)
    return _found(edges, user, stored, listed_keys(edges, user, (stored.user_name,) if stored else ()))


def _found(edges: Edges, user: SmtpUser, stored: SmtpCredential | None, keys: Sequence[AccessKey]) -> HeldCredential:
    seen = seen_rotation(edges, user, stored, keys)
    held = seen.key(stored.user_name) if stored else None
    under_way = seen if seen.stage.is_under_way else None
    if held is not None:
        off, others = not held.active, seen.others
        return HeldCredential(user, stored, created=False, inactive=off, others=others, rotation=under_way)
    return HeldCredential(user, None, created=False, lost=seen.others, missing=not keys, rotation=under_way)


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
    edges: Edges, workspace: Workspace, user: SmtpUser, keys: Sequence[AccessKey], stored: Collection[str]
) -> Sequence[AccessKey]:
    """Delete those of the keys that a run made which died before it stored them, and return the others.

    `stored` are the ids of those that are known to be stored; what is pending, or was replaced, is looked up.
    """
    known = workspace.key_intent(user)
    if known is None:
        return keys
    orphans = {key.id for key in keys} - known - set(stored)
    if orphans:
        beside = (edges.store.load(user, slot) for slot in (Slot.PENDING, Slot.PREVIOUS))
        orphans -= {credential.user_name for credential in beside if credential}
    if orphans:  # one may be in the user's hands, who got it because it could neither be stored nor deleted
        edges.store.check_writable(user)
    for key_id in sorted(orphans):
        edges.progress.note(f"{user}: access key {key_id} goes: a run that died made it and nobody has its secret")
        edges.users.delete_key(user.iam_user, key_id)
    workspace.settle_key(user)
    return [key for key in keys if key.id not in orphans]


def _create(edges: Edges, workspace: Workspace, new: _NewKey) -> SmtpCredential:
    """Make a key and store its credential."""
    user = new.user
    edges.store.check_writable(user, new.slot)  # AWS shows the secret once: make sure that it can be kept
    workspace.intend_key(user, new.before)
    create, tried = partial(_create_key, edges, workspace, new), list[str]()

    def keep(made: SmtpCredential) -> None:
        tried.append(made.user_name)
        edges.store.save(made, new.slot)

    try:
        keeping = Keeping(keep, edges.store.location(user, new.slot), new.again)
        credential = make_key(edges, user, new.region, create, keeping)
    except ProvisionerError as failure:
        if tried and not isinstance(failure, KeyNotKept):
            _settle_failure(edges, workspace, new)
        raise
    keys = edges.users.keys(user.iam_user)
    stored = (*new.before, credential.user_name)
    _without_orphans(edges, workspace, user, keys, stored)  # when an answer of AWS is lost, the call is made twice
    return credential


def _settle_failure(edges: Edges, workspace: Workspace, new: _NewKey) -> None:
    """Forget the intent of a key that is deleted, as it could not be stored: one that is made later is no orphan."""
    with suppress(ProvisionerError):  # what failed is told; the next run looks again
        _without_orphans(edges, workspace, new.user, edges.users.keys(new.user.iam_user), new.before)


def _create_key(edges: Edges, workspace: Workspace, new: _NewKey) -> tuple[str, Secret]:
    """Create a key; one whose answer was lost, so that the call was made twice, may stand in the way of a second."""
    user = new.user
    try:
        return edges.users.create_key(user.iam_user)
    except ProvisionerError as error:
        if error.code != "key_limit" or not new.before:
            raise
        keys = edges.users.keys(user.iam_user)
        if len(_without_orphans(edges, workspace, user, keys, new.before)) == len(keys):
            raise
        workspace.intend_key(user, new.before)
        return edges.users.create_key(user.iam_user)
