"""Whether a stricter DMARC policy is safe: what receivers said about a domain's mail in their aggregate reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from provisioner.core.values.domain import DomainName

_TOUCHING = timedelta(minutes=1)  # most reports end one second before the next one begins


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """One row of an aggregate report: `count` messages of one source, aligned (by SPF or DKIM) or not.

    `owner` is who the address belongs to, as far as known; `reasons` are the receiver's for treating it differently.
    """

    source: str
    owner: str | None
    header_from: str
    count: int
    is_aligned: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AggregateReport:
    """One report (RFC 9990) of one receiver about the record at one domain; `begin` and `end` are aware, in UTC."""

    sender: str
    id: str
    policy_domain: str
    begin: datetime
    end: datetime
    rows: tuple[ReportedRow, ...]


@dataclass(frozen=True, slots=True)
class UnreadableReport:
    """A file that is no DMARC aggregate report, and why."""

    path: str
    reason: str

    def to_document(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"path": self.path, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Source:
    """A sender whose mail would break: its address, owner, the From domains it uses, and its failing messages."""

    address: str
    owner: str | None
    header_from: tuple[str, ...]
    reasons: tuple[str, ...]
    messages: int

    def to_document(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "address": self.address,
            "owner": self.owner,
            "header_from": list(self.header_from),
            "reasons": list(self.reasons),
            "messages": self.messages,
        }

    def __str__(self) -> str:
        owner = f" ({self.owner})" if self.owner else ""
        return f"{self.address}{owner}: {count_of(self.messages, 'message')} from {', '.join(self.header_from)}"


@dataclass(frozen=True, slots=True)
class Need:
    """How much evidence is enough: messages, days that are covered by reports, and the share that is aligned (0-1).

    `unreadable` is the share (0-1) of the reports that may be unreadable: they may say the opposite of the others.
    """

    messages: int = 100
    days: int = 14
    share: float = 0.98
    unreadable: float = 0.1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the reports say; `failing` is ordered, most messages first.

    `given` reports were there to be read, of which `reports` count, and those in `unreadable` could not be read.
    """

    reports: int
    messages: int
    aligned: int
    days: int
    failing: tuple[Source, ...]
    given: int = 0
    unreadable: tuple[UnreadableReport, ...] = ()

    @property
    def share(self) -> float:
        """The aligned share of the messages, 0-1; 0 without messages."""
        return self.aligned / self.messages if self.messages else 0.0

    def to_document(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "reports": self.reports,
            "messages": self.messages,
            "aligned": self.aligned,
            "aligned_share": round(self.share, 4),
            "days": self.days,
            "failing_sources": [source.to_document() for source in self.failing],
            "given": self.given,
            "unreadable": [report.to_document() for report in self.unreadable],
        }

    def __str__(self) -> str:
        aligned = f"{self.aligned} of {count_of(self.messages, 'message')} aligned ({_percent(self.share)})"
        unread = f" ({self.partial})" if self.unreadable else ""
        return f"{aligned}, {count_of(self.days, 'day')}, {count_of(self.reports, 'report')}{unread}"

    @property
    def partial(self) -> str:
        """Which part of the evidence is missing: `10 of 23 reports cannot be read`."""
        return f"{len(self.unreadable)} of {count_of(self.given, 'report')} cannot be read"


def weigh(
    found: Iterable[AggregateReport | UnreadableReport],
    domain: DomainName,
    *,
    with_subdomains: bool,
    since: datetime,
    until: datetime,
) -> Evidence:
    """Add up the reports about the record at `domain` that end after `since`; one that comes twice counts once.

    A report that ends after `until` tells of the future and counts as unreadable. `with_subdomains`: whether the
    record's `p` applies to mail from names below the domain as well.
    """
    given = [_unless_future(report, until) for report in found]
    about = [r for r in given if isinstance(r, AggregateReport) and r.policy_domain == domain.ascii and r.end > since]
    unique = {(report.sender, report.id, report.begin): report for report in about}
    rows = [
        row for report in unique.values() for row in report.rows if with_subdomains or row.header_from == domain.ascii
    ]
    return Evidence(
        reports=len(unique),
        messages=sum(row.count for row in rows),
        aligned=sum(row.count for row in rows if row.is_aligned),
        days=_days([(report.begin, report.end) for report in unique.values()]),
        failing=_failing([row for row in rows if not row.is_aligned]),
        given=len(given),
        unreadable=tuple(report for report in given if isinstance(report, UnreadableReport)),
    )


def _unless_future(report: AggregateReport | UnreadableReport, until: datetime) -> AggregateReport | UnreadableReport:
    if isinstance(report, UnreadableReport) or report.end <= until:
        return report
    return UnreadableReport(f"{report.sender} {report.id}", f"it ends in the future, at {report.end:%Y-%m-%d %H:%M}")


def count_of(number: int, noun: str) -> str:
    """Return `1 report`, `2 reports`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shortfalls(evidence: Evidence, need: Need) -> tuple[str, ...]:
    """Return what is missing, each with its number and its limit; nothing when the evidence is enough."""
    return tuple(_shortfalls(evidence, need))


def _shortfalls(evidence: Evidence, need: Need) -> Iterator[str]:
    if evidence.messages < need.messages:
        yield f"{count_of(evidence.messages, 'message')} reported, {need.messages} needed"
    if evidence.days < need.days:
        yield f"{count_of(evidence.days, 'day')} covered by reports, {need.days} needed"
    if evidence.messages and evidence.share < need.share:
        yield f"{_percent(evidence.share)} aligned, {_percent(need.share)} needed"
    if len(evidence.unreadable) > need.unreadable * evidence.given:
        yield f"{evidence.partial}, {_percent(need.unreadable)} may"


def _percent(share: float) -> str:
    return f"{int(share * 10_000 + 1e-6) / 100:g} %"  # cut, not rounded: 99.999 % is not 100 %


def _days(spans: Sequence[tuple[datetime, datetime]]) -> int:
    """Return how many whole days the spans cover together; what several of them cover counts once."""
    covered, reached = timedelta(), None
    for begin, end in sorted(spans):
        start = begin if reached is None or begin > reached + _TOUCHING else reached
        covered += max(end - start, timedelta())
        reached = end if reached is None else max(reached, end)
    return (covered + _TOUCHING) // timedelta(days=1)


def _failing(rows: Sequence[ReportedRow]) -> tuple[Source, ...]:
    by_address: dict[str, list[ReportedRow]] = defaultdict(list)
    for row in rows:
        by_address[row.source].append(row)
    sources = [_source(address, rows) for address, rows in by_address.items()]
    return tuple(sorted(sources, key=lambda source: (-source.messages, source.address)))


def _source(address: str, rows: Sequence[ReportedRow]) -> Source:
    return Source(
        address=address,
        owner=next((row.owner for row in rows if row.owner), None),
        header_from=tuple(sorted({row.header_from for row in rows})),
        reasons=tuple(sorted({reason for row in rows for reason in row.reasons})),
        messages=sum(row.count for row in rows),
    )
