"""What the doctor found bad of each domain, for whoever wants to hear of changes only."""

from __future__ import annotations

from pathlib import Path

from provisioner.adapters.disk.files import found_home, private_directory, read_document, write_document
from provisioner.core.checks.diagnosis import Look, look_document, look_from_document
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError


class DoctorLooks:
    """`$PROVISIONER_HOME/doctor/<A-label>.json`; see `ports.facts.Looks`."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._directory = home / "doctor"

    def last(self, domain: DomainName) -> Look | None:
        """Return the last look; a file that is torn says nothing, so that all that is bad is told again."""
        try:
            document = read_document(self._path(domain), "corrupt_look")
            return None if document is None else look_from_document(document)
        except (ProvisionerError, ValueError):
            return None

    def keep(self, domain: DomainName, look: Look) -> None:
        """Keep this look in place of the last one."""
        found_home(self._home)
        private_directory(self._directory)
        write_document(self._path(domain), look_document(look))

    def _path(self, domain: DomainName) -> Path:
        return self._directory / f"{domain.ascii}.json"
