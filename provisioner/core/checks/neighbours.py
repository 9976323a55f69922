"""Other identities of the account whose settings are taken in place of the domain's."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.checks.observed import NotSeen, Observed, Unseen, seen
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.neighbours import Neighbour
from provisioner.core.mail_domain.spec import MailDomain

_MOST_SPECIFIC = "SES developer guide, Creating and verifying identities (the most specific identity decides)"


def check(observed: Observed) -> Iterator[Finding]:
    """Yield the addresses and names at the domain that have settings of their own, where these are worse."""
    spec, known = observed.spec, seen(observed.neighbours)
    for neighbour in known.seen:
        yield from _address(spec, neighbour) if neighbour.is_address else _subdomain(spec, neighbour)
    if known.unseen:
        names = ", ".join(name for name, _ in known.unseen)
        reasons = "; ".join(dict.fromkeys(why for _, why in known.unseen))
        raise NotSeen(Unseen(f"SES identities of {spec.domain}", "not_asked", f"{names}: {reasons}"))


def _address(spec: MailDomain, neighbour: Neighbour) -> Iterator[Finding]:
    """Judge an address by what SES says of it: one may have taken over the DKIM of its domain."""
    status, name = neighbour.status, neighbour.name
    lacks = list(_lacks(spec, status))
    if not lacks:
        return
    signed = _signs(status)
    told = f"mail from {name} goes out {_listed(lacks)}: this identity decides for it, not {spec.domain}"
    if not status.verified:
        told += "; it is not verified, and AWS does not say whether it decides all the same"
    severity = Severity.WARNING if signed else Severity.ERROR
    yield Finding(
        "identity.address_overrides",
        severity if status.verified else Severity.INFO,
        f"SES identity {name}",
        told,
        _delete(spec, name),
        _MOST_SPECIFIC,
        _evidence(status),
    )


def _subdomain(spec: MailDomain, neighbour: Neighbour) -> Iterator[Finding]:
    status, name = neighbour.status, neighbour.name
    if _signs(status):
        return
    state = "switched off" if not status.signing_enabled else status.dkim_status
    yield Finding(
        "identity.subdomain_overrides",
        Severity.WARNING if status.verified else Severity.INFO,
        f"SES identity {name}",
        f"mail from addresses at {name} goes by this identity and not by {spec.domain}, and is not signed: its DKIM is "
        f"{state}",
        f"`provisioner new-domain {name}` sets it up as a domain of its own; or, where nobody needs it: "
        + _delete(spec, name),
        _MOST_SPECIFIC,
        _evidence(status),
    )


def _signs(status: IdentityStatus) -> bool:
    return status.signing_enabled and status.dkim_status in ("SUCCESS", "TEMPORARY_FAILURE")


def _lacks(spec: MailDomain, status: IdentityStatus) -> Iterator[str]:
    if not _signs(status):
        yield "unsigned"
    if status.configuration_set != spec.configuration_set:
        yield f"without configuration set {spec.configuration_set}"
    if status.mail_from_domain != spec.mail_from:
        yield f"without MAIL FROM {spec.mail_from}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _delete(spec: MailDomain, name: str) -> str:
    return f"`aws sesv2 delete-email-identity --email-identity {name} --region {spec.region.name}`"


def _evidence(status: IdentityStatus) -> dict[str, object]:
    return {
        "verified": status.verified,
        "dkim_signing": status.signing_enabled,
        "dkim_status": status.dkim_status,
        "configuration_set": status.configuration_set,
        "mail_from_domain": status.mail_from_domain,
    }
