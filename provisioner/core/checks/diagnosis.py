"""What was found of one domain, and what changed of it since the last look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioner.core.checks.observed import NOT_WANTED, Unseen
from provisioner.core.credentials.sending_keys import SendingKeys
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.findings import NOT_RUN, Finding, Severity, any_failed
from provisioner.core.values.documents import mapping, required
from provisioner.core.values.domain import DomainName

_BAD = (Severity.ERROR, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found of one domain, causes first.

    `users` are its SMTP users as they were gathered. `senders` is who may send as it, None where nobody asked.
    """

    domain: DomainName
    findings: tuple[Finding, ...]
    users: Sequence[SmtpUserState] | Unseen = NOT_WANTED
    senders: SendingKeys | None = None

    @property
    def healthy(self) -> bool:
        """Whether no check found an error."""
        return not any_failed(self.findings)

    @property
    def bad(self) -> tuple[Finding, ...]:
        """The errors and the warnings."""
        return tuple(finding for finding in self.findings if finding.severity in _BAD)

    @property
    def repairable(self) -> tuple[Finding, ...]:
        """What a run of `new-domain` puts right, without losing anything."""
        return tuple(finding for finding in self.bad if finding.repairable)

    def count(self, severity: Severity | str) -> int:
        """Return how many findings are this severe."""
        return sum(finding.severity == severity for finding in self.findings)

    def to_document(self) -> dict[str, Any]:
        """Return one entry of `doctor --json`."""
        findings = [finding.to_document() for finding in self.findings]
        entry = {"domain": self.domain.ascii, "healthy": self.healthy, "findings": findings}
        return entry | (self.senders.to_document() if self.senders else {})


@dataclass(frozen=True, slots=True)
class Verdict:
    """One bad finding as it is kept: what it is about, not with which values; since when it is known."""

    id: str
    subject: str
    severity: Severity
    since: datetime

    def to_document(self) -> dict[str, str]:
        """Return the JSON form."""
        values = {"id": self.id, "subject": self.subject, "severity": str(self.severity)}
        return values | {"since": self.since.isoformat()}

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Verdict:
        """Return the verdict of its JSON form; raises `WrongShapeError` or `ValueError`."""
        names = ("id", "subject", "severity", "since")
        found, subject, severity, since = (required(document, name, str) for name in names)
        return cls(found, subject, Severity(severity), datetime.fromisoformat(since))


Look = Sequence[Verdict]  # what a look found to be bad


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new and what is mended since the look before, and the look to keep."""

    new: tuple[Finding, ...]
    mended: tuple[Verdict, ...]
    look: Look

    @property
    def any(self) -> bool:
        """Whether something changed."""
        return bool(self.new or self.mended)

    def to_document(self) -> dict[str, Any]:
        """Return what `--changes` adds to an entry of `doctor --json`."""
        new = [finding.to_document() for finding in self.new]
        return {"new": new, "mended": [verdict.to_document() for verdict in self.mended]}


def changes(before: Look, diagnosis: Diagnosis, now: datetime) -> Changes:
    """Compare with the look before. A value that rotates is no change; what nobody could look at now is not mended."""
    known = {_key(verdict): verdict for verdict in before}
    found = {_key(finding): finding for finding in diagnosis.bad}
    gone = tuple(verdict for key, verdict in known.items() if key not in found)
    blind = any(finding.id == NOT_RUN for finding in diagnosis.findings)
    stays = tuple(verdict for verdict in gone if blind and verdict.id != NOT_RUN)
    standing = [
        known.get(key) or Verdict(finding.id, finding.subject, finding.severity, now) for key, finding in found.items()
    ]
    new = tuple(finding for key, finding in found.items() if key not in known)
    return Changes(new, tuple(verdict for verdict in gone if verdict not in stays), (*standing, *stays))


def _key(one: Finding | Verdict) -> tuple[str, str, Severity]:
    return one.id, one.subject, one.severity


def worst_first(diagnoses: Sequence[Diagnosis]) -> list[Diagnosis]:
    """Return the diagnoses with the most errors first, then by warnings, then by name."""
    return sorted(
        diagnoses, key=lambda one: (-one.count(Severity.ERROR), -one.count(Severity.WARNING), one.domain.ascii)
    )


def shared_by_all(diagnoses: Sequence[Diagnosis]) -> tuple[Finding, ...]:
    """Return what is found of several domains alike, as it is of the account: it need not be read for each of them."""
    if len(diagnoses) < 2:  # noqa: PLR2004 - several
        return ()
    first, *others = diagnoses
    alike = [one for one in first.findings if all(one in other.findings for other in others)]
    return tuple(one for one in alike if one.severity is not Severity.OK)


def look_from_document(document: Mapping[str, object]) -> Look:
    """Return the look of its JSON form; raises `WrongShapeError` or `ValueError`."""
    return tuple(Verdict.from_document(mapping(one)) for one in required(document, "verdicts", list))


def look_document(look: Look) -> dict[str, Any]:
    """Return the JSON form of a look."""
    return {"verdicts": [verdict.to_document() for verdict in look]}
