"""DMARC aggregate reports from files: parsedmarc reads what receivers really send; the extra `reports` brings it."""

from __future__ import annotations

import importlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provisioner.core.dmarc.evidence import AggregateReport, ReportedRow, UnreadableReport
from provisioner.errors import InputError, ProvisionerError

_SUFFIXES = frozenset({".xml", ".gz", ".zip"})
_ZIP = b"PK\x03\x04"
_RECORD = re.compile(r"<(?:[\w.-]+:)?record[\s>]")
_LARGEST_FILE = 50_000_000  # bytes; a report of a large receiver has some hundred kilobytes
_LARGEST_REPORT = 100_000_000  # bytes, unpacked
_NEVER = 10**6  # hours: parsedmarc shall not cut reports of several days into guessed ones


class DmarcReportFiles:
    """See `ports.mail.Reports`."""

    def read(self, paths: Sequence[Path]) -> Iterator[AggregateReport | UnreadableReport]:
        """Read files, and directories with all that is in them and is named `.xml`, `.gz` or `.zip`."""
        parser = _parser()
        for path in [file for given in paths for file in _files(given)]:
            yield from _read(parser, path)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        hint = "give files or directories of aggregate reports: .xml, .gz, .zip"
        raise InputError("no_such_path", f"{path}: no such file or directory", hint)
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.suffix.lower() in _SUFFIXES and file.is_file())
    return [path]


def _read(parser: Any, path: Path) -> Iterator[AggregateReport | UnreadableReport]:
    """Read one file; a zip may hold several reports, as mail programs and archives pack them."""
    try:
        for name, content in _unpack(path):
            yield _parse(parser, name, content)
    except (OSError, ValueError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        yield UnreadableReport(str(path), str(error))


def _unpack(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.stat().st_size > _LARGEST_FILE:
        raise ValueError(f"it is larger than {_LARGEST_FILE // 1_000_000} MB")
    content = path.read_bytes()
    if not content.startswith(_ZIP):
        yield str(path), content
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            if Path(member.filename).suffix.lower() in _SUFFIXES and not member.filename.startswith("__MACOSX"):
                yield f"{path}:{member.filename}", _member(archive, member)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as stream:
        content = stream.read(_LARGEST_REPORT + 1)
    if len(content) > _LARGEST_REPORT:
        raise ValueError(f"{member.filename} is larger than {_LARGEST_REPORT // 1_000_000} MB unpacked")
    return content


def _parse(parser: Any, name: str, content: bytes) -> AggregateReport | UnreadableReport:
    try:
        xml = parser.extract_report(content)
        found = parser.parse_aggregate_report_xml(
            xml, offline=True, always_use_local_files=True, normalize_timespan_threshold_hours=_NEVER
        )
        _refuse_partial(xml, len(found["records"]))
        return _report(found)
    except (parser.ParserError, KeyError, TypeError, ValueError) as error:
        return UnreadableReport(name, str(error))


def _refuse_partial(xml: str, read: int) -> None:
    """Take a report whole or not at all: parsedmarc leaves out records that it cannot read, and says so to nobody."""
    there = len(_RECORD.findall(xml))
    if not read or read < there:
        raise ValueError(f"{there - read} of its {there} records cannot be read")


def _report(found: Mapping[str, Any]) -> AggregateReport:
    records = found["records"]
    return AggregateReport(
        sender=found["report_metadata"]["org_name"],
        id=found["report_metadata"]["report_id"],
        policy_domain=found["policy_published"]["domain"].rstrip(".").lower(),
        begin=_utc(records[0]["interval_begin"]),
        end=_utc(records[0]["interval_end"]),
        rows=tuple(_row(record) for record in records),
    )


def _row(record: Mapping[str, Any]) -> ReportedRow:
    source = record["source"]
    reasons = record["policy_evaluated"]["policy_override_reasons"]
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
