from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.dmarc.evidence import (
    AggregateReport,
    Evidence,
    Need,
    ReportedRow,
    UnreadableReport,
    shortfalls,
    weigh,
)
from provisioner.core.values.domain import DomainName

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DOMAIN = DomainName.parse("example.com")


def row(
    count: int = 10, *, aligned: bool = True, source: str = "192.0.2.1", sender: str = "example.com"
) -> ReportedRow:
    return ReportedRow(source, None, sender, count, aligned)


def report(day: int, *rows: ReportedRow, domain: str = "example.com", ident: str | None = None) -> AggregateReport:
    begin = START + day * DAY
    return AggregateReport("google.com", ident or f"r{day}", domain, begin, begin + DAY - timedelta(seconds=1), rows)


def weighed(
    *reports: AggregateReport | UnreadableReport, with_subdomains: bool = True, since: datetime = START
) -> Evidence:
    return weigh(reports, DOMAIN, with_subdomains=with_subdomains, since=since, until=START + 100 * DAY)


def test_fourteen_daily_reports_cover_fourteen_days() -> None:
    found = weighed(*(report(day, row(8)) for day in range(14)))
    assert (found.reports, found.messages, found.aligned, found.days) == (14, 112, 112, 14)
    assert shortfalls(found, Need()) == ()


def test_two_reports_two_weeks_apart_are_two_days() -> None:
    assert weighed(report(0, row(100)), report(14, row(100))).days == 2


def test_a_report_that_is_there_twice_counts_once() -> None:
    assert weighed(report(0, row(7)), report(0, row(7))).messages == 7


def test_two_receivers_of_one_day_cover_one_day() -> None:
    other = report(0, row(3), ident="other")
    found = weighed(report(0, row(4)), other)
    assert (found.messages, found.days) == (7, 1)


def test_reports_about_other_domains_and_old_ones_do_not_count() -> None:
    found = weighed(report(0, row()), report(5, row(), domain="other.org"), since=START + 2 * DAY)
    assert (found.reports, found.messages) == (0, 0)


def test_mail_from_names_below_counts_only_where_the_policy_applies_to_it() -> None:
    reports = [report(0, row(5), row(90, aligned=False, sender="blog.example.com"))]
    assert weighed(*reports).messages == 95
    assert weighed(*reports, with_subdomains=False).messages == 5


def test_sources_that_would_break_come_with_the_loudest_first() -> None:
    found = weighed(
        report(0, row(1, aligned=False, source="192.0.2.9"), row(5, aligned=False, source="192.0.2.7")),
        report(1, row(3, aligned=False, source="192.0.2.9", sender="b.example.com"), row(50)),
    )
    assert [(s.address, s.messages) for s in found.failing] == [("192.0.2.7", 5), ("192.0.2.9", 4)]
    assert found.failing[1].header_from == ("b.example.com", "example.com")
    assert found.share == pytest.approx(50 / 59)


def test_each_shortfall_has_its_number_and_its_limit() -> None:
    found = weighed(report(0, row(50), row(1, aligned=False)))
    assert (
        shortfalls(found, Need())
        == (
            "51 messages reported, 100 needed",
            "1 day covered by reports, 14 needed",
            "98.03 % aligned, 98 % needed",
        )[:2]
    )
    assert shortfalls(found, Need(1, 1, 0.99)) == ("98.03 % aligned, 99 % needed",)


def test_no_reports_are_no_evidence() -> None:
    assert shortfalls(weighed(), Need()) == ("0 messages reported, 100 needed", "0 days covered by reports, 14 needed")


def test_a_share_is_never_rounded_up() -> None:
    found = weighed(report(0, row(99_999), row(1, aligned=False)))
    assert str(found).startswith("99999 of 100000 messages aligned (99.99 %)")


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5)), max_size=20))
def test_days_are_those_that_a_calendar_of_reports_would_show(spans: list[tuple[int, int]]) -> None:
    reports = [
        AggregateReport("a", str(n), "example.com", START + day * DAY, START + (day + length) * DAY, (row(),))
        for n, (day, length) in enumerate(spans)
    ]
    assert weighed(*reports).days == len({d for day, length in spans for d in range(day, day + length)})


UNREADABLE = UnreadableReport("r.xml", "it is empty")


@pytest.mark.parametrize(("unreadable", "missing"), [(1, ()), (2, ("2 of 16 reports cannot be read, 10 % may",))])
def test_of_many_unreadable_reports_the_evidence_is_partial(unreadable: int, missing: tuple[str, ...]) -> None:
    found = weighed(*(report(day, row()) for day in range(14)), *[UNREADABLE] * unreadable)
    assert shortfalls(found, Need()) == missing
    assert f"{unreadable} of {14 + unreadable} reports cannot be read" in str(found)
    assert shortfalls(found, Need(unreadable=0.5)) == ()


def test_without_any_report_none_is_unreadable() -> None:
    assert not any("read" in missing for missing in shortfalls(weighed(), Need()))


def test_a_report_of_the_future_does_not_count() -> None:
    found = weighed(report(0, row()), report(200, row()))
    assert (found.reports, found.messages) == (1, 10)
    assert "in the future" in found.unreadable[0].reason
