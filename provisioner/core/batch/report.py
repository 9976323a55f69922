"""What became of each domain of a batch, and the report of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from provisioner.core.batch.shards import Part, Shard
from provisioner.core.mail_domain.report import DomainReport
from provisioner.core.values.documents import WrongShapeError, mapping, optional, required

VERSION = 1


class Status(StrEnum):
    """How a domain ended."""

    PROVISIONED = "provisioned"
    UNCHANGED = "unchanged"
    PLANNED = "planned"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    NOT_STARTED = "not_started"


FINISHED = frozenset({Status.PROVISIONED, Status.UNCHANGED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One domain: how it ended, when it began (ISO 8601, UTC), how long it took, and what its owner must know.

    Nothing in it is secret: `user_name` is the access key id. `digest` is that of what was asked. `paused` is what
    may not send, each with the command that ends it. `plan` is what a dry run would do to which resource, as
    `plan --json` has it.
    """

    domain: str
    status: Status
    digest: str = ""
    started: str | None = None
    seconds: float = 0.0
    worker: int = 0
    region: str | None = None
    changes: Mapping[str, int] = field(default_factory=dict)
    zone_mode: str | None = None
    zone_id: str | None = None
    name_servers: tuple[str, ...] = ()
    delegated: bool | None = None
    verified: bool | None = None
    configuration_set: str | None = None
    user_name: str | None = None
    stored_in: str | None = None
    next_steps: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()
    error: Mapping[str, str] | None = None
    plan: tuple[Mapping[str, object], ...] = ()

    @property
    def finished(self) -> bool:
        """Whether the domain is in its desired state."""
        return self.status in FINISHED

    def to_document(self) -> dict[str, Any]:
        """Return one entry of the report's `domains`."""
        document = asdict(self)
        return document | {
            "status": str(self.status),
            "name_servers": list(self.name_servers),
            "next_steps": list(self.next_steps),
            "paused": list(self.paused),
            "plan": list(self.plan),
        }

    @classmethod
    def from_document(cls, document: object) -> Outcome:
        """Read `to_document` back; raises `WrongShapeError`."""
        members = mapping(document)
        status = required(members, "status", str)
        if status not in set(Status):
            raise WrongShapeError(f"status {status} is unknown")
        known = {name: members[name] for name in cls.__dataclass_fields__ if name in members}
        known |= {
            "domain": required(members, "domain", str),
            "status": Status(status),
            "name_servers": tuple(optional(members, "name_servers", list) or ()),
            "next_steps": tuple(optional(members, "next_steps", list) or ()),
            "paused": tuple(optional(members, "paused", list) or ()),
            "plan": tuple(optional(members, "plan", list) or ()),
            "error": _error(optional(members, "error", dict)),
        }
        return cls(**known)  # type: ignore[arg-type]  # the names are the fields'; the values are what we wrote


def _error(document: dict[str, str] | None) -> Mapping[str, str] | None:
    """Return an error without the password that the output of the command, unlike a report, may have in it."""
    return None if document is None else {name: said for name, said in document.items() if name != "credential"}


def outcome_of(report: DomainReport, status: Status) -> Outcome:
    """Return what became of a domain that came to its end; the password stays behind."""
    held = report.smtp.credential
    return Outcome(
        domain=report.domain.ascii,
        status=status,
        region=report.spec.region.name,
        changes=dict(report.changes),
        zone_mode=report.zone.mode,
        zone_id=report.zone.id,
        name_servers=report.zone.name_servers,
        delegated=report.zone.delegated,
        verified=report.identity is not None and report.identity.verified,
        configuration_set=report.spec.configuration_set,
        user_name=held.user_name if held else None,
        stored_in=report.smtp.stored_in,
        next_steps=report.next_steps,
        paused=report.paused,
    )


@dataclass(frozen=True, slots=True)
class BatchReport:
    """A whole batch or one shard of it; `outcomes` in the order of the manifest.

    `seconds` is wall time of the last attempt.
    """

    run: str
    part: Part
    started: str
    ended: str
    seconds: float
    parallelism: int
    outcomes: tuple[Outcome, ...]

    @property
    def shard(self) -> Shard | None:
        """The shard that it is of, None for a whole batch."""
        return self.part.shard

    @property
    def counts(self) -> Mapping[str, int]:
        """How many domains ended in each way."""
        counter = Counter(outcome.status for outcome in self.outcomes)
        return {str(status): counter[status] for status in Status if counter[status] or status is not Status.PLANNED}

    @property
    def complete(self) -> bool:
        """Whether every domain was tried to its end, well or badly."""
        return all(outcome.finished or outcome.status is Status.FAILED for outcome in self.outcomes)

    @property
    def failed(self) -> Sequence[Outcome]:
        """The domains that are not in their desired state."""
        return [outcome for outcome in self.outcomes if outcome.status is Status.FAILED]

    def to_document(self) -> dict[str, Any]:
        """Return the report as JSON; `provisioner schema report` prints its schema."""
        return {
            "version": VERSION,
            "run": self.run,
            **self.part.to_document(),
            "started": self.started,
            "ended": self.ended,
            "seconds": self.seconds,
            "parallelism": self.parallelism,
            "complete": self.complete,
            "counts": dict(self.counts),
            "domains": [outcome.to_document() for outcome in self.outcomes],
        }

    @classmethod
    def from_document(cls, document: object) -> BatchReport:
        """Read `to_document` back; raises `WrongShapeError`."""
        members = mapping(document)
        if required(members, "version", int) != VERSION:
            raise WrongShapeError(f"version is not {VERSION}")
        return cls(
            run=required(members, "run", str),
            part=Part.from_document(members),
            started=required(members, "started", str),
            ended=required(members, "ended", str),
            seconds=_number(members, "seconds"),
            parallelism=required(members, "parallelism", int),
            outcomes=tuple(Outcome.from_document(item) for item in required(members, "domains", list)),
        )


def _number(document: Mapping[str, object], key: str) -> float:
    value = document.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise WrongShapeError(f"{key} is not a number")
    return float(value)
