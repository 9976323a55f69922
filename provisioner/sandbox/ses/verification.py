"""How SES decides on identities and MAIL FROM domains: by what DNS shows the public.

Source: SES developer guide, "Easy DKIM" (three CNAMEs), "Using a custom MAIL FROM domain" (exactly one MX; the states).
Nothing here fails after 72 hours, as the real SES would: a sandbox does not live that long.
"""

import re
import time
from datetime import UTC, datetime
from typing import Literal

from provisioner.sandbox.ses.model import Check, Identity, MailFrom
from provisioner.sandbox.zones import PublicView, RecordSet, plain

Fault = Literal["HOST_NOT_FOUND", "TYPE_NOT_FOUND", "INVALID_VALUE"]
PUBLIC_KEY = re.compile(r"\bp=[A-Za-z0-9+/]+")


def look(identity: Identity, view: PublicView, region: str, suffix: str, delay: float) -> None:
    """Bring the identity's checks up to date with DNS; `delay` is how many seconds right records wait for SUCCESS."""
    if identity.kind == "DOMAIN":
        _judge(identity.dkim.check, dkim_fault(identity, view, suffix), view.changed(identity.email_identity), delay)
    else:
        _judge(
            identity.clicked, None, 0.0, delay
        )  # nobody has a mailbox here: the link in SES's mail counts as clicked
    if identity.mail_from:
        host = identity.mail_from.domain
        _judge(identity.mail_from.check, mail_from_fault(identity.mail_from, view, region), view.changed(host), delay)


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
    zone = view.zone_for(name)
    exists = zone is not None and any(owner == plain(name) for owner, _ in zone.records)
    return "TYPE_NOT_FOUND" if exists else "HOST_NOT_FOUND"


def _judge(check: Check, fault: Fault | None, changed: float, delay: float) -> None:
    check.last_checked, check.fault = datetime.now(UTC), fault
    if fault:
        check.right_since = None
        check.status = "TEMPORARY_FAILURE" if check.status == "SUCCESS" else check.status
        return
    if check.right_since is None:  # right since DNS last changed, also when nobody looked between then and now
        check.right_since = max(check.started, changed)
    if time.monotonic() - check.right_since >= delay:
        check.status, check.last_success = "SUCCESS", check.last_checked
