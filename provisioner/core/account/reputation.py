"""Bounce and complaint rates against AWS's thresholds, where there was enough mail for them to mean anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from provisioner.core.account.metrics import Days, Metric

_FEWEST = 100  # messages, of fewer than which a rate says nothing
_FEWEST_EVENTS = 5  # bounces or complaints: with fewer, one more or less would turn the verdict


class Verdict(StrEnum):
    """How a rate stands: `review` and `pause` are what AWS may do at it, `unclear` is too little mail to say."""

    FINE = "fine"
    REVIEW = "review"
    PAUSE = "pause"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Threshold:
    """The rates at which AWS reviews an account, and at which it may stop it.

    Source: SES developer guide, "Sending review process FAQs".
    """

    review: float
    pause: float


THRESHOLDS: Mapping[Metric, Threshold] = {
    Metric.BOUNCE_RATE: Threshold(0.05, 0.10),
    Metric.COMPLAINT_RATE: Threshold(0.001, 0.005),
}


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate as SES told it last, and what was sent in the days that were looked at; None where there is no data."""

    metric: Metric
    value: float | None
    sends: int | None

    @property
    def threshold(self) -> Threshold:
        """What AWS does at which rate."""
        return THRESHOLDS[self.metric]

    @property
    def verdict(self) -> Verdict | None:
        """How it stands; None without data.

        SES computes over a volume of its own that it does not tell, so that few messages decide nothing here.
        """
        if self.value is None:
            return None
        if self.value < self.threshold.review:
            return Verdict.FINE
        sends = self.sends or 0
        if sends < _FEWEST or sends * self.value < _FEWEST_EVENTS:
            return Verdict.UNCLEAR
        return Verdict.PAUSE if self.value >= self.threshold.pause else Verdict.REVIEW

    def to_document(self) -> dict[str, object]:
        """Return the rate as JSON has it."""
        return {
            "rate": self.value,
            "review_at": self.threshold.review,
            "pause_at": self.threshold.pause,
            "verdict": self.verdict,
        }


def rates_of(days: Days) -> tuple[Rate, Rate]:
    """Return the rates of bounces and complaints as they were told last."""
    sends = days.total(Metric.SENDS)
    bounces, complaints = (Rate(metric, days.latest(metric), sends) for metric in THRESHOLDS)
    return bounces, complaints
