"""What the doctor found, in memory."""

from __future__ import annotations

from provisioner.core.checks.diagnosis import Look
from provisioner.core.values.domain import DomainName


class FakeLooks:
    """Keeps the last look of each domain."""

    def __init__(self) -> None:
        self.kept: dict[str, Look] = {}

    def last(self, domain: DomainName) -> Look | None:
        return self.kept.get(domain.ascii)

    def keep(self, domain: DomainName, look: Look) -> None:
        self.kept[domain.ascii] = look
