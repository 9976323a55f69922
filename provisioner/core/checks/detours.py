"""What leads those who ask for a record somewhere else: aliases beside it or above it, and delegations of its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from provisioner.core.checks.in_dns import public_zone
from provisioner.core.checks.observed import Observed, seen
from provisioner.core.checks.wanted import wanted_records
from provisioner.core.dns.answers import Absent, Found, PublicZone
from provisioner.core.dns.public_dns import PublicDns
from provisioner.core.dns.questions import Reply, RrSet
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.records import Record

_CNAME = "RFC 1034 section 3.6.2"
_CUT = "RFC 1034 section 4.2"
_DNAME = "RFC 6672 section 2.4"


def check(observed: Observed) -> Iterator[Finding]:
    """Yield each detour once, with the names that it takes away."""
    zone = public_zone(observed)
    if zone is None:
        return
    dns, records = seen(observed.dns), wanted_records(observed)
    yield from _at_apex(dns, zone)
    ours = [(record.name, record.type) for record in records if record.name != zone.name and record.type != "CNAME"]
    yield from _beside(dns, dict.fromkeys([*ours, (observed.spec.domain.child("_dmarc"), "TXT")]))
    yield from _redirected(dns, observed, records)
    yield from _hidden(observed, records)


def cut_above(observed: Observed, record: Record) -> PublicZone | None:
    """Return the zone below that of the domain to which a record's name is delegated, None where it is not."""
    dns, zone = seen(observed.dns), public_zone(observed)
    deepest = dns.zone_of(record.name)
    if zone is not None and isinstance(deepest, PublicZone) and deepest.name.endswith(f".{zone.name}"):
        return deepest
    return dns.handed_on(record.name, record.type)


def _at_apex(dns: PublicDns, zone: PublicZone) -> Iterator[Finding]:
    target = _own(dns, zone.name, "CNAME")
    if target is None:
        return
    message = f"{zone.name} is an alias of {target.values[0]}: whoever follows it finds none of the zone's mail records"
    remedy = "let the DNS host flatten it (ALIAS, ANAME), or give its address in A and AAAA records"
    evidence = {"found": list(target.values)}
    yield Finding("dns.cname_at_apex", Severity.ERROR, f"CNAME {zone.name}", message, remedy, _CNAME, evidence)


def _beside(dns: PublicDns, places: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Find names and types that have an alias for who asks for it, and data for who asks for that."""
    for name, rtype in places:
        alias, data = _own(dns, name, "CNAME"), _own(dns, name, rtype)
        if alias and data:
            yield _both(dns, data, alias)


def _both(dns: PublicDns, data: RrSet, alias: RrSet) -> Finding:
    name, rtype = data.name, data.type
    behind = dns.ask(alias.values[0], rtype)
    there = list(behind.values) if isinstance(behind, Found) else []
    message = (
        f"{name} is an alias of {alias.values[0]} ({rtype} there: {' | '.join(there) or 'none'}) and has "
        f"{rtype} of its own too ({' | '.join(data.values)}): which of both is read is chance"
    )
    evidence = {"found": list(data.values), "alias": alias.values[0], "behind_alias": there}
    return Finding(
        "dns.cname_beside_data", Severity.ERROR, f"{rtype} {name}", message, "keep one of both", _CNAME, evidence
    )


def _redirected(dns: PublicDns, observed: Observed, records: Sequence[Record]) -> Iterator[Finding]:
    """Find a DNAME at the domain or above it: no record below it is its own."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for record in records:
        dname = dname_of(dns, record.name, record.type)
        if dname is not None:
            found.setdefault((dname.name, dname.values), []).append(f"{record.type} {record.name}")
    for (owner, values), names in found.items():
        message = f"every name below {owner} is sent on to {values[0]} (DNAME), so that nobody finds {', '.join(names)}"
        evidence = {"found": list(values), "records": names}
        remedy = f"remove the DNAME, or publish below {values[0]} what {observed.spec.domain} needs"
        yield Finding("dns.dname", Severity.ERROR, f"DNAME {owner}", message, remedy, _DNAME, evidence)


def _hidden(observed: Observed, records: Sequence[Record]) -> Iterator[Finding]:
    """Find delegations between the zone and our records that do not have them where they lead."""
    dns = seen(observed.dns)
    found: dict[str, _Cut] = {}
    for record in records:
        cut, held = cut_above(observed, record), dns.holds(record.name, record.type)
        if cut is not None and not isinstance(held, Found):
            one = found.setdefault(cut.name, _Cut(cut))
            one.records.append(f"{record.type} {record.name}")
            one.answers = one.answers or isinstance(held, Absent)
    yield from (one.finding() for one in found.values())


@dataclass(slots=True)
class _Cut:
    """A delegation, the records that it hides, and whether anybody answers where it leads."""

    zone: PublicZone
    records: list[str] = field(default_factory=list)
    answers: bool = False

    def finding(self) -> Finding:
        """Return the finding about all records that are hidden by one delegation."""
        servers, names = " ".join(self.zone.name_servers), ", ".join(self.records)
        there = f"where there is none of {names}" if self.answers else f"of which none answers; it hides {names}"
        message = f"{self.zone.name} is delegated to {servers}, {there}"
        remedy = f"remove the NS records of {self.zone.name}, or publish these records at {servers}"
        evidence = {"servers": list(self.zone.name_servers), "records": self.records}
        subject = f"NS {self.zone.name}"
        return Finding("dns.hidden_by_delegation", Severity.ERROR, subject, message, remedy, _CUT, evidence)


def _own(dns: PublicDns, name: str, rtype: str) -> RrSet | None:
    """Return what a server has at exactly this name and type, without following anything."""
    replies = [reply for reply in dns.replies(name, rtype).values() if isinstance(reply, Reply)]
    found = (one for reply in replies if reply.authoritative and (one := reply.find(name, rtype)))
    return next(found, None)


def dname_of(dns: PublicDns, name: str, rtype: str) -> RrSet | None:
    """Return the DNAME by which servers send a name on, None where there is none."""
    replies = (reply for reply in dns.replies(name, rtype).values() if isinstance(reply, Reply))
    return next((one for reply in replies for one in reply.answer if one.type == "DNAME"), None)
