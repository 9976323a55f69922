"""A credential store in memory."""

from __future__ import annotations

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError


class FakeStore:
    """Credentials by the name of their IAM user: `kept` has those that are current, `beside` the others by slot."""

    def __init__(self, scheme: str = "file") -> None:
        self.scheme = scheme
        self.kept: dict[str, SmtpCredential] = {}
        self.beside: dict[Slot, dict[str, SmtpCredential]] = {Slot.PENDING: {}, Slot.PREVIOUS: {}}
        self.left_of: dict[str, str] = {}
        self.encrypted_otherwise: set[str] = set()
        self._unwritable: ProvisionerError | None = None
        self._breaks_on_save: BaseException | None = None
        self._corrupt: ProvisionerError | None = None
        self._keeps = False

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

    def keeps_what_was_current(self) -> FakeStore:
        """Keep what was current as the previous one by itself, as Secrets Manager does."""
        self._keeps = True
        return self

    def set_aside(self, user: SmtpUser) -> str:
        self.kept.pop(user.iam_user, None)
        self._corrupt = None
        return f"{self.location(user)}.corrupt-1"

    def load(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> SmtpCredential | None:
        if self._corrupt:
            raise self._corrupt
        return self._in(slot).get(user.iam_user)

    def save(self, credential: SmtpCredential, slot: Slot = Slot.CURRENT) -> None:
        if self._breaks_on_save:
            raise self._breaks_on_save
        if self._keeps and slot is Slot.CURRENT and (before := self.kept.get(credential.iam_user)):
            self.beside[Slot.PREVIOUS][credential.iam_user] = before
        self._in(slot)[credential.iam_user] = credential

    def check_writable(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> None:
        if self._unwritable:
            raise self._unwritable

    def key_differs(self, user: SmtpUser, /) -> bool:
        return user.iam_user in self.encrypted_otherwise

    def encrypt_anew(self, user: SmtpUser, /) -> None:
        self.encrypted_otherwise.discard(user.iam_user)

    def clear(self, user: SmtpUser, slot: Slot) -> None:
        self.beside[slot].pop(user.iam_user, None)

    def remove(self, user: SmtpUser) -> None:
        for slot in Slot:
            self._in(slot).pop(user.iam_user, None)

    def remains(self, user: SmtpUser, /) -> str:
        return self.left_of.get(user.iam_user, "")

    def location(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> str:
        name = f"smtp.{f'{user.sender}.' if user.sender else ''}json"
        return f"{self.scheme}:credentials/{user.domain}/{name}{'' if slot is Slot.CURRENT else f'.{slot}'}"

    def _in(self, slot: Slot) -> dict[str, SmtpCredential]:
        return self.kept if slot is Slot.CURRENT else self.beside[slot]
