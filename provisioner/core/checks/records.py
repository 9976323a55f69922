"""The records that a domain needs against those that public DNS has."""

from collections.abc import Sequence

from provisioner.core.dmarc.record import DmarcRecord, only_record
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.records import Purpose, Record

_PUBLISH, _ALONE = "publish exactly this value", "leave at the MAIL FROM host exactly this one MX and this one TXT"


def subject_of(record: Record) -> str:
    """Return what a finding about this record calls it: `CNAME a._domainkey.example.com`."""
    return f"{record.type} {record.name}"


def compare(record: Record, values: Sequence[str]) -> Finding:
    """Return the finding about a record that exists with these values (hosts lower-case, TXT joined and unquoted)."""
    evidence = {"expected": list(record.values), "found": list(values)}
    if _is_equivalent(record, values):
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


def _is_equivalent(record: Record, values: Sequence[str]) -> bool:
    if record.purpose is Purpose.DMARC and record.type == "TXT" and sorted(values) != sorted(record.values):
        wanted, there = only_record(record.values), only_record(values)
        return wanted is not None and there is not None and _contains(there, wanted)
    return sorted(value.lower() for value in values) == sorted(value.lower() for value in record.values)


def _contains(there: DmarcRecord, wanted: DmarcRecord) -> bool:
    """Say whether policy and report address are as wanted; what else stands there is a matter of advice."""
    addresses = {uri.address for uri in there.uris("rua")}
    return there.get("p") == wanted.get("p") and all(uri.address in addresses for uri in wanted.uris("rua"))


def _remedy(record: Record) -> str:
    return (
        "leave at the MAIL FROM host exactly this one MX and this one TXT" if record.purpose.is_mail_from else _PUBLISH
    )
