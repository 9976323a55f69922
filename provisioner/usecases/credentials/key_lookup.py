"""Whose an access key is, and how it is, as far as IAM of this account says."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from provisioner.core.credentials.access_key import AccessKey, LastUse
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.login import FoundKey, GivenLogin
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.slots import listed_keys
from provisioner.usecases.home import list_domains

YOUNG = timedelta(minutes=5)  # IAM is eventually consistent


def find_key(edges: Edges, login: GivenLogin) -> FoundKey:
    """Look the key of a login up: with its own user, or with whoever has it. Raises when IAM may not be asked."""
    if login.user is None:
        return _of_anybody(edges, login)
    return _of_user(edges, login, login.user)


def kept_login(edges: Edges, key_id: str) -> SmtpCredential | None:
    """Return the credential of an access key that this home keeps, None when it keeps none, or nobody may look."""
    with suppress(ProvisionerError):
        users = {user.iam_user: user for known in list_domains(edges) for user in known.smtp_users}
        owner = edges.access.owner(key_id) if users else None
        kept = edges.store.load(users[owner]) if owner in users else None
        return kept if kept is not None and kept.user_name == key_id else None
    return None


def is_young(edges: Edges, key: AccessKey | None) -> bool:
    """Say whether an access key is so new that it, or the policy of its user, may not be known everywhere."""
    if key is None or not key.active or key.created is None:
        return False
    return edges.clock.now() - key.created < YOUNG


def last_use(edges: Edges, key_id: str) -> LastUse | None:
    """Return where IAM noted the last use of a key; None as well when it may not be asked, it only adds something."""
    try:
        return edges.access.last_use(key_id)
    except ProvisionerError:
        return None


def _of_user(edges: Edges, login: GivenLogin, user: SmtpUser) -> FoundKey:
    key_id = login.user_name
    keys = listed_keys(edges, user, (key_id,))
    key = next((key for key in keys if key.id == key_id), None)
    others = tuple(other.id for other in keys if other is not key)
    if key is not None:
        return FoundKey(user.iam_user, key, others, _is_new(edges, login, key))
    owner = None
    with suppress(ProvisionerError):  # whose it is else only adds to what is known
        owner = edges.access.owner(key_id)
    return FoundKey(owner, None, others)


def _of_anybody(edges: Edges, login: GivenLogin) -> FoundKey:
    owner = edges.access.owner(login.user_name)
    if owner is None:
        return FoundKey(None, None)
    key = next((key for key in edges.users.keys(owner) if key.id == login.user_name), None)
    return FoundKey(owner, key, (), _is_new(edges, login, key))


def _is_new(edges: Edges, login: GivenLogin, key: AccessKey | None) -> bool:
    """Say whether SES may not know a key yet: not when it was used there already."""
    if not is_young(edges, key):
        return False
    use = last_use(edges, login.user_name)
    return use is None or (use.service, use.region) != ("ses", login.region.name)
