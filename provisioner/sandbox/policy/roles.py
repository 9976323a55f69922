"""Roles as moto keeps them: their policies, and the keys of sessions in which services act as them."""

import secrets
import string
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from provisioner.core.iam.evaluate import Outcome
from provisioner.core.iam.request import IamRequest
from provisioner.sandbox.policy.evaluate import decide
from provisioner.sandbox.policy.resource import Service, permits
from provisioner.sandbox.policy.users import document_of

if TYPE_CHECKING:
    from moto.iam.models import IAMBackend

_ALPHABET = string.ascii_uppercase + string.digits
_ACCOUNT = 4


class Sessions:
    """Which role each temporary key acts as; a key is good as long as the sandbox runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._roles: dict[str, str] = {}
        self._keys: dict[str, str] = {}

    def key_of(self, role: str) -> str:
        """Return the access key id of a session as a role, by its ARN."""
        with self._lock:
            if role not in self._keys:
                self._keys[role] = "ASIA" + "".join(secrets.choice(_ALPHABET) for _ in range(16))
                self._roles[self._keys[role]] = role
            return self._keys[role]

    def role_of(self, key_id: str) -> str | None:
        """Return the ARN of the role that a key acts as, None for another key."""
        return self._roles.get(key_id)


SESSIONS = Sessions()  # moto keeps the roles per process, too


def documents_of(role: str, region: str) -> tuple[str, ...]:
    """Return the policies (JSON) of a role, as they are now; none for one that does not exist."""
    found = _role(role, region)
    return tuple(_documents(found)) if found else ()


def may(role: str, action: str, resource: str, region: str) -> bool:
    """Say whether a role's policies let it do something."""
    return decide(documents_of(role, region), IamRequest(action, (resource,), {"aws:SecureTransport": "true"})).allowed


def trusts(role: str, service: str, region: str, source: dict[str, str]) -> bool:
    """Say whether a role lets a service act as it, for the `source` that it names (`aws:SourceArn`)."""
    found = _role(role, region)
    if found is None:
        return False
    account = role.split(":")[_ACCOUNT]
    request = IamRequest("sts:AssumeRole", (role,), {"aws:SourceAccount": account, **source})
    return permits(found.assume_role_policy_document, Service(service), request, account) is Outcome.ALLOWED


def _role(arn: str, region: str) -> Any:
    backend: IAMBackend = iam_backends[arn.split(":")[_ACCOUNT]][get_partition(region)]
    return next((role for role in list(backend.roles.values()) if role.arn == arn), None)


def _documents(role: Any) -> Iterator[str]:
    yield from list(role.policies.values())
    yield from (document_of(policy) for policy in list(role.managed_policies.values()))
