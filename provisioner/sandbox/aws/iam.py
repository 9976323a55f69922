"""IAM as the sandbox serves it: moto's, with what it lacks: service-specific credentials and boundaries of users.

moto lets a user go while the user still holds something; AWS does not.
"""

import secrets
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam import urls
from moto.iam.exceptions import DeleteConflictException, NoSuchEntity
from moto.iam.models import IAMBackend, iam_backends
from moto.iam.responses import IamResponse

from provisioner.sandbox.aws.managed_policies import know
from provisioner.sandbox.zones import ACCOUNT

SERVICE_CREDENTIAL_ID = "ACCA"  # how their ids begin


class UserStore(IAMBackend):
    """The users of the account. `service_credentials`: those of each user, by id, as IAM describes them."""

    _url_module = urls  # moto looks beside its own class otherwise

    def __init__(self, region_name: str, account_id: str, *arguments: Any) -> None:
        super().__init__(region_name, account_id, *arguments)
        self.service_credentials: dict[str, dict[str, dict[str, Any]]] = {}

    def update_user(self, user_name: str, new_path: str | None = None, new_user_name: str | None = None) -> None:
        """Move or rename a user, whose tags stay with it; moto keeps them by an ARN that changes."""
        user = self.get_user(user_name)
        tags = self.list_user_tags(user_name)
        self.tagger.delete_all_tags_for_resource(user.arn)
        super().update_user(user_name, new_path, new_user_name)
        self.tagger.tag_resource(user.arn, tags)

    def delete_user(self, user_name: str) -> None:
        """Delete a user who holds nothing any more (IAM API reference, DeleteUser)."""
        user = self.get_user(user_name)
        held = {
            "must delete access keys first": user.access_keys,
            "must delete login profile first": user.password,
            "must deactivate MFA device first": user.mfa_devices,
            "must remove users from group first": self.get_groups_for_user(user_name),
            "must delete policies first": user.policies,
            "must detach all policies first": user.managed_policies,
            "must delete SSH public keys first": user.ssh_public_keys,
            "must delete signing certificates first": user.signing_certificates,
            "must delete service specific credentials first": self.service_credentials.get(user_name),
        }
        for demand, what in held.items():
            if what:
                raise DeleteConflictException(f"Cannot delete entity, {demand}.")
        super().delete_user(user_name)


class IamApi(IamResponse):
    """All operations of IAM that the sandbox knows: moto's, and those on what moto lacks."""

    def create_user(self) -> ActionResult:
        """Make a user, with its permissions boundary."""
        boundary = self._boundary()
        made: ActionResult = super().create_user()
        self._bind(boundary)
        return made

    def put_user_permissions_boundary(self) -> ActionResult:
        """Give a user a permissions boundary, in place of another."""
        self._bind(self._boundary())
        return EmptyResult()

    def delete_user_permissions_boundary(self) -> ActionResult:
        """Take a user's permissions boundary away."""
        self._bind(None)
        return EmptyResult()

    def attach_user_policy(self) -> Any:
        """Attach a policy to a user, one of AWS's own as well."""
        know(self.backend, self._get_param("PolicyArn"))
        return super().attach_user_policy()

    def attach_group_policy(self) -> Any:
        """Attach a policy to a group, one of AWS's own as well."""
        know(self.backend, self._get_param("PolicyArn"))
        return super().attach_group_policy()

    def get_policy(self) -> Any:
        """Describe a policy, one of AWS's own as well."""
        know(self.backend, self._get_param("PolicyArn"))
        return super().get_policy()

    def get_policy_version(self) -> Any:
        """Tell what a policy says, one of AWS's own as well."""
        know(self.backend, self._get_param("PolicyArn"))
        return super().get_policy_version()

    def _boundary(self) -> dict[str, str] | None:
        """Return the boundary that is asked for, as IAM describes it; raises for a policy that does not exist."""
        arn = self._get_param("PermissionsBoundary")
        know(self.backend, arn)
        if arn and arn not in self.backend.managed_policies:
            raise NoSuchEntity(f"Scope ARN: {arn} does not exist or is not attachable.")
        kind = {"PermissionsBoundaryType": "PermissionsBoundaryPolicy"}
        return {**kind, "PermissionsBoundaryArn": arn} if arn else None

    def _bind(self, boundary: dict[str, str] | None) -> None:
        user: Any = self.backend.get_user(self._get_param("UserName"))
        user.permissions_boundary = boundary

    def create_service_specific_credential(self) -> ActionResult:
        """Make a user name and a password for one service, e.g. CodeCommit."""
        user, service = self._get_param("UserName"), self._get_param("ServiceName")
        self.backend.get_user(user)
        made = {
            "ServiceSpecificCredentialId": SERVICE_CREDENTIAL_ID + secrets.token_hex(8).upper(),
            "ServiceName": service,
            "ServiceUserName": f"{user}-at-{ACCOUNT}",
            "UserName": user,
            "Status": "Active",
            "CreateDate": datetime.now(UTC),
        }
        self._service_credentials(user)[made["ServiceSpecificCredentialId"]] = made
        return ActionResult({"ServiceSpecificCredential": made | {"ServicePassword": secrets.token_urlsafe(30)}})

    def list_service_specific_credentials(self) -> ActionResult:
        """List the service-specific credentials of a user."""
        user = self._get_param("UserName")
        self.backend.get_user(user)
        return ActionResult({"ServiceSpecificCredentials": [*self._service_credentials(user).values()]})

    def delete_service_specific_credential(self) -> ActionResult:
        """Delete a service-specific credential."""
        self._service_credentials(self._get_param("UserName")).pop(self._get_param("ServiceSpecificCredentialId"), None)
        return EmptyResult()

    def _service_credentials(self, user: str) -> dict[str, dict[str, Any]]:
        backend: Any = self.backend  # a UserStore
        found: dict[str, dict[str, Any]] = backend.service_credentials.setdefault(user, {})
        return found


def register() -> None:
    """Make moto create IAM backends of this kind from now on; call after moto was reset."""
    iam_backends.backend = UserStore


def unregister() -> None:
    """Give moto back its own IAM."""
    iam_backends.backend = IAMBackend
