"""What SES says of a domain identity, against what mail needs: that it exists, signs, and has not given up."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.checks.observed import NOT_WANTED, Observed, Unseen, seen
from provisioner.core.checks.remedies import by_new_domain
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.identity import EASY_DKIM, FAILED, IdentityStatus
from provisioner.core.mail_domain.neighbours import Elsewhere
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.values.domain import DomainName

_SIGNING = "docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy-managing.html"
_STATES = "docs.aws.amazon.com/ses/latest/dg/mail-from.html#mail-from-states"
_IDENTITIES = "docs.aws.amazon.com/ses/latest/dg/creating-identities.html"
_REPLICAS = "docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-deed.html"
_NO_PRIMARY, _OF_REPLICAS = "REPLICATION_PRIMARY_NOT_FOUND", "REPLICATION_"


def check(observed: Observed) -> Iterator[Finding]:
    """Yield what is wrong with the identity of the domain."""
    status, spec = seen(observed.identity), observed.spec
    if status is None:
        yield absent(spec, observed.elsewhere)
        return
    yield from identity(spec.domain, status)
    yield from _replica(spec, status)


def identity(domain: DomainName, status: IdentityStatus) -> tuple[Finding, ...]:
    """Return what keeps mail of the domain from going out as it should and does not pass by itself."""
    return (*_not_signing(domain, status), *_given_up(domain, status))


def absent(spec: MailDomain, elsewhere: Elsewhere | Unseen = NOT_WANTED) -> Finding:
    """Return the finding that SES has no identity of this name in the region, and where it has one instead."""
    region = spec.region.name
    found, unseen = ((), ()) if isinstance(elsewhere, Unseen) else (elsewhere.found, dict(elsewhere.unseen))
    evidence: dict[str, object] = {"region": region, "found_in": list(found), "not_asked": list(unseen)}
    subject = spec.domain.ascii
    if found:
        message = f"SES has it in {', '.join(found)}, and not in {region}, where this domain is to send"
        remedy = (
            f"`provisioner new-domain {spec.domain}` makes it in {region} too, with DKIM records of its own; where "
            f"{found[0]} was meant, `provisioner destroy-domain {spec.domain}` and then `provisioner new-domain "
            f"{spec.domain} --region {found[0]}`"
        )
        command = ("new-domain", spec.domain.ascii)
        return Finding("identity.elsewhere", Severity.ERROR, subject, message, remedy, _IDENTITIES, evidence, command)
    gone = f"SES has no identity of this name in {region}: nothing can be sent, and its DKIM records are not known"
    if unseen:
        gone += f"; whether it is in another region could not be asked in {', '.join(unseen)}"
    lost = Finding("ses.no_identity", Severity.ERROR, subject, gone, "", _IDENTITIES, evidence)
    return by_new_domain(spec.domain, "makes it anew, with three new DKIM records", lost)


def _not_signing(domain: DomainName, status: IdentityStatus) -> Iterator[Finding]:
    if not status.signing_enabled:
        message = "DKIM signing is switched off: mail goes out unsigned, whatever DNS has"
        off = Finding("dkim.signing_off", Severity.ERROR, f"DKIM of {domain}", message, reference=_SIGNING)
        yield by_new_domain(domain, "switches it on again", off)


def _given_up(domain: DomainName, status: IdentityStatus) -> Iterator[Finding]:
    own = status.signing_origin != EASY_DKIM  # then SES looks again for whoever set the key up
    dkim = Finding(
        "ses.gave_up",
        Severity.ERROR,
        f"DKIM of {domain}",
        _sought(status.fault_in_words),
        "have SES look for it again where the key was set up: PutEmailIdentityDkimSigningAttributes",
        _STATES,
        {"status": FAILED, "fault": status.fault},
    )
    mail_from = Finding(
        "ses.gave_up",
        Severity.ERROR,
        f"MAIL FROM of {domain}",
        _sought(""),
        "",
        _STATES,
        {"status": FAILED, "fault": None},
    )
    looks = f"has SES look again; see with `provisioner dns check {domain}` that the records are public"
    if status.dkim_status == FAILED:
        yield dkim if own else by_new_domain(domain, looks, dkim)
    if status.mail_from_domain is not None and status.mail_from_status == FAILED:
        yield by_new_domain(domain, looks, mail_from)


def _sought(fault: str) -> str:
    seen_last = f"; its last look: {fault}" if fault else ""
    return f"SES did not find the right records within 72 hours, and looks no more until it is told to{seen_last}"


def _replica(spec: MailDomain, status: IdentityStatus) -> Iterator[Finding]:
    """Say what is wrong with an identity that signs with the key of another region (DEED)."""
    if not (status.fault or "").startswith(_OF_REPLICAS):
        return
    region = status.signing_origin.removeprefix(f"{EASY_DKIM}_").lower().replace("_", "-")
    yield Finding(
        "identity.replica_orphan" if status.fault == _NO_PRIMARY else "identity.replica_broken",
        Severity.ERROR,
        f"SES identity {spec.domain}",
        f"it signs with the key of its identity in {region}, and SES cannot have that: {status.fault_in_words}",
        f"make the identity in {region} again; or give this one a key of its own, whose records are others: `aws sesv2 "
        f"put-email-identity-dkim-signing-attributes --email-identity {spec.domain} --signing-attributes-origin "
        f"{EASY_DKIM} --region {spec.region.name}`, then `provisioner new-domain {spec.domain}`",
        _REPLICAS,
        {"fault": status.fault, "signing_origin": status.signing_origin},
    )
