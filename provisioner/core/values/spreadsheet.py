"""Tables for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet evaluate a cell (OWASP, CSV injection)
_NUMBER = frozenset("0123456789.-")


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a header and the rows (RFC 4180); a cell that a spreadsheet would evaluate begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def safe_cell(text: str) -> str:
    """Return the text of a cell, which is never a formula; a negative number is none."""
    return f"'{text}" if text.startswith(_FORMULA) and not set(text) <= _NUMBER else text
