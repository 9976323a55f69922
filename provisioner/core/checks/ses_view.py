"""How far SES is with DKIM and MAIL FROM: what it looks for, since when, and what it sees otherwise than we do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from provisioner.core.checks.observed import Observed, seen
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.identity import PATIENCE, PENDING, SUCCESS, TEMPORARY_FAILURE, IdentityStatus
from provisioner.core.mail_domain.spec import MailDomain

LONG = timedelta(hours=24)  # SES sees right records within minutes to hours; its own words are "up to 72 hours"
_EASY_DKIM = "docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html"
_MAIL_FROM = "docs.aws.amazon.com/ses/latest/dg/mail-from.html#mail-from-states"
_ERRORS = "SES v2 API reference, VerificationInfo"
_BAD = (Severity.ERROR, Severity.WARNING)


def check(observed: Observed) -> Iterator[Finding]:
    """Yield what SES still waits for; where records are wrong, that follows from them."""
    status = seen(observed.identity)
    if status is not None:
        yield from _dkim(observed.spec, status, observed.now)
        yield from _mail_from(observed.spec, status)


def late(observed: Observed, found: Sequence[Finding]) -> Iterator[Finding]:
    """Yield that SES has not noticed yet that records are wrong; it follows from each of them."""
    status, spec = observed.identity, observed.spec
    if not isinstance(status, IdentityStatus):  # nobody looked, or there is nothing to look at
        return
    bad = [one for one in found if one.severity in _BAD]
    dkim = next((one for one in bad if is_of_dkim(one)), None)
    if dkim and status.dkim_status == SUCCESS:
        message = (
            f"SES has not noticed: it says SUCCESS{_checked(status)}. It looks again by itself, and takes the "
            "verification away when the records stay wrong for some days"
        )
        yield _info("ses.behind", f"DKIM of {spec.domain}", message, _EASY_DKIM, caused_by=dkim.id)
    for rtype, message in _UNDER_SUCCESS.items():
        cause = next((one for one in bad if one.subject == f"{rtype} {spec.mail_from}"), None)
        if cause and status.mail_from_status == SUCCESS:
            yield _info("ses.behind", f"MAIL FROM of {spec.domain}", message, _MAIL_FROM, caused_by=cause.id)


_UNDER_SUCCESS = {
    "MX": "SES has not noticed: it says SUCCESS, and falls back to a name of its own when it looks again",
    "TXT": "SES says SUCCESS, which speaks of the MX alone: it never looks at SPF, and receivers do",
}


def is_of_dkim(finding: Finding) -> bool:
    """Say whether the finding is about the records of DKIM."""
    of_record = finding.id.startswith("record.") and "._domainkey." in finding.subject
    return of_record or (finding.id.startswith("dkim.") and finding.id not in ("dkim.signing_off", "dkim.test_mode"))


def _dkim(spec: MailDomain, status: IdentityStatus, now: datetime) -> Iterator[Finding]:
    subject = f"DKIM of {spec.domain}"
    if status.fault == "DNS_SERVER_ERROR":
        yield _sees_otherwise(spec, status)
    if status.dkim_status == PENDING:
        yield _pending(spec, status, now)
    elif status.dkim_status == TEMPORARY_FAILURE:
        yield _info("ses.behind", subject, f"SES did not find the records{_checked(status)}: {_AGAIN}", _EASY_DKIM)
    elif status.dkim_status == "NOT_STARTED":
        yield _not_started(spec)


def _mail_from(spec: MailDomain, status: IdentityStatus) -> Iterator[Finding]:
    subject = f"MAIL FROM of {spec.domain}"
    if status.mail_from_domain is None:
        return
    if status.mail_from_status == PENDING:
        message = f"SES looks for the MX of {status.mail_from_domain}, for at most 72 hours; it does not say since when"
        yield _waiting(spec, subject, message, _MAIL_FROM)
    elif status.mail_from_status == TEMPORARY_FAILURE:
        until = "mail is refused" if status.refuses_without_mx else "SPF of the mail is that of amazonses.com"
        message = f"SES did not find the MX of {status.mail_from_domain} at its last look: {_AGAIN}; until then {until}"
        yield _info("ses.behind", subject, message, _MAIL_FROM)


_AGAIN = "it looks again by itself, and gives up after 72 hours"


def _pending(spec: MailDomain, status: IdentityStatus, now: datetime) -> Finding:
    """Say since when SES looks, as far as it tells, and until when; a long wait is something to look into."""
    since = status.looked_for_since
    if since is None or now - since > PATIENCE:
        message = f"SES looks for the records, for at most 72 hours; it does not say since when{_checked(status)}"
        found = _waiting(spec, f"DKIM of {spec.domain}", message, _EASY_DKIM)
        return replace(found, evidence=_looks(status))
    age, left = _hours(now - since), _hours(PATIENCE - (now - since))
    message = f"SES looks for the records since {since:%Y-%m-%d %H:%M} UTC ({age}), and {left} more{_saw(status)}"
    evidence = _looks(status) | {"since": since.isoformat(), "until": (since + PATIENCE).isoformat()}
    found = replace(_waiting(spec, f"DKIM of {spec.domain}", message, _EASY_DKIM), evidence=evidence)
    return found if now - since < LONG else replace(found, severity=Severity.WARNING, remedy=_look_into(spec))


def _look_into(spec: MailDomain) -> str:
    return (
        f"right records are seen sooner as a rule: see with `provisioner dns check {spec.domain}` that every name "
        f"server has them; `provisioner status {spec.domain} --wait 1h` waits on"
    )


def _not_started(spec: MailDomain) -> Finding:
    """Return the finding about an identity that was made without DKIM, as the older API does."""
    return Finding(
        "dkim.not_started",
        Severity.ERROR,
        f"DKIM of {spec.domain}",
        "SES was never told to sign its mail: all goes out unsigned",
        f"`aws sesv2 put-email-identity-dkim-signing-attributes --email-identity {spec.domain} "
        f"--signing-attributes-origin AWS_SES --region {spec.region.name}`; then `provisioner new-domain "
        f"{spec.domain}` publishes its records",
        _EASY_DKIM,
    )


def _sees_otherwise(spec: MailDomain, status: IdentityStatus) -> Finding:
    where = f" It saw the zone of {status.look.name_server} last." if status.look.name_server else ""
    return Finding(
        "ses.sees_otherwise",
        Severity.WARNING,
        f"DKIM of {spec.domain}",
        "SES says that the domain's name servers did not answer it (DNS_SERVER_ERROR), and they answer us: a broken "
        f"DNSSEC chain, a server that is slow, or one that refuses some networks.{where}",
        "ask the DNS host whether its servers answer AWS's networks, and whether the zone's DS records fit",
        _ERRORS,
        _looks(status),
    )


def _waiting(spec: MailDomain, subject: str, message: str, reference: str) -> Finding:
    command = ("status", spec.domain.ascii, "--wait", "1h")
    remedy = f"`provisioner {' '.join(command)}` waits for it"
    return Finding("ses.pending", Severity.INFO, subject, message, remedy, reference, {}, command)


def _info(fault: str, subject: str, message: str, reference: str, caused_by: str | None = None) -> Finding:
    return Finding(fault, Severity.INFO, subject, message, reference=reference, caused_by=caused_by)


def _looks(status: IdentityStatus) -> dict[str, object]:
    look = status.look
    return {
        "status": status.dkim_status,
        "fault": status.fault,
        "last_checked": look.checked.isoformat() if look.checked else None,
        "last_succeeded": look.succeeded.isoformat() if look.succeeded else None,
        "name_server": look.name_server,
        "serial": look.serial,
    }


def _checked(status: IdentityStatus) -> str:
    return f", at its last look {status.look.checked:%Y-%m-%d %H:%M} UTC" if status.look.checked else ""


def _saw(status: IdentityStatus) -> str:
    return f"; its last look: {status.fault_in_words}" if status.fault else ""


def _hours(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes >= 120:  # noqa: PLR2004 - two hours
        return f"{minutes // 60} hours"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
