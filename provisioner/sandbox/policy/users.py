"""IAM users as moto keeps them: who holds an access key, and which policies apply."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moto.iam.models import iam_backends, mark_account_as_visited
from moto.utilities.utils import get_partition

from provisioner.core.values.secret import Secret

if TYPE_CHECKING:
    from moto.iam.models import Group, IAMBackend, ManagedPolicy, User


@dataclass(frozen=True)
class Principal:
    """The IAM user that holds an access key; `documents` are the policies that apply, as JSON.

    `boundary` is the document of its permissions boundary, None when it has none.
    """

    name: str
    arn: str
    user_id: str
    key_id: str
    secret: Secret = field(repr=False)
    documents: tuple[str, ...] = field(repr=False)
    boundary: str | None = field(default=None, repr=False)


def holder_of(key_id: str, account: str, region: str) -> Principal | None:
    """Return the user whose active access key this is; None when there is no such key or it is switched off."""
    backend: IAMBackend = iam_backends[account][get_partition(region)]
    for user in list(backend.users.values()):
        for key in list(user.access_keys):
            if key.access_key_id == key_id and key.status == "Active":
                secret = Secret(key.secret_access_key)
                documents = tuple(_documents(backend, user))
                return Principal(user.name, user.arn, user.id, key_id, secret, documents, _boundary(backend, user))
    return None


def note_use(key_id: str, account: str, region: str) -> None:
    """Note that SES was used with an access key just now, as IAM tells with GetAccessKeyLastUsed."""
    mark_account_as_visited(account, key_id, "ses", region)


def _documents(backend: "IAMBackend", user: "User") -> Iterator[str]:
    holders: list[User | Group] = [user, *backend.get_groups_for_user(user.name)]
    for holder in holders:
        yield from list(holder.policies.values())
        yield from (document_of(policy) for policy in list(holder.managed_policies.values()))


def _boundary(backend: "IAMBackend", user: "User") -> str | None:
    found = getattr(user, "permissions_boundary", None)  # of the sandbox's own IAM: moto's users have none
    return document_of(backend.managed_policies[found["PermissionsBoundaryArn"]]) if found else None


def document_of(policy: "ManagedPolicy") -> str:
    """Return what a managed policy says now."""
    versions = {version.version_id: version.document for version in list(policy.versions)}
    return versions[policy.default_version_id] or "{}"  # moto allows none; the evaluator names that fault
