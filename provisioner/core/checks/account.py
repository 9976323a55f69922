"""What SES lets the whole account do, which decides over every domain in it."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.account.ses import SesAccount
from provisioner.core.checks.observed import Observed, seen
from provisioner.core.findings import Finding, Severity

_SUBJECT = "account"
_PRODUCTION = "docs.aws.amazon.com/ses/latest/dg/request-production-access.html"
_QUOTAS = "docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html"
_ENFORCEMENT = "docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html"
_SWITCH = "SES API v2, PutAccountSendingAttributes"


def check(observed: Observed) -> Iterator[Finding]:
    """Yield what keeps mail of every domain of the account in."""
    yield from _findings(seen(observed.account), expects_production=False)


def check_expecting_production(observed: Observed) -> Iterator[Finding]:
    """Yield the same where the account has to be out of SES's sandbox."""
    yield from _findings(seen(observed.account), expects_production=True)


def _findings(account: SesAccount, *, expects_production: bool) -> Iterator[Finding]:
    yield from _enforced(account)
    if account.production is False:
        yield _sandbox(account, Severity.ERROR if expects_production else Severity.WARNING)
        yield from _review(account)
    elif account.quota_used is not None and account.quota_used >= account.NEARLY:
        yield _quota(account, account.quota_used)


def _enforced(account: SesAccount) -> Iterator[Finding]:
    evidence = {"enforcement_status": account.enforcement, "sending_enabled": account.sending_enabled}
    look = f"see what AWS found at {account.console}, mend its cause, and answer in the support case"
    if account.enforcement == "SHUTDOWN":
        message = f"AWS has stopped all mail of this account in {account.region} (SHUTDOWN)"
        yield Finding("account.shutdown", Severity.ERROR, _SUBJECT, message, look, _ENFORCEMENT, evidence)
    elif account.sending_enabled is False:
        message = f"sending is switched off for the whole account in {account.region}: no domain can send"
        command = f"aws sesv2 put-account-sending-attributes --sending-enabled --region {account.region}"
        remedy = f"find out why, then `{command}`"
        yield Finding("account.paused", Severity.ERROR, _SUBJECT, message, remedy, _SWITCH, evidence)
    if account.enforcement == "PROBATION":
        message = f"AWS reviews this account in {account.region} (PROBATION): unless the cause goes, all mail stops"
        yield Finding("account.probation", Severity.ERROR, _SUBJECT, message, look, _ENFORCEMENT, evidence)


def _sandbox(account: SesAccount, severity: Severity) -> Finding:
    quota = "" if account.most_a_day is None else f", at most {account.most_a_day:.0f} messages a day"
    return Finding(
        "account.sandbox",
        severity,
        _SUBJECT,
        f"the account is in SES's sandbox in {account.region}: only verified recipients get mail{quota}",
        f"`provisioner account request-production --region {account.region}`",
        _PRODUCTION,
        evidence={"production_access": False, "max_24_hour_send": account.most_a_day, "review": account.review},
    )


def _review(account: SesAccount) -> Iterator[Finding]:
    evidence = {"review": account.review, "review_case": account.review_case}
    case = f"case {account.review_case}" if account.review_case else "the case"
    if account.review == "DENIED":
        message = f"AWS denied production access in {account.region}; asking again by the API is refused"
        remedy = f"answer in {case} in the Support Center, or ask at {account.console}"
        yield Finding("account.denied", Severity.ERROR, _SUBJECT, message, remedy, _PRODUCTION, evidence)
    elif account.review == "PENDING":
        message = f"production access was asked for in {account.region}, and AWS has not decided yet"
        remedy = f"look into {case} in the Support Center whether AWS asks for more, usually within 24 hours"
        yield Finding("account.review", Severity.WARNING, _SUBJECT, message, remedy, _PRODUCTION, evidence)


def _quota(account: SesAccount, used: float) -> Finding:
    gone = used >= 1
    says = "nothing more goes out until it is less" if gone else "what comes over it is refused"
    return Finding(
        "account.quota",
        Severity.ERROR if gone else Severity.WARNING,
        _SUBJECT,
        f"{used:.0%} of the day's quota in {account.region} is used "
        f"({account.sent_last_day:.0f} of {account.most_a_day:.0f} messages in 24 hours): {says}",
        f"spread the mail over days, or ask for more at {account.console}; `provisioner metrics` says whose it is",
        _QUOTAS,
        evidence={"sent_last_24_hours": account.sent_last_day, "max_24_hour_send": account.most_a_day},
    )
