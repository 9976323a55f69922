"""MAIL FROM of a domain as SES has it; what its records are is told with the other records."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.checks.observed import Observed, seen
from provisioner.core.checks.remedies import by_new_domain
from provisioner.core.dns.answers import Found
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.spec import MailDomain

_MAIL_FROM = "docs.aws.amazon.com/ses/latest/dg/mail-from.html"


def check(observed: Observed) -> Iterator[Finding]:
    """Yield that SES sends from another envelope domain than this one's."""
    status = seen(observed.identity)
    if status is not None and status.mail_from_domain != observed.spec.mail_from:
        yield _other(observed.spec, status)


def shared(observed: Observed) -> Iterator[Finding]:
    """Yield that the MAIL FROM host has addresses too, as of a website."""
    spec, dns = observed.spec, seen(observed.dns)
    found = [dns.holds(spec.mail_from, rtype) for rtype in ("CNAME", "A", "AAAA")]
    addresses = [value for answer in found[1:] if isinstance(answer, Found) for value in answer.values]
    if addresses and not isinstance(found[0], Found):
        yield Finding(
            "mailfrom.shared_host",
            Severity.INFO,
            f"A {spec.mail_from}",
            f"it has an address as well ({', '.join(addresses)}): SES asks that nothing but bounces comes to this name",
            "give what is there another name",
            _MAIL_FROM,
            {"found": addresses},
        )


def _other(spec: MailDomain, status: IdentityStatus) -> Finding:
    """Return the finding that SES has none of its own for the domain, or another one than this home knows."""
    subject, found = f"MAIL FROM of {spec.domain}", status.mail_from_domain
    evidence = {"expected": spec.mail_from, "found": found}
    if found is None:
        message = f"it has none: SPF of the mail is that of amazonses.com, and the records of {spec.mail_from} are idle"
        none = Finding("mailfrom.not_set", Severity.ERROR, subject, message, "", _MAIL_FROM, evidence)
        return by_new_domain(spec.domain, f"sets {spec.mail_from}", none)
    message = f"SES uses {found}, and this domain was set up with {spec.mail_from}"
    other = Finding("mailfrom.other", Severity.WARNING, subject, message, "", _MAIL_FROM, evidence)
    return by_new_domain(spec.domain, f"sets {spec.mail_from} again", other)
