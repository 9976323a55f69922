"""The journal of a batch: one JSON object a line, written before and after each domain, and read back after a crash."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.core.batch.manifest import Entry
from provisioner.core.batch.report import Outcome, Status
from provisioner.core.batch.shards import Part
from provisioner.core.values.documents import mapping, required
from provisioner.errors import ProvisionerError

VERSION = 1

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Begun:
    """What an attempt at a run began with; `at` is ISO 8601, UTC."""

    run: str
    part: Part
    at: str
    parallelism: int

    def event(self) -> Event:
        """Return the first event of an attempt."""
        return {
            "event": "begun",
            "version": VERSION,
            "run": self.run,
            **self.part.to_document(),
            "at": self.at,
            "parallelism": self.parallelism,
        }


@dataclass(slots=True)
class RunState:
    """A run as its journal tells it; `unreadable` counts lines that a crash left torn."""

    begun: Begun | None = None
    running: set[str] = field(default_factory=set)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    unreadable: int = 0

    def to_do(self, entries: Iterable[Entry], *, only_failed: bool = False) -> list[Entry]:
        """Return the entries that are not finished, or of which something else is asked now.

        With `only_failed` those alone that were tried and failed.
        """
        return [entry for entry in entries if not self._is_finished(entry) and (not only_failed or self._failed(entry))]

    def _is_finished(self, entry: Entry) -> bool:
        outcome = self.outcomes.get(entry.domain.ascii)
        return outcome is not None and outcome.finished and outcome.digest == entry.digest

    def _failed(self, entry: Entry) -> bool:
        outcome = self.outcomes.get(entry.domain.ascii)
        return outcome is not None and outcome.status is Status.FAILED


def started(entry: Entry, at: str) -> Event:
    """Return the event that a domain is being worked on."""
    return {"event": "started", "domain": entry.domain.ascii, "digest": entry.digest, "at": at}


def ended(outcome: Outcome) -> Event:
    """Return the event that a domain is done, well or badly."""
    return {"event": "ended", "outcome": outcome.to_document()}


def closed(at: str, why: str) -> Event:
    """Return the last event of an attempt; `why` is `finished`, `interrupted` or `stopped`."""
    return {"event": "closed", "at": at, "why": why}


def encode(event: Event) -> str:
    """Return the event as one line, line break included."""
    return json.dumps(event, separators=(",", ":")) + "\n"


def read(lines: Iterable[str]) -> RunState:
    """Fold a journal into what it tells; torn lines are counted and left out, since doing a domain again is harmless.

    Raises `ProvisionerError("newer_journal")` for a journal of a newer version.
    """
    state = RunState()
    for line in lines:
        try:
            _apply(state, mapping(json.loads(line)))
        except (ValueError, RecursionError):  # WrongShapeError is a ValueError
            state.unreadable += 1
    return state


def _apply(state: RunState, event: Event) -> None:
    match event.get("event"):
        case "begun":
            _refuse_newer(event)
            state.begun = _begun(event)
            state.running.clear()
        case "started":
            state.running.add(required(event, "domain", str))
        case "ended":
            outcome = Outcome.from_document(event.get("outcome"))
            state.outcomes[outcome.domain] = outcome
            state.running.discard(outcome.domain)


def _refuse_newer(event: Event) -> None:
    if required(event, "version", int) > VERSION:
        message = f"run {event.get('run')}: its journal was written by a newer provisioner"
        raise ProvisionerError("newer_journal", message, "Use the newer provisioner for this run.")


def _begun(event: Event) -> Begun:
    return Begun(
        run=required(event, "run", str),
        part=Part.from_document(event),
        at=required(event, "at", str),
        parallelism=required(event, "parallelism", int),
    )
