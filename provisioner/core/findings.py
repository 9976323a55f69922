"""What a check has to say: a finding, and how severe it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

NOT_RUN = "check.not_run"  # the id of what nobody could look at: it says nothing of how it is


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
    `evidence` holds the values that the message speaks of, as JSON values: `expected` and `found` where two were
    compared. `command` are the words behind `provisioner` that put it right, None where no command does; `repairable`
    says that the command may be run without asking. `caused_by` is the id of the finding that this one follows from.
    """

    id: str
    severity: Severity
    subject: str
    message: str
    remedy: str = ""
    reference: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)
    command: tuple[str, ...] | None = None
    repairable: bool = False
    caused_by: str | None = None

    def to_document(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "id": self.id,
            "severity": str(self.severity),
            "subject": self.subject,
            "message": self.message,
            "remedy": self.remedy,
            "reference": self.reference,
            "evidence": dict(self.evidence),
            "command": None if self.command is None else list(self.command),
            "repairable": self.repairable,
            "caused_by": self.caused_by,
        }


def any_failed(findings: Iterable[Finding]) -> bool:
    """Say whether a check failed: then a command that checks exits with 3."""
    return any(finding.severity is Severity.ERROR for finding in findings)
