"""IAM as the sandbox serves it: moto's, which lets a user go while the user still has keys or groups; AWS does not."""

from moto.iam import urls
from moto.iam.exceptions import DeleteConflictException
from moto.iam.models import IAMBackend, iam_backends


class UserStore(IAMBackend):
    """The users of the account."""

    _url_module = urls  # moto looks beside its own class otherwise

    def delete_user(self, user_name: str) -> None:
        """Delete a user who holds nothing any more (IAM API reference, DeleteUser)."""
        user = self.get_user(user_name)
        held = {
            "must delete access keys first": user.access_keys,
            "must delete login profile first": user.password,
            "must deactivate MFA device first": user.mfa_devices,
            "must remove users from group first": self.get_groups_for_user(user_name),
        }
        for demand, what in held.items():
            if what:
                raise DeleteConflictException(f"Cannot delete entity, {demand}.")
        super().delete_user(user_name)


def register() -> None:
    """Make moto create IAM backends of this kind from now on; call after moto was reset."""
    iam_backends.backend = UserStore


def unregister() -> None:
    """Give moto back its own IAM."""
    iam_backends.backend = IAMBackend
