"""How results are laid out as text: tables, pairs, indentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from provisioner.cli.frame.output import table
from provisioner.core.findings import Finding
from provisioner.core.mail_domain.records import Record


def records(listed: Sequence[Record]) -> str:
    """Return the records as a table."""
    return table(("NAME", "TYPE", "TTL", "VALUE"), [(r.name, r.type, str(r.ttl), v) for r in listed for v in r.values])


def details(document: Mapping[str, Any]) -> str:
    """Return each member of a document as a line, lists and mappings joined."""
    return pairs((key.replace("_", " "), _flat(value)) for key, value in document.items())


def _flat(value: object) -> str:
    if isinstance(value, Mapping):
        return _flat([f"{key}={inner}" for key, inner in value.items()])
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value) or "-"
    return "-" if value is None else str(value)


def pairs(lines: Iterable[tuple[str, str]]) -> str:
    """Return `key: value` lines with the values aligned."""
    rows = list(lines)
    width = max((len(key) for key, _ in rows), default=0) + 1
    return "\n".join(f"{key + ':':<{width}} {value}" for key, value in rows)


def indent(text: str) -> str:
    """Return the text with each line two columns further in."""
    return "\n".join(f"  {line}" for line in text.splitlines())


def findings_text(findings: Iterable[Finding]) -> str:
    """Return findings for people, what to do below each."""
    return "\n".join(line for finding in findings for line in _finding(finding))


def _finding(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity:<8} {finding.subject}: {finding.message}"
    if finding.remedy:
        yield f"{'':<8}   do: {finding.remedy}"
    if finding.reference:
        yield f"{'':<8}   see: {finding.reference}"
