"""Whether somebody receives what is sent to the domain: that is not ours, but senders without it are refused."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.checks.in_dns import public_zone
from provisioner.core.checks.observed import Observed, seen
from provisioner.core.dns.answers import Absent, Found
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.receiving import is_null_mx

_NULL = "RFC 7505 section 4.2"
_NOTHING = "RFC 5321 section 5.1"


def check(observed: Observed) -> Iterator[Finding]:
    """Say that replies go nowhere, and that the domain itself says so, which receivers hold against its senders."""
    if public_zone(observed) is None:
        return
    dns, domain = seen(observed.dns), observed.spec.domain.ascii
    mx, *addresses = (dns.holds(domain, rtype) for rtype in ("MX", "A", "AAAA"))
    if isinstance(mx, Found) and any(map(is_null_mx, mx.values)):
        message = "a null MX says that the domain has no mail: receivers refuse what it sends (550 5.7.27)"
        remedy, evidence = "remove it, or name a host that takes mail", {"found": list(mx.values)}
        yield Finding("mx.null", Severity.WARNING, f"MX {domain}", message, remedy, _NULL, evidence)
    elif all(isinstance(answer, Absent) for answer in (mx, *addresses)):
        message = "the domain has neither MX nor address: replies go nowhere, and some receivers ask for one of senders"
        remedy = "have mail of the domain received, or give a Reply-To at another domain"
        yield Finding("mx.nothing", Severity.INFO, f"MX {domain}", message, remedy, _NOTHING)
