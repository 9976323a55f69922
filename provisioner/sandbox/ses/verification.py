"""How SES decides on identities and MAIL FROM domains: by what DNS shows the public.

Source: SES developer guide, "Easy DKIM" (three CNAMEs), "Using a custom MAIL FROM domain" (exactly one MX; the states).
After 72 hours SES gives up; a sandbox does not live that long, and can be told to be less patient.
"""

import re
import time
from datetime import UTC, datetime
from typing import Literal

from provisioner.sandbox.ses.model import Check, Identity, MailFrom
from provisioner.sandbox.settings import SandboxSettings
from provisioner.sandbox.zones import PublicView, RecordSet, plain

Fault = Literal["DNS_SERVER_ERROR", "HOST_NOT_FOUND", "TYPE_NOT_FOUND", "INVALID_VALUE"]
PUBLIC_KEY = re.compile(r"\bp=[A-Za-z0-9+/]+")


def look(identity: Identity, view: PublicView, region: str, suffix: str, settings: SandboxSettings) -> None:
    """Bring the identity's checks up to date with DNS; the settings say how soon SES sees and how long it looks."""
    if identity.kind == "DOMAIN":
        fault = identity.dkim.uncopied or dkim_fault(identity, view, identity.dkim.hosted_zone or suffix)
        _judge(identity.dkim.check, fault, view.changed(identity.email_identity), settings)
    else:
        _judge(
            identity.clicked, None, 0.0, settings
        )  # nobody has a mailbox here: the link in SES's mail counts as clicked
    if identity.mail_from:
        fault, changed = mail_from_fault(identity.mail_from, view, region), view.changed(identity.mail_from.domain)
        _judge(identity.mail_from.check, fault, changed, settings)


def dkim_fault(identity: Identity, view: PublicView, suffix: str) -> Fault | None:
    """Say what is wrong with the identity's DKIM records, None when all of them are right."""
    if identity.dkim.origin == "EXTERNAL":
        return _own_key_fault(f"{identity.dkim.tokens[0]}._domainkey.{identity.email_identity}", view)
    found = ((token, f"{token}._domainkey.{identity.email_identity}") for token in identity.dkim.tokens)
    faults = (_value_fault(name, "CNAME", f"{token}.{suffix}", view) for token, name in found)
    return next((fault for fault in faults if fault), None)


def mail_from_fault(mail_from: MailFrom, view: PublicView, region: str) -> Fault | None:
    """Say what is wrong with a MAIL FROM host, None when its only MX is SES's; the TXT record is not looked at."""
    return _value_fault(mail_from.domain, "MX", f"10 feedback-smtp.{region}.amazonses.com", view)


def _value_fault(name: str, rtype: str, wanted: str, view: PublicView) -> Fault | None:
    record = view.find(name, rtype)
    if record is None:
        return _absence(name, view)
    return None if _normal(record) == [wanted] else "INVALID_VALUE"


def _normal(record: RecordSet) -> list[str]:
    return [" ".join(plain(value).split()) for value in record.values]


def _own_key_fault(name: str, view: PublicView) -> Fault | None:
    record = view.find(name, "TXT")
    if record is None:
        return _absence(name, view)
    texts = (re.sub(r'"\s*"', "", value).strip('"') for value in record.values)
    return None if any(PUBLIC_KEY.search(text) for text in texts) else "INVALID_VALUE"


def _absence(name: str, view: PublicView) -> Fault:
    if view.is_dead(name):
        return "DNS_SERVER_ERROR"
    zone = view.zone_for(name)
    exists = zone is not None and any(owner == plain(name) for owner, _ in zone.records)
    return "TYPE_NOT_FOUND" if exists else "HOST_NOT_FOUND"


def _judge(check: Check, fault: str | None, changed: float, settings: SandboxSettings) -> None:
    if check.held or check.status == "FAILED":  # SES looks no more
        return
    check.last_checked, check.fault = datetime.now(UTC), fault
    if fault:
        _miss(check, settings.give_up_after)
        return
    if check.right_since is None:  # right since DNS last changed, also when nobody looked between then and now
        check.right_since = max(check.started, changed)
    if check.status != "SUCCESS" and check.right_since - check.started >= settings.give_up_after:
        check.status = "FAILED"
    elif time.monotonic() - check.right_since >= settings.verification_delay:
        check.status, check.last_success = "SUCCESS", check.last_checked


def _miss(check: Check, patience: float) -> None:
    check.right_since = None
    if check.status == "SUCCESS":  # from now on SES looks for so long again
        check.status, check.started = "TEMPORARY_FAILURE", time.monotonic()
    if time.monotonic() - check.started >= patience:
        check.status = "FAILED"
