"""Whether a domain's own DMARC policy is against the mail that it sends through SES."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.checks.observed import Observed, seen
from provisioner.core.dmarc.discovery import Applicable, look_up
from provisioner.core.dns.answers import Found, Unreachable
from provisioner.core.dns.ask import Ask
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.identity import SUCCESS, IdentityStatus
from provisioner.core.mail_domain.records import Record, dkim_records
from provisioner.core.mail_domain.spec import MailDomain


def check(observed: Observed) -> Iterator[Finding]:
    """Yield that receivers refuse all mail of the domain, before what that comes from."""
    status, ask = seen(observed.identity), seen(observed.dns).holds
    applicable = look_up(observed.spec.domain, ask)
    if isinstance(applicable, Applicable) and status is not None:
        signed = _is_signed(observed.spec, status, ask)
        yield from rejects_own_mail(applicable, is_signed=signed, has_mail_from=_is_aligned(applicable, status))


def rejects_own_mail(applicable: Applicable, *, is_signed: bool, has_mail_from: bool) -> Iterator[Finding]:
    """Say that the domain's own policy is against all of its mail, where neither DKIM nor MAIL FROM works.

    `is_signed` is false when receivers can verify none of its DKIM signatures, `has_mail_from` when SPF does not align
    since SES falls back to a domain of its own.
    """
    policy = applicable.policy
    if is_signed or has_mail_from or policy in (None, DmarcPolicy.NONE) or applicable.found is None:
        return
    done = "refuse" if policy is DmarcPolicy.REJECT else "put into spam"
    yield Finding(
        "dmarc.rejects_own_mail",
        Severity.ERROR,
        f"TXT {applicable.found.name}",
        f"receivers {done} every message of the domain: its policy is {policy}, and neither DKIM nor SPF can pass",
        f"restore DKIM; until then `provisioner dmarc set {applicable.domain} --policy none`",
        "RFC 9989 section 5",
        {"found": list(applicable.found.texts), "policy": str(policy)},
        ("dmarc", "set", applicable.domain.ascii, "--policy", "none"),
    )


def _is_signed(spec: MailDomain, status: IdentityStatus, ask: Ask) -> bool:
    """Say whether receivers may find a key of the signature; with a key of the customer's own, SES says it."""
    if not status.signing_enabled:
        return False
    if not status.dkim_tokens:
        return status.dkim_status == SUCCESS
    suffix = status.signing_hosted_zone or spec.signing_hosted_zone
    keys = [_may_have_key(record, ask) for record in dkim_records(spec.domain, status.dkim_tokens, suffix)]
    return any(keys)  # a list, so that all three are asked for at once


def _may_have_key(record: Record, ask: Ask) -> bool:
    """Say whether a key is, or may be, behind a name: the CNAME is right, leads there, or nobody knows."""
    alias, behind = ask(record.name, "CNAME"), ask(record.name, "TXT")
    right = isinstance(alias, Found) and [value.lower() for value in alias.values] == [record.values[0].lower()]
    return right or isinstance(behind, Found) or Unreachable in (type(alias), type(behind))


def _is_aligned(applicable: Applicable, status: IdentityStatus) -> bool:
    record = applicable.found.record if applicable.found else None
    is_strict = record is not None and (record.get("aspf") or "").lower() == "s"
    return status.mail_from_status == SUCCESS and not is_strict
