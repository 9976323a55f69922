"""The report of a batch as a table for spreadsheets."""

from __future__ import annotations

from provisioner.core.batch.report import BatchReport, Outcome
from provisioner.core.values import spreadsheet

COLUMNS = (
    "domain", "status", "region", "seconds", "zone_mode", "zone_id", "name_servers", "delegated", "verified",
    "configuration_set", "user_name", "error_code", "error_message", "next_steps",
)  # fmt: skip  # a table, not a column


def as_csv(report: BatchReport) -> str:
    """Return one line per domain (RFC 4180, with a header); lists are joined by spaces."""
    rows = [_row(outcome) for outcome in report.outcomes]
    return spreadsheet.as_csv(COLUMNS, [[row[column] for column in COLUMNS] for row in rows])


def _row(outcome: Outcome) -> dict[str, str]:
    document = outcome.to_document()
    error = outcome.error or {}
    special = {
        "seconds": f"{outcome.seconds:.1f}",
        "name_servers": " ".join(outcome.name_servers),
        "next_steps": " | ".join(outcome.next_steps),
        "error_code": error.get("code", ""),
        "error_message": error.get("message", ""),
    }
    plain = {name: "" if document.get(name) is None else str(document[name]) for name in COLUMNS}
    return plain | special
