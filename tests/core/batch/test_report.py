import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from provisioner.core.batch.report import BatchReport, Outcome, Status
from provisioner.core.batch.report_csv import COLUMNS, as_csv
from provisioner.core.batch.shards import Part, Shard
from provisioner.core.values.documents import WrongShapeError

SCHEMA = json.loads((Path(__file__).parents[3] / "templates/report/report.schema.json").read_text())

GOOD = Outcome(
    "a.com",
    Status.PROVISIONED,
    "0" * 64,
    "2026-01-01T00:00:00+00:00",
    41.5,
    2,
    "us-east-1",
    {"add": 13, "change": 0, "destroy": 0, "import": 0},
    "created",
    "Z1",
    ("ns-1.example", "ns-2.example"),
    False,
    True,
    "a-com",
    "AKIAEXAMPLE",
    "file:credentials/a.com/smtp.json",
    ("set the name servers",),
)
BAD = Outcome("b.com", Status.FAILED, error={"code": "x", "message": "=cmd() is wrong", "hint": "fix"})
OPEN = Outcome("c.com", Status.NOT_STARTED)


def report(*outcomes: Outcome, shard: Shard | None = None) -> BatchReport:
    return BatchReport(
        "r1", Part("ab" * 32, 3, shard), "2026-01-01T00:00:00+00:00", "2026-01-01T00:01:00+00:00", 60.0, 4, outcomes
    )


@pytest.mark.parametrize("shard", [None, Shard(0, 3)])
def test_a_report_keeps_to_its_published_schema_and_can_be_read_back(shard: Shard | None) -> None:
    whole = report(GOOD, BAD, OPEN, shard=shard)
    document = json.loads(json.dumps(whole.to_document()))
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(document)
    assert BatchReport.from_document(document) == whole


def test_the_schema_knows_every_member_and_every_status() -> None:
    domain = SCHEMA["$defs"]["domain"]["properties"]
    assert set(domain) == set(GOOD.to_document())
    assert set(domain["status"]["enum"]) == set(Status)
    assert set(SCHEMA["properties"]) == {*report(GOOD).to_document(), "preflight"}


def test_a_report_is_complete_when_every_domain_was_tried_to_its_end() -> None:
    assert report(GOOD, BAD).complete
    assert not report(GOOD, OPEN).complete
    assert not report(Outcome("d.com", Status.INTERRUPTED)).complete


def test_every_way_of_ending_is_counted_also_those_that_did_not_happen() -> None:
    counts = report(GOOD, BAD, OPEN).counts
    assert counts == {"provisioned": 1, "unchanged": 0, "failed": 1, "interrupted": 0, "not_started": 1}


@pytest.mark.parametrize(
    "damage", [{"version": 2}, {"seconds": "x"}, {"seconds": True}, {"domains": [{}]}, {"input": 1}]
)
def test_a_document_that_is_no_report_is_refused(damage: dict[str, object]) -> None:
    with pytest.raises(WrongShapeError):
        BatchReport.from_document({**report(GOOD).to_document(), **damage})


def test_an_outcome_of_an_unknown_status_is_refused() -> None:
    with pytest.raises(WrongShapeError, match="status lost is unknown"):
        Outcome.from_document({**GOOD.to_document(), "status": "lost"})


def test_the_csv_has_a_line_per_domain_and_no_cell_that_a_spreadsheet_would_run() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(report(GOOD, BAD, OPEN)))))
    assert [row["domain"] for row in rows] == ["a.com", "b.com", "c.com"]
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["name_servers"] == "ns-1.example ns-2.example"
    assert rows[1]["error_message"] == "'=cmd() is wrong"
    assert rows[2]["seconds"] == "0.0"
