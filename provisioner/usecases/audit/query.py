"""Ask the archive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from provisioner.ports.audit import Answer, Archive, Copies, Engine, UnreadableFile
from provisioner.ports.progress import Progress
from provisioner.usecases.audit.gather import Damage, Gathered, Span, gather, without


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: SQL with its parameters, of which days, and of which domain (None: all)."""

    sql: str
    values: Mapping[str, Any]
    span: Span
    domain: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer, and what of the archive it does not know."""

    answer: Answer
    objects: int
    damaged: Sequence[Damage]

    def to_document(self) -> dict[str, Any]:
        """Return the document of `audit query --json`."""
        columns = list(self.answer.columns)
        return {
            "columns": columns,
            "rows": [dict(zip(columns, map(plain, row), strict=True)) for row in self.answer.rows],
            "objects": self.objects,
            "damaged": [damage.to_document() for damage in self.damaged],
        }


def query(archive: Archive, copies: Copies | None, engine: Engine, asked: Asked, progress: Progress) -> Answered:
    """Answer from what can be read of the archive; each entry counts once, in however many objects it is."""
    gathered = gather(archive, copies, asked.span, progress)
    progress.step(f"asking {len(gathered.names)} objects")
    answer = _answer(engine, gathered, asked)
    for damage in gathered.damaged:
        progress.warn(f"{damage.object} is left out: {damage.reason}")
    return Answered(answer, len(gathered.names), gathered.damaged)


def _answer(engine: Engine, gathered: Gathered, asked: Asked) -> Answer:
    while True:
        try:
            return engine.ask(gathered.files, asked.sql, asked.values, asked.domain)
        except UnreadableFile as fault:
            without(gathered, fault.path, fault.reason)


def plain(value: Any) -> Any:
    """Return a value as JSON has it: moments in UTC with a Z."""
    if isinstance(value, datetime):
        return f"{value.isoformat(timespec='milliseconds')}Z" if value.tzinfo is None else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return float(value) if hasattr(value, "__float__") else str(value)
