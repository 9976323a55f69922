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
from provisioner.core.values.smtp_user import SmtpUser


class FileCredentialStore:
    """`$PROVISIONER_HOME/credentials/<A-label>/`, 0700; see `ports.credentials.CredentialStore`.

    `smtp.json` is the main SMTP user's, `smtp.<name>.json` a sender's; both 0600.
    """

    def __init__(self, home: Path) -> None:
        self._home = home

    def load(self, user: SmtpUser) -> SmtpCredential | None:
        """Return the credential, None when none is kept."""
        with mending(self._path(user), without_backup(user)):
            document = read_document(self._path(user), "corrupt_credential")
            return None if document is None else SmtpCredential.from_document(document)

    def set_aside(self, user: SmtpUser) -> str:
        """Move a credential that cannot be read out of the way, and say where it is."""
        return f"file:{set_aside(self._path(user))}"

    def save(self, credential: SmtpCredential) -> None:
        """Keep the credential, replacing an older one."""
        found_home(self._home)
        write_document(self._path(credential.user), credential.to_document())

    def check_writable(self, user: SmtpUser) -> None:
        """Write and remove a file of a credential's size where the credential would go."""
        probe = self._path(user).with_name(".probe")
        write_atomically(probe, " " * 4096)
        with in_our_words(probe):
            probe.unlink()

    def remove(self, user: SmtpUser) -> None:
        """Forget the user's credential, if any, and what a killed run left of it; other files there stay."""
        path = self._path(user)
        with in_our_words(path):
            for found in (path, *path.parent.glob(f".{path.name}.*")):
                found.unlink(missing_ok=True)
        with suppress(OSError):  # it holds other files, or was never made
            path.parent.rmdir()

    def location(self, user: SmtpUser) -> str:
        """Return `file:` and the path."""
        return f"file:{self._path(user)}"

    def _path(self, user: SmtpUser) -> Path:
        name = "smtp.json" if user.sender is None else f"smtp.{user.sender}.json"
        return self._home / "credentials" / user.domain.ascii / name
