import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from provisioner.adapters.assets import find_assets
from provisioner.adapters.disk.batch_reports import BatchReports, chart
from provisioner.core.batch.report import BatchReport, Outcome, Status
from provisioner.core.batch.shards import Part
from provisioner.errors import InputError

START = datetime(2026, 1, 1, tzinfo=UTC)
EVIL = '</td><script>alert("x")</script>'


def outcome(number: int, **given: object) -> Outcome:
    at = (START + timedelta(seconds=10 * number)).isoformat()
    base = {
        "domain": f"d{number}.com",
        "status": Status.PROVISIONED,
        "started": at,
        "seconds": 20.0,
        "worker": number % 2,
    }
    return Outcome(**{**base, **given})  # type: ignore[arg-type]  # the names are Outcome's fields


def report(*outcomes: Outcome) -> BatchReport:
    at = START.isoformat()
    return BatchReport("r1", Part("0" * 64, len(outcomes), None), at, at, 60.0, 2, outcomes)


@pytest.fixture
def files() -> BatchReports:
    return BatchReports(find_assets().templates)


class Page(HTMLParser):
    """Counts tags and collects what the page would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "action", "data")]


def test_the_page_has_a_row_and_a_bar_per_domain_and_loads_nothing(files: BatchReports) -> None:
    page = Page(files.as_html(report(*(outcome(number) for number in range(1000)))))
    assert page.tags.count("tr") == 1001
    assert page.tags.count("rect") == 1000
    assert page.loads == []
    assert page.tags.count("script") == 1
    assert "link" not in page.tags


def test_name_servers_are_on_the_page_to_be_copied(files: BatchReports) -> None:
    assert "ns-1.example\nns-2.example" in files.as_html(
        report(outcome(0, name_servers=("ns-1.example", "ns-2.example")))
    )


def test_no_text_of_others_becomes_markup(files: BatchReports) -> None:
    error = {"code": "x", "message": EVIL, "hint": EVIL}
    evil = outcome(0, status=Status.FAILED, domain=EVIL, error=error, next_steps=(EVIL,), name_servers=(EVIL,))
    page = files.as_html(report(evil))
    assert Page(page).tags.count("script") == 1
    assert EVIL not in page


def test_a_page_of_nothing_is_a_page(files: BatchReports) -> None:
    page = Page(files.as_html(report()))
    assert page.tags.count("tr") == 1
    assert "svg" not in page.tags


@pytest.mark.skipif(not shutil.which("node"), reason="no node to read the script with")
def test_the_script_of_the_page_is_javascript(files: BatchReports, tmp_path: Path) -> None:
    script = re.search(r"<script>(.*)</script>", files.as_html(report(outcome(0))), re.DOTALL)
    assert script
    (tmp_path / "page.js").write_text(script[1])
    assert subprocess.run(["node", "--check", tmp_path / "page.js"], check=False, timeout=60).returncode == 0


def test_the_chart_has_a_lane_per_worker_and_ends_with_the_last_domain() -> None:
    drawn = chart([outcome(0), outcome(1), outcome(2, seconds=0.01), Outcome("x.com", Status.NOT_STARTED)])
    assert drawn.seconds == 30.0
    assert [bar.y // 14 for bar in drawn.bars] == [0, 1, 0]
    assert max(bar.x + bar.width for bar in drawn.bars) == pytest.approx(drawn.width, abs=0.2)
    assert min(bar.width for bar in drawn.bars) == 1.0


@pytest.mark.parametrize("name", ["r.json", "r.csv", "r.html", "R.HTML"])
def test_a_report_is_written_in_the_format_of_its_name(files: BatchReports, tmp_path: Path, name: str) -> None:
    files.check([tmp_path / name])
    files.write(tmp_path / name, report(outcome(0)))
    text = (tmp_path / name).read_text()
    expected = {"json": '"run": "r1"', "csv": "domain,status", "html": "<!doctype html>"}
    assert expected[name.lower().rpartition(".")[2]] in text


@pytest.mark.parametrize("name", ["r.pdf", "r", "none/r.html"])
def test_a_report_that_could_not_be_written_is_refused_before_the_batch(
    files: BatchReports, tmp_path: Path, name: str
) -> None:
    with pytest.raises(InputError) as caught:
        files.check([tmp_path / name])
    assert caught.value.code == "invalid_report"


def test_the_schema_can_be_read(files: BatchReports) -> None:
    assert json.loads(json.dumps(files.schema()))["title"] == "provisioner batch report"
