"""What a check has to say: a finding, and how severe it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """`error` is a check that failed, `warning` something to act on, `info` worth knowing, `ok` as it should be."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one check.

    `id` is the stable word for scripts (`record.absent`), `subject` what was looked at (`TXT _dmarc.example.com`),
    `message` what was found there, `remedy` what to do about it, `reference` where it is written (RFC, AWS page).
    """

    id: str
    severity: Severity
    subject: str
    message: str
    remedy: str = ""
    reference: str = ""

    def to_document(self) -> dict[str, str]:
        """Return the JSON form."""
        return {
            "id": self.id,
            "severity": str(self.severity),
            "subject": self.subject,
            "message": self.message,
            "remedy": self.remedy,
            "reference": self.reference,
        }


def any_failed(findings: Iterable[Finding]) -> bool:
    """Say whether a check failed: then a command that checks exits with 3."""
    return any(finding.severity is Severity.ERROR for finding in findings)
