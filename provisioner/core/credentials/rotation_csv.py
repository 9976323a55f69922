"""The report of many rotations as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS = (
    "domain", "sender", "stage", "changed", "old_user_name", "old_last_used", "new_user_name", "confirmed_at",
    "switched_off_at", "error_code", "error_message",
)  # fmt: skip  # a table, not a column

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet evaluate a cell (OWASP, CSV injection)


def as_csv(listed: Sequence[Mapping[str, Any]]) -> str:
    """Return one line for each entry of `credentials rotate --due --json` (RFC 4180, with a header); no password."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _row(entry)] for entry in listed)
    return text.getvalue()


def _row(entry: Mapping[str, Any]) -> list[str]:
    error = entry["error"] or {}
    members = {**entry, "error_code": error.get("code"), "error_message": error.get("message")}
    return ["" if members.get(name) is None else str(members[name]) for name in COLUMNS]


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
