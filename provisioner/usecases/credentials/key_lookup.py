"""Whose an access key is, and how it is, as far as IAM of this account says."""

from __future__ import annotations

from contextlib import suppress

from provisioner.core.credentials.login import FoundKey, GivenLogin
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.keys import listed_keys
from provisioner.usecases.credentials.new_keys import is_young


def find_key(edges: Edges, login: GivenLogin) -> FoundKey:
    """Look the key of a login up: with its own user, or with whoever has it. Raises when IAM may not be asked."""
    if login.user is None:
        return _of_anybody(edges, login.user_name)
    return _of_user(edges, login.user, login.user_name)


def _of_user(edges: Edges, user: SmtpUser, key_id: str) -> FoundKey:
    keys = listed_keys(edges, user, key_id)
    key = next((key for key in keys if key.id == key_id), None)
    others = tuple(other.id for other in keys if other is not key)
    if key is not None:
        return FoundKey(user.iam_user, key, others, is_young(edges, key))
    owner = None
    with suppress(ProvisionerError):  # whose it is else only adds to what is known
        owner = edges.access.owner(key_id)
    return FoundKey(owner, None, others)


def _of_anybody(edges: Edges, key_id: str) -> FoundKey:
    owner = edges.access.owner(key_id)
    if owner is None:
        return FoundKey(None, None)
    key = next((key for key in edges.users.keys(owner) if key.id == key_id), None)
    return FoundKey(owner, key, (), is_young(edges, key))
