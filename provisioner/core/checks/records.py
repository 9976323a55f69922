"""The records that a domain needs against those that public DNS has."""

from collections.abc import Sequence

from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.records import Record

_PUBLISH, _ALONE = "publish exactly this value", "leave at the MAIL FROM host exactly this one MX and this one TXT"


def subject_of(record: Record) -> str:
    """Return what a finding about this record calls it: `CNAME a._domainkey.example.com`."""
    return f"{record.type} {record.name}"


def compare(record: Record, values: Sequence[str]) -> Finding:
    """Return the finding about a record that exists with these values (hosts lower-case, TXT joined and unquoted)."""
    evidence = {"expected": list(record.values), "found": list(values)}
    if sorted(value.lower() for value in values) == sorted(value.lower() for value in record.values):
        return Finding("record.ok", Severity.OK, subject_of(record), " | ".join(values), evidence=evidence)
    message = f"it is {' | '.join(values)}; it must be {' | '.join(record.values)}"
    return Finding("record.wrong", Severity.ERROR, subject_of(record), message, _remedy(record), evidence=evidence)


def absent(record: Record, place: str) -> Finding:
    """Return the finding about a record that does not exist; `place` says where it was looked for."""
    message = f"there is none at {place}; it must be {' | '.join(record.values)}"
    evidence: dict[str, object] = {"expected": list(record.values), "found": []}
    return Finding("record.absent", Severity.ERROR, subject_of(record), message, _PUBLISH, evidence=evidence)


def unreachable(record: Record, reason: str) -> Finding:
    """Return the finding about a record of which DNS says nothing; `reason` is why."""
    message = f"nobody can say whether it exists: {reason}"
    remedy = "check the network, PROVISIONER_DNS_SERVER and the zone's name servers, then repeat"
    evidence = {"expected": list(record.values), "reason": reason}
    return Finding("record.unreachable", Severity.ERROR, subject_of(record), message, remedy, evidence=evidence)


def _remedy(record: Record) -> str:
    return _ALONE if record.purpose.is_mail_from else _PUBLISH
