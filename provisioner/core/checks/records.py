"""The records that a domain needs against those that public DNS has."""

from collections.abc import Sequence

from provisioner.core.dmarc.record import DmarcRecord, only_record
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.records import Purpose, Record
from provisioner.core.spf.syntax import SpfRecord, is_meant_as_spf, is_spf, parse
from provisioner.errors import Refused

INCLUDE = "amazonses.com"
_PUBLISH, _ALONE = "publish exactly this value", "leave at the MAIL FROM host exactly this one MX and this one TXT"
_BEGIN = "let it begin with `v=spf1` and a space, without quotes or blanks before it, or remove it"
_SPF_RFC = "RFC 7208 section 4.5"


def subject_of(record: Record) -> str:
    """Return what a finding about this record calls it: `CNAME a._domainkey.example.com`."""
    return f"{record.type} {record.name}"


def compare(record: Record, values: Sequence[str]) -> Finding:
    """Return the finding about a record that exists with these values (hosts lower-case, TXT joined and unquoted)."""
    if record.purpose is Purpose.SPF:
        return apex_spf(record.name, values, wanted=True)
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


def apex_spf(name: str, values: Sequence[str], *, wanted: bool = False) -> Finding:
    """Return the finding about SPF at the domain itself: never an error, MAIL FROM has the SPF of mail through SES."""
    subject, why = f"TXT {name}", "mail through SES passes SPF at its MAIL FROM host"
    texts = [value for value in values if is_spf(value)]
    evidence = {"expected": [f"include:{INCLUDE}"], "found": texts}
    unread = [value for value in values if is_meant_as_spf(value)]
    if unread and not texts:
        message = f"meant as SPF, but receivers do not read it: {' | '.join(unread)}; {why}"
        evidence["found"] = unread
        return Finding("spf.unread", Severity.WARNING, subject, message, _BEGIN, _SPF_RFC, evidence)
    if not texts:
        severity, message = Severity.WARNING if wanted else Severity.INFO, f"no SPF at the domain itself; {why}"
        return Finding("spf.none", severity, subject, message, "", _SPF_RFC, evidence)
    problem = _problem(name, texts)
    if problem:
        message, remedy = f"{problem}; {why}", "leave one valid record"
        return Finding("spf.broken", Severity.WARNING, subject, message, remedy, _SPF_RFC, evidence)
    if _passes(parse(texts[0], name)):
        return Finding("spf.ok", Severity.OK, subject, texts[0], evidence=evidence)
    message = f"SPF without include:{INCLUDE}: {texts[0]}; {why}"
    return Finding("spf.without_include", Severity.INFO, subject, message, evidence=evidence)


def _is_equivalent(record: Record, values: Sequence[str]) -> bool:
    if record.purpose is Purpose.MAIL_FROM_SPF:
        texts = [value for value in values if is_spf(value)]
        return _problem(record.name, texts) == "" and _passes(parse(texts[0], record.name))
    if record.purpose is Purpose.DMARC and record.type == "TXT" and sorted(values) != sorted(record.values):
        wanted, there = only_record(record.values), only_record(values)
        return wanted is not None and there is not None and _contains(there, wanted)
    return sorted(value.lower() for value in values) == sorted(value.lower() for value in record.values)


def _contains(there: DmarcRecord, wanted: DmarcRecord) -> bool:
    """Say whether policy and report address are as wanted; what else stands there is a matter of advice."""
    addresses = {uri.address for uri in there.uris("rua")}
    return there.get("p") == wanted.get("p") and all(uri.address in addresses for uri in wanted.uris("rua"))


def _problem(name: str, texts: Sequence[str]) -> str:
    if len(texts) != 1:
        return f"{len(texts)} SPF records stand here, receivers need exactly one"
    try:
        parse(texts[0], name)
    except Refused as error:
        return error.message
    return ""


def _passes(record: SpfRecord) -> bool:
    terms = record.evaluated
    return any((t.qualifier, t.name, t.domain) == ("+", "include", INCLUDE) for t in terms)


def _remedy(record: Record) -> str:
    return (
        "leave at the MAIL FROM host exactly this one MX and this one TXT" if record.purpose.is_mail_from else _PUBLISH
    )
