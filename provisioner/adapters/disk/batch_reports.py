"""Batch reports as files: JSON with a published schema, CSV, and one HTML page that opens offline."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from provisioner.adapters.disk.files import in_our_words
from provisioner.adapters.disk.pages import Pages
from provisioner.adapters.disk.report_names import check_names
from provisioner.core.batch.report import BatchReport, Outcome
from provisioner.core.batch.report_csv import as_csv

_WIDTH, _LANE, _BAR, _THINNEST = 1000, 14, 10, 1.0  # of the chart, in its own units


@dataclass(frozen=True, slots=True)
class Bar:
    """One domain in the timing chart."""

    domain: str
    status: str
    seconds: float
    x: float
    y: int
    width: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The timing chart: a lane per worker, `seconds` from left to right."""

    bars: Sequence[Bar]
    seconds: float
    width: int
    height: int
    bar_height: int = _BAR


class BatchReports:
    """Writes reports; `templates` is the directory that holds `report/`."""

    def __init__(self, templates: Path) -> None:
        self._templates = templates
        self._pages = Pages(templates)
        self._writers: Mapping[str, Callable[[BatchReport], str]] = {
            ".json": as_json, ".csv": as_csv, ".html": self.as_html
        }  # fmt: skip  # a table, not a column

    def check(self, paths: Sequence[Path]) -> None:
        """Raise `InputError` for a report that could not be written in the end: asked before a batch begins."""
        check_names(paths, self._writers)

    def write(self, path: Path, report: BatchReport) -> None:
        """Write the report in the format that the file's name ends in."""
        text = self._writers[path.suffix.lower()](report)
        with in_our_words(path):
            path.write_text(text, encoding="utf-8", newline="")

    def as_html(self, report: BatchReport) -> str:
        """Return the page."""
        return self._pages.render("report/batch.html.j2", report=report, chart=chart(report.outcomes))

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the report."""
        path = self._templates / "report" / "report.schema.json"
        with in_our_words(path):
            document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return document


def as_json(report: BatchReport) -> str:
    """Return the report as its documented JSON."""
    return json.dumps(report.to_document(), indent=2, ensure_ascii=True) + "\n"


def chart(outcomes: Sequence[Outcome]) -> Chart:
    """Return the timing chart of the domains that were worked on; attempts of other days are left where they were."""
    done = [(datetime.fromisoformat(one.started).timestamp(), one) for one in outcomes if one.started]
    if not done:
        return Chart((), 0, _WIDTH, 0)
    first = min(at for at, _ in done)
    span = max(max(at + one.seconds for at, one in done) - first, 1.0)
    scale = _WIDTH / span
    bars = [_bar(one, (at - first) * scale, scale) for at, one in done]
    lanes = max(one.worker for _, one in done) + 1
    return Chart(bars, span, _WIDTH, lanes * _LANE)


def _bar(outcome: Outcome, x: float, scale: float) -> Bar:
    width = max(_THINNEST, round(outcome.seconds * scale, 1))
    y = outcome.worker * _LANE + (_LANE - _BAR) // 2
    return Bar(outcome.domain, str(outcome.status), outcome.seconds, round(x, 1), y, width)
