"""Bounce and complaint rates of the account and the domain, where there was enough mail for them to mean anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from provisioner.core.account.metrics import Metric
from provisioner.core.account.reputation import Rate, Verdict, rates_of
from provisioner.core.checks.observed import Observed, Unseen, seen
from provisioner.core.findings import Finding, Severity

_REFERENCE = "docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html"
_SEVERITIES = {Verdict.REVIEW: Severity.WARNING, Verdict.PAUSE: Severity.ERROR}
_WORDS = {Metric.BOUNCE_RATE: "bounces", Metric.COMPLAINT_RATE: "complaints"}
_REMEDIES: Mapping[Metric, str] = {
    Metric.BOUNCE_RATE: "send to nobody who has not confirmed the address, and keep suppression on; "
    "`provisioner metrics {domain}` shows since when",
    Metric.COMPLAINT_RATE: "send only what was asked for, with a link that ends it; "
    "`provisioner metrics {domain}` shows since when",
}
_STOP = ", `provisioner pause {domain}` stops it at once"


def check(observed: Observed) -> Iterator[Finding]:
    """Yield the rates that AWS acts upon: those of the domain's configuration set, and those of the account."""
    days, spec = seen(observed.days), observed.spec
    for rate in rates_of(days.of_set):
        yield from _finding(rate, f"configuration set {spec.configuration_set}", f"of {spec.domain}", observed)
    account = None if isinstance(observed.account, Unseen) else observed.account
    for rate in rates_of(days.of_account):
        sent = max(rate.sends or 0, round(account.sent_last_day or 0) if account else 0)
        yield from _finding(replace(rate, sends=sent), "account", "of all domains of the account", observed)


def _finding(rate: Rate, subject: str, whose: str, observed: Observed) -> Iterator[Finding]:
    severity = _SEVERITIES.get(rate.verdict) if rate.verdict else None
    if severity is None or rate.value is None:
        return
    word, threshold = _WORDS[rate.metric], rate.threshold
    does = f"AWS stops accounts from {threshold.pause:.1%}" if severity is Severity.ERROR else "AWS reviews accounts"
    remedy = _REMEDIES[rate.metric] + (_STOP if subject != "account" else "")
    yield Finding(
        f"reputation.{word}",
        severity,
        subject,
        f"{rate.value:.2%} {word} {whose}, {does}"
        + ("" if severity is Severity.ERROR else f" from {threshold.review:.1%}")
        + f" ({rate.sends} messages looked at)",
        remedy.format(domain=observed.spec.domain),
        _REFERENCE,
        evidence={"rate": rate.value, "sends": rate.sends, "review_at": threshold.review, "pause_at": threshold.pause},
    )
