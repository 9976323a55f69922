"""The resolver of this machine: whether it makes things up, and where its cache is behind."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.checks.in_dns import public_zone
from provisioner.core.checks.observed import Observed, seen
from provisioner.core.checks.wanted import wanted_records
from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.core.dns.public_dns import OPEN
from provisioner.core.findings import Finding, Severity

_LIES = "RFC 8020"


def check(observed: Observed) -> Iterator[Finding]:
    """Compare the resolver with the zone's own servers, from which all verdicts are taken."""
    if public_zone(observed) is None:
        return
    lies = {rtype: values for rtype in ("A", "TXT") if (values := _made_up(observed, rtype))}
    if lies:
        yield _liar(observed, lies)
    else:
        yield from _behind(observed)


def _made_up(observed: Observed, rtype: str) -> list[str]:
    dns, nobody = seen(observed.dns), observed.spec.domain.child(observed.nobodys_label)
    said, truth = dns.ask(nobody, rtype), list(dns.per_server(nobody, rtype).values())
    known = [answer for answer in truth if not isinstance(answer, Unreachable)]
    nobody_has = known and OPEN not in truth and all(isinstance(answer, Absent) for answer in known)
    return list(said.values) if nobody_has and isinstance(said, Found) else []


def _liar(observed: Observed, lies: dict[str, list[str]]) -> Finding:
    said = "; ".join(f"{rtype} {' | '.join(values)}" for rtype, values in lies.items())
    message = (
        f"the resolver of this machine makes up records of names that do not exist ({said}); "
        "all verdicts here are taken from the zone's own servers"
    )
    remedy = "name another one in PROVISIONER_DNS_SERVER"
    subject = f"resolver, {observed.spec.domain}"
    return Finding("dns.resolver_lies", Severity.WARNING, subject, message, remedy, _LIES, {"found": lies})


def _behind(observed: Observed) -> Iterator[Finding]:
    dns = seen(observed.dns)
    old = []
    for record in wanted_records(observed):
        cached, held = dns.ask(record.name, record.type), dns.holds(record.name, record.type)
        if isinstance(held, Found) and not _is_same(cached, held):
            old.append(f"{record.type} {record.name}")
    if old:
        message = f"the resolver of this machine still has what was there before of {', '.join(old)}; so may others"
        remedy = "wait until its TTL is over"
        yield Finding("dns.cache_behind", Severity.INFO, "resolver", message, remedy, "", {"records": old})


def _is_same(cached: DnsAnswer, held: Found) -> bool:
    match cached:
        case Found(values):
            return set(values) == set(held.values)
        case Absent():
            return False
        case Unreachable():  # nothing is known of it
            return True
