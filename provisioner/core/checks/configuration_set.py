"""The configuration set of a domain, against what keeps its mail and its reputation in order."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.checks.observed import Observed, Unseen, seen
from provisioner.core.checks.remedies import by_new_domain
from provisioner.core.checks.smtp_sending import paused
from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.core.dns.public_dns import PublicDns
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.configuration_set import ConfigurationSet
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.mail_domain.standing import DomainStanding, by_switch, from_tags
from provisioner.core.values.smtp_user import SmtpUser

_REASONS = ("BOUNCE", "COMPLAINT")
_SETS = "SES developer guide, Managing configuration sets"
_ACCOUNT_SUPPRESSION = "SES developer guide, Using the Amazon SES account-level suppression list"
_SUPPRESSION = "SES developer guide, Using configuration set-level suppression"
_TRACKING = "SES developer guide, Configuring custom domains to handle open and click tracking"
_TRACKERS = ".awstrack.me"
_WHAT_IS_LEFT = {"BOUNCE": "bounced for good", "COMPLAINT": "complained"}


def check(observed: Observed) -> Iterator[Finding]:
    """Yield what is wrong with the set, and that the identity does not use it."""
    spec, found = observed.spec, seen(observed.configuration_set)
    identity = None if isinstance(observed.identity, Unseen) else observed.identity
    if identity is not None:
        yield from _default(spec, identity)
    if found is None:
        yield missing(spec, identity)
        return
    yield from _pause(spec, found, identity)
    yield from suppression(spec, found)
    if not found.reputation_metrics:
        message = "reputation metrics are off: the rates of bounces and complaints of this domain cannot be told"
        off = Finding("set.no_reputation", Severity.WARNING, _subject(spec), message, reference=_SETS)
        yield by_new_domain(spec.domain, "switches them on", off)
    if found.tls and found.tls != spec.tls.upper():
        message = f"mail goes by TLS policy {found.tls}, and {spec.tls.upper()} was asked for"
        evidence = {"expected": spec.tls.upper(), "found": found.tls}
        other = Finding("drift.tls_policy", Severity.INFO, _subject(spec), message, "", _SETS, evidence)
        yield by_new_domain(spec.domain, "sets it", other)


def of_account(observed: Observed) -> Iterator[Finding]:
    """Yield that the account suppresses less than it should, where the set leaves it to the account."""
    found, account, spec = seen(observed.configuration_set), seen(observed.account), observed.spec
    reasons = account.suppressed_reasons
    if found is None or found.suppresses is not None or reasons is None:
        return
    left = [reason for reason in _REASONS if reason not in reasons]
    if left:
        whom = " or ".join(_WHAT_IS_LEFT[reason] for reason in left)
        yield Finding(
            "account.suppression_off" if len(left) == len(_REASONS) else "account.suppression_partly",
            Severity.WARNING,
            "account",
            f"mail goes again to whoever {whom}: the set leaves suppression to the account, which has none for that",
            "`aws sesv2 put-account-suppression-attributes --suppressed-reasons BOUNCE COMPLAINT --region "
            f"{spec.region.name}`; `provisioner new-domain {spec.domain}` sets both for this domain alone",
            _ACCOUNT_SUPPRESSION,
            {"expected": list(_REASONS), "found": list(reasons)},
        )


def links(observed: Observed) -> Iterator[Finding]:
    """Yield that the links in the mail of the set lead nowhere."""
    found = seen(observed.configuration_set)
    if found is not None and found.redirects:
        yield from _redirect(observed.spec, found.redirects, seen(observed.dns))


def missing(spec: MailDomain, identity: IdentityStatus | None) -> Finding:
    """Return the finding that the set does not exist."""
    named = identity is not None and identity.configuration_set == spec.configuration_set
    why = ", and the identity still names it: SES refuses its mail" if named else ""
    message = f"it does not exist in {spec.region.name}{why}"
    gone = Finding("set.missing", Severity.ERROR, _subject(spec), message, reference=_SETS)
    return by_new_domain(spec.domain, "makes it anew", gone)


def _default(spec: MailDomain, identity: IdentityStatus) -> Iterator[Finding]:
    if identity.configuration_set != spec.configuration_set:
        used = f"{identity.configuration_set} is" if identity.configuration_set else "none is"
        message = (
            f"it is not the default of the identity, {used}: mail that names no set is not counted, not paused and not "
            "suppressed with this domain"
        )
        evidence = {"expected": spec.configuration_set, "found": identity.configuration_set}
        other = Finding("set.not_default", Severity.WARNING, _subject(spec), message, "", _SETS, evidence)
        yield by_new_domain(spec.domain, "makes it the default", other)


def _pause(spec: MailDomain, found: ConfigurationSet, identity: IdentityStatus | None) -> Iterator[Finding]:
    kept = from_tags(identity.tags if identity else {}).domain
    yield from paused(SmtpUser(spec.domain), DomainStanding(by_switch(kept, enabled=found.sending_enabled)))


def suppression(spec: MailDomain, found: ConfigurationSet) -> Iterator[Finding]:
    """Yield that the set sends again to addresses that bounced or complained; without its own the account's count."""
    if found.suppresses is None:
        return
    left = [reason for reason in _REASONS if reason not in found.suppresses]
    evidence = {"expected": list(_REASONS), "found": list(found.suppresses)}
    if left == list(_REASONS):
        fault, severity = "set.suppression_off", Severity.ERROR
        message = "it overrides the account's suppression with none: mail goes to whoever bounced or complained"
    elif left:
        fault, severity = "set.suppression_partly", Severity.WARNING
        message = f"mail goes again to whoever {_WHAT_IS_LEFT[left[0]]}: it suppresses by {found.suppresses[0]} only"
    else:
        return
    finding = Finding(fault, severity, _subject(spec), message, "", _SUPPRESSION, evidence)
    yield by_new_domain(spec.domain, "sets both reasons", finding)


def _redirect(spec: MailDomain, host: str, dns: PublicDns) -> Iterator[Finding]:
    """Go through what is wrong with the host in links; one with an address of its own may be a proxy for HTTPS."""
    wanted = f"r.{spec.region.name}{_TRACKERS}"
    alias = dns.holds(host, "CNAME")
    match alias:
        case Found((target, *_)) if target.endswith(_TRACKERS) and target != wanted:
            yield _dead(spec, host, wanted, f"points to {target}, of another region")
        case Absent() if all(isinstance(one, Absent) for one in _addresses(dns, host)):
            yield _dead(spec, host, wanted, "does not exist in public DNS")
        case Unreachable(reason):
            seen(Unseen(f"CNAME {host}", "unreachable", reason))


def _addresses(dns: PublicDns, host: str) -> list[DnsAnswer]:
    return [dns.holds(host, "A"), dns.holds(host, "AAAA")]


def _dead(spec: MailDomain, host: str, wanted: str, what: str) -> Finding:
    return Finding(
        "set.tracking_broken",
        Severity.ERROR,
        f"CNAME {host}",
        f"links in the mail of configuration set {spec.configuration_set} lead to {host}, which {what}: all are dead",
        f"publish CNAME {host} = {wanted}; or take the domain out of the tracking options: `aws sesv2 "
        f"put-configuration-set-tracking-options --configuration-set-name {spec.configuration_set} "
        f"--region {spec.region.name}`",
        _TRACKING,
        {"expected": [wanted], "host": host},
    )


def _subject(spec: MailDomain) -> str:
    return f"configuration set {spec.configuration_set}"
