"""What SES says of a domain identity, against what mail needs."""

from collections.abc import Iterator

from provisioner.core.checks.observed import Observed, seen
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.identity import FAILED, IdentityStatus
from provisioner.core.values.domain import DomainName

_SIGNING = "docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy-managing.html"
_STATES = "docs.aws.amazon.com/ses/latest/dg/mail-from.html#mail-from-states"


def check(observed: Observed) -> Iterator[Finding]:
    """Yield what is wrong with the identity of the domain."""
    status, domain = seen(observed.identity), observed.spec.domain
    if status is not None:
        yield from identity(domain, status)


def identity(domain: DomainName, status: IdentityStatus) -> tuple[Finding, ...]:
    """Return what keeps mail of the domain from going out as it should and does not pass by itself."""
    return (*_not_signing(domain, status), *_given_up(domain, status))


def _not_signing(domain: DomainName, status: IdentityStatus) -> Iterator[Finding]:
    if not status.signing_enabled:
        yield Finding(
            "ses.not_signing",
            Severity.ERROR,
            f"SES identity {domain}",
            "DKIM signing is switched off: mail goes out unsigned",
            f"`provisioner new-domain {domain}` switches it on again",
            _SIGNING,
            command=("new-domain", domain.ascii),
        )


def _given_up(domain: DomainName, status: IdentityStatus) -> Iterator[Finding]:
    states = (("DKIM", status.dkim_status, status.fault_in_words), ("MAIL FROM", status.mail_from_status, ""))
    for what, state, fault in states:
        if state == FAILED:
            yield Finding(
                "ses.gave_up",
                Severity.ERROR,
                f"{what} of {domain}",
                "SES did not find the right records within 72 hours and looks for them no more"
                + (f"; its last look: {fault}" if fault else ""),
                f"see with `provisioner dns check {domain}` that they are public; "
                f"then `provisioner new-domain {domain}` has SES look again",
                _STATES,
                evidence={"status": state, "fault": status.fault if fault else None},
                command=("new-domain", domain.ascii),
            )
