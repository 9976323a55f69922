"""The status of the account as text."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.cli.frame.chart import chart, percent
from provisioner.cli.frame.layout import indent, pairs
from provisioner.cli.frame.output import table
from provisioner.core.account.metrics import Metric
from provisioner.core.account.reputation import Rate, Verdict, rates_of
from provisioner.core.account.ses import SesAccount
from provisioner.core.account.status import AccountStatus

_UNLIMITED = -1
_SHOWN = (Metric.SENDS, Metric.BOUNCES, Metric.COMPLAINTS)
_UNKNOWN = "not known"


def status_text(status: AccountStatus) -> str:
    """Return what `account status` prints."""
    return "\n".join(_lines(status))


def _lines(status: AccountStatus) -> Iterator[str]:
    yield f"account {status.account} in {status.ses.region}"
    yield indent(pairs([*_ses(status.ses), *_rates(status)]))
    yield from ("", _limits(status))
    if status.days is not None:
        yield from ("", *_days(status))
    yield from _notes(status)


def _ses(ses: SesAccount) -> Iterator[tuple[str, str]]:
    if ses.unseen is not None:
        return
    yield "production", _production(ses)
    yield "sending", _either(ses.sending_enabled, "on", "switched off for the whole account")
    yield "enforcement", ses.enforcement or _UNKNOWN
    yield "quota", _quota(ses)
    yield "suppression", _suppression(ses)


def _production(ses: SesAccount) -> str:
    access = _either(ses.production, "yes", "no, mail goes out to verified recipients only")
    case = f", case {ses.review_case}" if ses.review_case else ""
    return f"{access}; review {ses.review}{case}" if ses.review else access


def _either(value: bool | None, yes: str, no: str) -> str:
    return _UNKNOWN if value is None else yes if value else no


def _quota(ses: SesAccount) -> str:
    sent = _UNKNOWN if ses.sent_last_day is None else f"{ses.sent_last_day:.0f}"
    most = _UNKNOWN if ses.most_a_day is None else f"{ses.most_a_day:.0f}"
    most = "unlimited" if ses.most_a_day == _UNLIMITED else most
    rate = f"; {ses.most_a_second:g} a second" if ses.most_a_second is not None else ""
    return f"{sent} of {most} in the last 24 hours{rate}"


def _suppression(ses: SesAccount) -> str:
    if ses.suppressed_reasons is None:
        return _UNKNOWN
    return ", ".join(ses.suppressed_reasons) or "off, addresses that bounce or complain are sent to again"


def _rates(status: AccountStatus) -> Iterator[tuple[str, str]]:
    if status.days is not None:
        for rate in rates_of(status.days):
            yield "bounces" if rate.metric is Metric.BOUNCE_RATE else "complaints", _rate(rate)


def _rate(rate: Rate) -> str:
    limits = f"AWS reviews at {percent(rate.threshold.review)}, may pause at {percent(rate.threshold.pause)}"
    if rate.value is None:
        return f"no rate was published ({limits})"
    words = {
        Verdict.FINE: "",
        Verdict.REVIEW: ", high enough for a review",
        Verdict.PAUSE: ", high enough to be paused",
        Verdict.UNCLEAR: f", of too little mail to mean anything ({rate.sends or 0} sent)",
    }
    return f"{percent(rate.value)}{words[rate.verdict] if rate.verdict else ''} ({limits})"


def _limits(status: AccountStatus) -> str:
    rows = [
        (
            stock.kind.value,
            _UNKNOWN if stock.used is None else str(stock.used),
            f"{stock.limit}{' (AWS default)' if stock.assumed else ''}",
        )
        for stock in status.stocks
    ]
    return indent(table(("WHAT", "USED", "LIMIT"), rows))


def _days(status: AccountStatus) -> Iterator[str]:
    if status.days is None:
        return
    number = len(status.days.listed)
    if status.days.is_empty:
        yield f"the last {number} days: CloudWatch has counted no mail"
    else:
        yield f"the last {number} days, in UTC:"
        yield indent(chart(status.days, _SHOWN))


def _notes(status: AccountStatus) -> Iterator[str]:
    notes = [note for note in status.ses.notes if status.ses.unseen is None or status.ses.unseen not in note]
    if notes or status.unseen or status.elsewhere:
        yield ""
    yield from notes
    yield from (f"could not look at {one.part}: {one.reason}" for one in status.unseen)
    if status.elsewhere:
        yield f"this home has domains in {', '.join(status.elsewhere)} too, where SES is another account: give --region"
