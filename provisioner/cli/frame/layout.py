"""How results are laid out as text: tables, pairs, indentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from provisioner.cli.frame.output import table
from provisioner.core.findings import Finding
from provisioner.core.mail_domain.records import Record


def records(listed: Sequence[Record]) -> str:
    """Return the records as a table, with what to do for each where somebody else has to do it."""
    if not any(record.publishing for record in listed):
        rows = [(r.name, r.type, str(r.ttl), v) for r in listed for v in r.values]
        return table(("NAME", "TYPE", "TTL", "VALUE"), rows)
    return table(("ACTION", "NAME", "TYPE", "TTL", "VALUE"), [row for record in listed for row in _published(record)])


def _published(record: Record) -> Iterator[tuple[str, str, str, str, str]]:
    """Return the rows of a record of a zone elsewhere; before one that replaces something that what it replaces."""
    action = record.publishing.action if record.publishing else ""
    replaced = record.publishing.replaces if record.publishing else ()
    for value in replaced:
        yield str(action), record.name, record.type, "", value
    for value in record.values:
        yield "by" if replaced else str(action), record.name, record.type, str(record.ttl), value


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
    """Return findings for people, what to do below each; what follows from another is only named below that."""
    listed = list(findings)
    causes = {finding.id for finding in listed}
    roots = [finding for finding in listed if finding.caused_by not in causes]
    return "\n".join(line for finding in roots for line in (*_finding(finding), *_following(finding, roots, listed)))


def _following(cause: Finding, roots: Sequence[Finding], findings: Sequence[Finding]) -> Iterator[str]:
    """Name what follows from a cause, below the last of several of its id, and what follows from that."""
    if cause is next(one for one in reversed(roots) if one.id == cause.id):
        yield from _below(cause, findings)


def _below(cause: Finding, findings: Sequence[Finding]) -> Iterator[str]:
    for finding in (one for one in findings if one.caused_by == cause.id and one.id != cause.id):
        yield f"{'':<8}   so: {finding.subject}: {finding.message}"
        yield from _below(finding, findings)


def _finding(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity:<8} {finding.subject}: {finding.message}"
    if finding.remedy:
        yield f"{'':<8}   do: {finding.remedy}"
    if finding.reference:
        yield f"{'':<8}   see: {finding.reference}"
