"""What CloudWatch has counted of mail, day by day, in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LONGEST = 455  # days that CloudWatch keeps a metric ("Metrics retention" in its user guide)


class Metric(StrEnum):
    """What SES publishes under `AWS/SES`, by its name there; the two rates are fractions of one."""

    SENDS = "Send"
    DELIVERIES = "Delivery"
    BOUNCES = "Bounce"
    COMPLAINTS = "Complaint"
    REJECTS = "Reject"
    BOUNCE_RATE = "Reputation.BounceRate"
    COMPLAINT_RATE = "Reputation.ComplaintRate"

    @property
    def is_rate(self) -> bool:
        """Whether it is a rate, of which a day has the highest value; of the others it has the sum."""
        return self in RATES

    @property
    def word(self) -> str:
        """The member of JSON documents: `sends`, `bounce_rate`."""
        return self.name.lower()


RATES = (Metric.BOUNCE_RATE, Metric.COMPLAINT_RATE)
COUNTS = tuple(metric for metric in Metric if metric not in RATES)
Values = Mapping[Metric, Mapping[date, float]]  # a day without data is not in it


@dataclass(frozen=True, slots=True)
class Day:
    """One day; what CloudWatch has no data of is not in `values`."""

    date: date
    values: Mapping[Metric, float]

    def count(self, metric: Metric) -> int | None:
        """Return how many there were, None without data."""
        return round(self.values[metric]) if metric in self.values else None

    def to_document(self) -> dict[str, object]:
        """Return one entry of `days`; null is no data."""
        counts = {metric.word: self.count(metric) for metric in COUNTS}
        return {"date": self.date.isoformat(), **counts, **{rate.word: self.values.get(rate) for rate in RATES}}


@dataclass(frozen=True, slots=True)
class Days:
    """Days in a row, the oldest first."""

    listed: Sequence[Day]

    @classmethod
    def of(cls, values: Values, first: date, last: date) -> Days:
        """Return every day from the first to the last, with what CloudWatch has of it."""
        dates = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return cls([Day(one, {m: found[one] for m, found in values.items() if one in found}) for one in dates])

    def total(self, metric: Metric) -> int | None:
        """Return how many there were on all days, None when there is no data of any."""
        counts = [count for day in self.listed if (count := day.count(metric)) is not None]
        return sum(counts) if counts else None

    def latest(self, metric: Metric) -> float | None:
        """Return the value of the last day that has one."""
        return next((day.values[metric] for day in reversed(self.listed) if metric in day.values), None)

    @property
    def totals(self) -> dict[str, int | None]:
        """The `totals` of JSON documents."""
        return {metric.word: self.total(metric) for metric in COUNTS}

    def has(self, metrics: Iterable[Metric]) -> bool:
        """Say whether there is data of any of these."""
        wanted = set(metrics)
        return any(wanted & set(day.values) for day in self.listed)

    @property
    def is_empty(self) -> bool:
        """Whether there is no data at all."""
        return not self.has(Metric)


def span(today: date, days: int) -> tuple[date, date]:
    """Return the first and the last of so many days that end today."""
    return today - timedelta(days=days - 1), today
