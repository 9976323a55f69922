"""Days of mail: every day is there, and one without data says so."""

from datetime import date

from provisioner.core.account.metrics import Days, Metric, span

FIRST, LAST = span(date(2026, 3, 2), 3)


def test_days_end_today_and_go_over_the_end_of_a_month() -> None:
    listed = [day.date for day in Days.of({}, FIRST, LAST).listed]
    assert listed == [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)]


def test_a_day_without_data_is_not_a_day_without_mail() -> None:
    days = Days.of({Metric.SENDS: {LAST: 3.0}, Metric.BOUNCES: {LAST: 0.0}}, FIRST, LAST)
    assert [day.count(Metric.SENDS) for day in days.listed] == [None, None, 3]
    assert days.totals == {"sends": 3, "deliveries": None, "bounces": 0, "complaints": None, "rejects": None}
    assert not days.is_empty
    assert Days.of({Metric.SENDS: {}}, FIRST, LAST).is_empty


def test_the_latest_rate_is_that_of_the_last_day_that_has_one() -> None:
    rates = {Metric.BOUNCE_RATE: {FIRST: 0.04, date(2026, 3, 1): 0.02}}
    assert Days.of(rates, FIRST, LAST).latest(Metric.BOUNCE_RATE) == 0.02
    assert Days.of(rates, FIRST, LAST).latest(Metric.COMPLAINT_RATE) is None


def test_a_day_is_a_document_with_null_where_there_is_no_data() -> None:
    values = {Metric.SENDS: {LAST: 3.0}, Metric.BOUNCE_RATE: {LAST: 0.01}}
    assert Days.of(values, LAST, LAST).listed[0].to_document() == {
        "date": "2026-03-02",
        "sends": 3,
        "deliveries": None,
        "bounces": None,
        "complaints": None,
        "rejects": None,
        "bounce_rate": 0.01,
        "complaint_rate": None,
    }
