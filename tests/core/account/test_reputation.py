"""Rates mean something where there was enough mail, and are measured against AWS's thresholds."""

import pytest

from provisioner.core.account.metrics import Metric
from provisioner.core.account.reputation import Rate


@pytest.mark.parametrize(
    ("metric", "value", "sends", "verdict"),
    [
        (Metric.BOUNCE_RATE, 0.049, 12_000, "fine"),
        (Metric.BOUNCE_RATE, 0.05, 12_000, "review"),
        (Metric.BOUNCE_RATE, 0.11, 12_000, "pause"),
        (Metric.COMPLAINT_RATE, 0.0009, 12_000, "fine"),
        (Metric.COMPLAINT_RATE, 0.002, 12_000, "review"),
        (Metric.COMPLAINT_RATE, 0.006, 12_000, "pause"),
        (Metric.BOUNCE_RATE, 0.1, 10, "unclear"),
        (Metric.BOUNCE_RATE, 1.0, 8, "unclear"),
        (Metric.COMPLAINT_RATE, 0.002, 500, "unclear"),
        (Metric.BOUNCE_RATE, 0.2, None, "unclear"),
        (Metric.BOUNCE_RATE, 0.0, None, "fine"),
        (Metric.BOUNCE_RATE, None, 12_000, None),
    ],
)
def test_a_rate_is_judged_where_there_was_enough_mail(
    metric: Metric, value: float | None, sends: int | None, verdict: str | None
) -> None:
    assert Rate(metric, value, sends).verdict == verdict
