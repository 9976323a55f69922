"""A credential store in memory."""

from __future__ import annotations

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError


class FakeStore:
    """Credentials by the name of their IAM user."""

    def __init__(self) -> None:
        self.kept: dict[str, SmtpCredential] = {}
        self._unwritable: ProvisionerError | None = None
        self._breaks_on_save: BaseException | None = None
        self._corrupt: ProvisionerError | None = None

    def is_not_writable(self) -> FakeStore:
        self._unwritable = ProvisionerError("home_not_writable", "credentials: read-only")
        return self

    def breaks_on_save(self, error: BaseException | None = None) -> FakeStore:
        self._breaks_on_save = error or ProvisionerError("disk_full", "credentials: no space")
        return self

    def works(self) -> FakeStore:
        self._breaks_on_save = self._unwritable = None
        return self

    def is_corrupt(self) -> FakeStore:
        self._corrupt = ProvisionerError("corrupt_credential", "a stored credential cannot be read")
        return self

    def set_aside(self, user: SmtpUser) -> str:
        self.kept.pop(user.iam_user, None)
        self._corrupt = None
        return f"{self.location(user)}.corrupt-1"

    def load(self, user: SmtpUser) -> SmtpCredential | None:
        if self._corrupt:
            raise self._corrupt
        return self.kept.get(user.iam_user)

    def save(self, credential: SmtpCredential) -> None:
        if self._breaks_on_save:
            raise self._breaks_on_save
        self.kept[credential.iam_user] = credential

    def check_writable(self, user: SmtpUser) -> None:
        if self._unwritable:
            raise self._unwritable

    def remove(self, user: SmtpUser) -> None:
        self.kept.pop(user.iam_user, None)

    def location(self, user: SmtpUser) -> str:
        return f"file:credentials/{user.domain}/smtp.{f'{user.sender}.' if user.sender else ''}json"
