"""Files and directories of aggregate reports behind `ports.mail.Reports`."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from provisioner.adapters.dmarc_reports.packing import is_named_like_a_report, unpack
from provisioner.core.dmarc.evidence import AggregateReport, ReportedRow, UnreadableReport
from provisioner.errors import InputError, ProvisionerError

_RECORD = re.compile(r"<(?:[\w.-]+:)?record[\s>]")
_LARGEST_FILE = 50_000_000  # bytes; a report of a large receiver has some hundred kilobytes
_NEVER = 10**6  # hours: parsedmarc shall not cut reports of several days into guessed ones


class DmarcReportFiles:
    """See `ports.mail.Reports`."""

    def read(self, paths: Sequence[Path]) -> Iterator[AggregateReport | UnreadableReport]:
        """Read files, and directories with all that is in them and is named `.xml`, `.gz`, `.zip` or `.eml`."""
        parser = _parser()
        for path in [file for given in paths for file in _files(given)]:
            yield from _read(parser, path)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        hint = "give files or directories of aggregate reports: .xml, .gz, .zip, .eml"
        raise InputError("no_such_path", f"{path}: no such file or directory", hint)
    if path.is_dir():
        return sorted(
            file for file in path.rglob("*") if is_named_like_a_report(str(file.relative_to(path))) and file.is_file()
        )
    return [path]


def _read(parser: Any, path: Path) -> Iterator[AggregateReport | UnreadableReport]:
    """Read one file; a zip or a mail may hold several reports, as mail programs and archives pack them."""
    for found in unpack(str(path), partial(_content, path)):
        yield UnreadableReport(found.name, found.fault) if found.fault else _parse(parser, found.name, found.xml)


def _content(path: Path) -> bytes:
    if path.stat().st_size > _LARGEST_FILE:
        raise ValueError(f"it is larger than {_LARGEST_FILE // 1_000_000} MB")
    return path.read_bytes()


def _parse(parser: Any, name: str, xml: str) -> AggregateReport | UnreadableReport:
    try:
        found = parser.parse_aggregate_report_xml(
            xml, offline=True, always_use_local_files=True, normalize_timespan_threshold_hours=_NEVER
        )
        _refuse_partial(xml, len(found["records"]))
        return _report(found)
    except (parser.ParserError, KeyError, TypeError, ValueError, AttributeError) as error:
        return UnreadableReport(name, str(error))


def _refuse_partial(xml: str, read: int) -> None:
    """Take a report whole or not at all: parsedmarc leaves out records that it cannot read, and says so to nobody."""
    there = len(_RECORD.findall(xml))
    if not read or read < there:
        raise ValueError(f"{there - read} of its {there} records cannot be read")


def _report(found: Mapping[str, Any]) -> AggregateReport:
    records = found["records"]
    begin, end = _utc(records[0]["interval_begin"]), _utc(records[0]["interval_end"])
    if end < begin:
        raise ValueError("it ends before it begins")
    return AggregateReport(
        sender=found["report_metadata"]["org_name"],
        id=found["report_metadata"]["report_id"],
        policy_domain=found["policy_published"]["domain"].rstrip(".").lower(),
        begin=begin,
        end=end,
        rows=tuple(_row(record) for record in records),
    )


def _row(record: Mapping[str, Any]) -> ReportedRow:
    source = record["source"]
    reasons = record["policy_evaluated"]["policy_override_reasons"]
    if record["count"] < 0:
        raise ValueError(f"a count of {record['count']} messages is none")
    return ReportedRow(
        source=source["ip_address"],
        owner=source.get("name") or source.get("as_name"),
        header_from=record["identifiers"]["header_from"].rstrip("."),
        count=record["count"],
        is_aligned=record["alignment"]["dmarc"],
        reasons=tuple(reason["type"] for reason in reasons if reason.get("type")),
    )


def _utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def _parser() -> Any:
    try:
        return importlib.import_module("parsedmarc")
    except ModuleNotFoundError as error:
        raise ProvisionerError(
            "no_report_reader",
            f"reading DMARC reports needs parsedmarc: {error.name} is missing",
            "install it with `pip install 'ses-provisioner[reports]'`, or advance without evidence with --force",
        ) from error
