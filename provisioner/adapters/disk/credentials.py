"""The default credential store: one private file per SMTP user under the home."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from provisioner.adapters.disk.files import (
    found_home,
    in_our_words,
    mending,
    read_document,
    set_aside,
    write_atomically,
    write_document,
)
from provisioner.core.credentials.credential import SmtpCredential, without_backup
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.smtp_user import SmtpUser


class FileCredentialStore:
    """`$PROVISIONER_HOME/credentials/<A-label>/`, 0700; see `ports.credentials.CredentialStore`.

    `smtp.json` is the main SMTP user's, `smtp.<name>.json` a sender's, whose name has no dot. What is pending or
    previous has that behind its name: `smtp.json.pending`. All are 0600.
    """

    def __init__(self, home: Path) -> None:
        self._home = home

    def load(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> SmtpCredential | None:
        """Return the credential, None when none is kept."""
        path = self._path(user, slot)
        with mending(path, without_backup(user, slot)):
            document = read_document(path, "corrupt_credential")
            return None if document is None else SmtpCredential.from_document(document)

    def set_aside(self, user: SmtpUser) -> str:
        """Move a credential that cannot be read out of the way, and say where it is."""
        return f"file:{set_aside(self._path(user))}"

    def save(self, credential: SmtpCredential, slot: Slot = Slot.CURRENT) -> None:
        """Keep the credential, replacing an older one."""
        found_home(self._home)
        write_document(self._path(credential.user, slot), credential.to_document())

    def check_writable(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> None:
        """Write and remove a file of a credential's size where the credential would go."""
        probe = self._path(user, slot).with_name(".probe")
        write_atomically(probe, " " * 4096)
        with in_our_words(probe):
            probe.unlink()

    def key_differs(self, _user: SmtpUser, /) -> bool:
        """Say that nothing has to be done: what is on a disk, its mode keeps private."""
        return False

    def encrypt_anew(self, _user: SmtpUser, /) -> None:
        """Do nothing."""

    def clear(self, user: SmtpUser, slot: Slot) -> None:
        """Forget the user's pending or previous credential, and what a killed run left of it."""
        path = self._path(user, slot)
        with in_our_words(path):
            for found in (path, *path.parent.glob(f".{path.name}.*")):
                found.unlink(missing_ok=True)

    def remove(self, user: SmtpUser) -> None:
        """Forget the user's credentials, if any, and what a killed run left of them; other files there stay."""
        for slot in Slot:
            self.clear(user, slot)
        with suppress(OSError):  # it holds other files, or was never made
            self._path(user).parent.rmdir()

    def remains(self, _user: SmtpUser, /) -> str:
        """Return nothing: what was deleted on a disk is gone."""
        return ""

    def location(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> str:
        """Return `file:` and the path."""
        return f"file:{self._path(user, slot)}"

    def _path(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> Path:
        name = "smtp.json" if user.sender is None else f"smtp.{user.sender}.json"
        behind = "" if slot is Slot.CURRENT else f".{slot}"
        return self._home / "credentials" / user.domain.ascii / f"{name}{behind}"
