"""Days of mail as a table, with a bar for each day: plain characters, without colour."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.cli.frame.output import table
from provisioner.core.account.metrics import Day, Days, Metric

_WIDTH = 30
_BLOCK = "#"
_NOTHING = "-"


def chart(days: Days, metrics: Sequence[Metric]) -> str:
    """Return a line for each day: the metrics, and a bar as long as its share of the busiest day's mail."""
    most = max((day.count(Metric.SENDS) or 0 for day in days.listed), default=0)
    has_bars = most > 0 and Metric.SENDS in metrics
    head = ["DATE", *(metric.word.replace("_", " ").upper() for metric in metrics)]
    rows = [[day.date.isoformat(), *(cell(day, metric) for metric in metrics), *_bar(day, most)] for day in days.listed]
    width = len(head) + has_bars
    return table([*head, ""][:width], [row[:width] for row in rows])


def cell(day: Day, metric: Metric) -> str:
    """Return a value as people read it, a dash without data."""
    if metric not in day.values:
        return _NOTHING
    return percent(day.values[metric]) if metric.is_rate else str(day.count(metric))


def percent(rate: float) -> str:
    """Return a fraction of one as per cent: `0.12 %`."""
    return f"{rate * 100:.4g} %"


def _bar(day: Day, most: int) -> list[str]:
    sends = day.count(Metric.SENDS) or 0
    return [_BLOCK * max(1, round(sends / most * _WIDTH)) if sends else ""]
