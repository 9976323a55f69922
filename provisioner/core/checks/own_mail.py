"""Whether receivers refuse all mail of a domain by its own policy: what a broken DKIM and MAIL FROM mean together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.core.checks.dmarc import rejects_own_mail
from provisioner.core.checks.observed import Observed, Unseen
from provisioner.core.checks.ses_view import is_of_dkim
from provisioner.core.dmarc.discovery import Applicable, look_up
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.identity import SUCCESS, IdentityStatus
from provisioner.core.mail_domain.records import Purpose, static_records
from provisioner.core.mail_domain.spec import MailDomain

_WHOLLY = ("dkim.all_absent", "dkim.stale_tokens", "dkim.not_started", "dkim.revoked", "dkim.key_broken")


def draw(observed: Observed, found: Sequence[Finding]) -> Iterator[Finding]:
    """Yield that every message fails DMARC; of what nobody could look at nothing follows."""
    status, dns, spec = observed.identity, observed.dns, observed.spec
    if not isinstance(status, IdentityStatus) or isinstance(dns, Unseen):
        return
    errors = [one for one in found if one.severity is Severity.ERROR]
    is_signed, has_mail_from = _is_signed(status, errors), _has_mail_from(spec, status, errors)
    if is_signed:  # the policy is looked up only where it matters
        return
    match look_up(spec.domain, dns.holds):
        case Applicable() as applicable:
            changed = _is_changed(spec, applicable)
            yield from rejects_own_mail(
                applicable, is_signed=is_signed, has_mail_from=has_mail_from, is_changed=changed
            )


def _is_changed(spec: MailDomain, applicable: Applicable) -> bool:
    """Say whether another record stands in the place of one that we write."""
    ours = [record.values for record in static_records(spec) if record.purpose is Purpose.DMARC]
    return not spec.zone.is_elsewhere and bool(ours) and applicable.own.texts not in ours


def _is_signed(status: IdentityStatus, errors: Sequence[Finding]) -> bool:
    """Say whether a receiver can verify some signature: any of the three keys of Easy DKIM may be the one in use."""
    broken = [one for one in errors if is_of_dkim(one)]
    if not status.signing_enabled or any(one.id in _WHOLLY for one in broken):
        return False
    return not status.dkim_tokens or len(broken) < len(status.dkim_tokens)


def _has_mail_from(spec: MailDomain, status: IdentityStatus, errors: Sequence[Finding]) -> bool:
    """Say whether SPF passes for a name of the domain: SES uses it, and its SPF record lets SES."""
    broken = any(one.subject == f"TXT {spec.mail_from}" for one in errors)
    return status.mail_from_domain is not None and status.mail_from_status == SUCCESS and not broken
