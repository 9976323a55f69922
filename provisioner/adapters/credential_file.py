"""The default credential store: one private file per domain under the home."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from provisioner.adapters.files import explained, read_document, write_atomically, write_document
from provisioner.core.credentials import SmtpCredential
from provisioner.core.domain import DomainName


class FileCredentialStore:
    """`$PROVISIONER_HOME/credentials/<A-label>/smtp.json`, 0600 in a 0700 directory; see `ports.CredentialStore`."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def load(self, domain: DomainName) -> SmtpCredential | None:
        """Return the credential, None when none is kept."""
        document = read_document(self._path(domain), "corrupt_credential")
        return None if document is None else SmtpCredential.from_document(document)

    def save(self, credential: SmtpCredential) -> None:
        """Keep the credential, replacing an older one."""
        write_document(self._path(credential.domain), credential.to_document())

    def check_writable(self, domain: DomainName) -> None:
        """Write and remove a file of a credential's size where the credential would go."""
        probe = self._path(domain).with_name(".probe")
        write_atomically(probe, " " * 4096)
        with explained(probe):
            probe.unlink()

    def remove(self, domain: DomainName) -> None:
        """Forget the domain's credential, if any, and what a killed run left of it; other files there stay."""
        path = self._path(domain)
        with explained(path):
            for found in (path, *path.parent.glob(f".{path.name}.*")):
                found.unlink(missing_ok=True)
        with suppress(OSError):  # it holds other files, or was never made
            path.parent.rmdir()

    def location(self, domain: DomainName) -> str:
        """Return `file:` and the path."""
        return f"file:{self._path(domain)}"

    def _path(self, domain: DomainName) -> Path:
        return self._home / "credentials" / domain.ascii / "smtp.json"
