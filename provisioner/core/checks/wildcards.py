"""Records for every name that has none of its own, which hide that one of ours is missing."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.checks.detours import dname_of
from provisioner.core.checks.in_dns import public_zone
from provisioner.core.checks.observed import Observed, seen
from provisioner.core.checks.wanted import wanted_records
from provisioner.core.dns.answers import DnsAnswer, Found
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.records import Record

_TYPES = ("TXT", "CNAME", "MX")
_RFC = "RFC 4592"


def check(observed: Observed) -> Iterator[Finding]:
    """Say which wildcards there are: no more than worth knowing, so long as all names of ours exist."""
    if public_zone(observed) is None:
        return
    dns, domain = seen(observed.dns), observed.spec.domain
    nobody = domain.child(observed.nobodys_label)
    answers = {rtype: dns.holds(nobody, rtype) for rtype in _TYPES}
    if dname_of(dns, nobody, "CNAME"):  # that sends on every name, and is a finding of its own
        return
    alias = answers["CNAME"]
    for rtype, answer in answers.items():
        if isinstance(answer, Found) and (rtype == "CNAME" or not isinstance(alias, Found)):
            yield _wildcard(observed, rtype, answer)


def wildcard_beside(observed: Observed, record: Record) -> DnsAnswer:
    """Return what is answered for a name that nobody has, beside that of a record."""
    above = record.name.partition(".")[2]
    return seen(observed.dns).holds(f"{observed.nobodys_label}.{above}", record.type)


def _wildcard(observed: Observed, rtype: str, answer: Found) -> Finding:
    domain = observed.spec.domain
    covered = [f"{one.type} {one.name}" for one in wanted_records(observed) if _stands_in(observed, one, rtype)]
    message = f"a wildcard answers for every name without records of its own: {' | '.join(answer.values)}"
    if covered:
        message += f"; so it does for {', '.join(covered)}, which is missing"
    remedy = f"publish what is missing, and remove *.{domain} if nothing needs it" if covered else ""
    severity = Severity.WARNING if covered else Severity.INFO
    evidence = {"found": list(answer.values), "answers_for": covered}
    return Finding("dns.wildcard", severity, f"{rtype} *.{domain}", message, remedy, _RFC, evidence)


def _stands_in(observed: Observed, record: Record, rtype: str) -> bool:
    """Say whether a wildcard of this type is what answers in place of a record of ours."""
    held, beside = seen(observed.dns).holds(record.name, record.type), wildcard_beside(observed, record)
    if not (isinstance(held, Found) and isinstance(beside, Found)) or rtype not in (record.type, "CNAME"):
        return False
    return set(held.values) == set(beside.values) != set(record.values)
