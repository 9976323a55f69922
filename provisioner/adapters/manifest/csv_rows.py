"""CSV manifests: the fields as columns, one domain a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from provisioner.adapters.manifest.fields import nearest, plain
from provisioner.adapters.manifest.nodes import FaultError, Node
from provisioner.core.batch.manifest import OPTIONS, SENDERS, TAGS, Fault
from provisioner.core.values.wording import quoted

COLUMNS = ("domain", *OPTIONS)

_NULL = ("null", "~")  # what was given before is taken back; an empty cell is not given
_MAPPINGS = {TAGS: "tag", SENDERS: "sender"}  # the columns whose cells are mappings, and what one of their keys names


def read_csv(text: str) -> tuple[Node, list[Fault]]:
    """Return the table as if it were the `domains:` of a YAML manifest, and what is wrong with the table itself.

    Separated by commas or semicolons, as the header is, whose names are taken in any case. An empty cell is a field
    that is not given; `tags` and `senders` are written `Key=Value; Other=Value`. Raises `FaultError` for no table.
    """
    rows = _rows(text)
    head_line, head = next(rows, (1, []))
    columns = [plain(name) for name in head]
    faults = list(_head_faults(head_line, head, columns))
    entries = []
    for line, cells in rows:
        if len(cells) != len(columns):
            message = f"it has {len(cells)} cells where the header has {len(columns)}"
            faults.append(Fault(line, "", message, "quote a cell that holds the separator"))
        entries.append(_entry(line, columns, cells))
        faults += _keys_twice(entries[-1])
    return Node(1, items=[("domains", head_line, Node(head_line, elements=entries))]), faults


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of every row that is not blank."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in head and "," not in head else ",", strict=True
    )
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise FaultError(Fault(line, "", f"it is not CSV: {error}")) from None


def _head_faults(line: int, head: Sequence[str], columns: Sequence[str]) -> Iterator[Fault]:
    if "domain" not in columns:
        yield Fault(line, "domain", "the column is missing", f"the first line names the columns: {','.join(COLUMNS)}")
    for name in sorted({name for name in columns if columns.count(name) > 1}):
        yield Fault(line, name, "the column is given twice", "remove one of them")
    for given, name in zip(head, columns, strict=True):
        if name not in COLUMNS:
            yield Fault(line, given.strip(), "the column is unknown", nearest(given, COLUMNS))


def _entry(line: int, columns: Sequence[str], cells: Sequence[str]) -> Node:
    """Return the cells of known columns; rows of another length, and other columns, are faults already."""
    known = ((name, cell.strip()) for name, cell in zip(columns, cells, strict=False) if name in COLUMNS)
    pairs = [(name, text) for name, text in known if text]
    return Node(line, items=[(name, line, _cell(line, name, text)) for name, text in pairs])


def _cell(line: int, column: str, text: str) -> Node:
    if column not in _MAPPINGS or text in _NULL or not text.strip("; "):
        return Node(line, text, plain=True)
    parts = [part.partition("=") for part in text.split(";") if part.strip()]
    return Node(line, items=[(key.strip(), line, Node(line, value.strip(), plain=not eq)) for key, eq, value in parts])


def _keys_twice(entry: Node) -> Iterator[Fault]:
    for column, _, cell in entry.items or ():
        keys = [key for key, _, _ in cell.items or ()]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield Fault(
                entry.line, column, f"the {_MAPPINGS[column]} {quoted(key)} is given twice", "remove one of them"
            )
