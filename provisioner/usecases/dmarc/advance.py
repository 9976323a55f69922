"""One step towards a policy that protects: none, quarantine, reject; only on evidence from aggregate reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.change import Wanted, with_policy, without_test
from provisioner.core.dmarc.evidence import Evidence, Need, count_of, shortfalls, weigh
from provisioner.core.dmarc.mending import united
from provisioner.core.dmarc.record import DmarcRecord
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError, Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.dmarc.preview import Edit, Preview, preview, refuse_lost_addresses
from provisioner.usecases.dmarc.standing import Standing, no_own_record, standing

_STRICTER = {DmarcPolicy.NONE: DmarcPolicy.QUARANTINE, DmarcPolicy.QUARANTINE: DmarcPolicy.REJECT}
_SHOWN_SOURCES = 10
_WRONG_CLOCK = timedelta(days=1)  # what is ahead of ours by less may be the receiver's zone or clock
_LONGEST_AGE = timedelta(days=36_500)  # older than DMARC, and still a date


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the step is to rest on: report files and directories not older than `within`, and how much is enough."""

    paths: tuple[Path, ...] = ()
    need: Need = field(default_factory=Need)
    within: timedelta = timedelta(days=90)
    force: bool = False


@dataclass(frozen=True, slots=True)
class Advance:
    """The next step, and the evidence for it; None when it was not looked at (`--force` without reports)."""

    preview: Preview
    evidence: Evidence | None

    def to_document(self, *, applied: bool) -> dict[str, Any]:
        """Return the document of `dmarc advance --json`."""
        evidence = self.evidence.to_document() if self.evidence else None
        return self.preview.to_document(applied=applied) | {"evidence": evidence}


def preview_advance(edges: Edges, domain: DomainName, grounds: Grounds) -> Advance:
    """Say what the next step is; raises `Refused` with the numbers when the reports do not carry it."""
    there = standing(edges, domain)
    _refuse_unsound(there)
    record = there.records[0]
    change = preview(there, _next_step(record))
    if not change.changed:
        return Advance(change, None)
    evidence = _evidence(edges, domain, record, grounds)
    if evidence and evidence.unreadable:
        change = replace(change, notes=(*change.notes, f"partial evidence: {evidence.partial}"))
    return Advance(change, evidence)


def _refuse_unsound(there: Standing) -> None:
    """Refuse to go on from a record that receivers do not follow, or that a change would take an address from."""
    if not there.meant:
        raise no_own_record(there.domain)
    if len(there.records) != 1:
        what = f"{len(there.records)} DMARC records stand at one name, so receivers use none"
        if not there.records:
            what = f"receivers do not take this for a DMARC record: {' | '.join(there.texts)}"
        hint = f"put it right first: `provisioner dmarc tidy {there.domain}`"
        raise Refused(
            "several_dmarc_records" if there.records else "broken_dmarc_record", f"{there.domain}: {what}", hint
        )
    refuse_lost_addresses(there)


def _next_step(record: DmarcRecord) -> Edit:
    policy = record.policy or DmarcPolicy.NONE
    if record.is_test and policy is not DmarcPolicy.NONE:
        return lambda records: without_test(united(records))
    return lambda records: with_policy(united(records), Wanted(_STRICTER.get(policy, policy)))


def _evidence(edges: Edges, domain: DomainName, record: DmarcRecord, grounds: Grounds) -> Evidence | None:
    if not grounds.paths and grounds.force:
        return None
    if not grounds.paths:
        hint = "give the aggregate reports of the last weeks with --reports PATH, or --force"
        raise InputError("no_reports", f"{domain}: a stricter policy needs evidence", hint)
    now = edges.clock.now()
    since, until = now - min(grounds.within, _LONGEST_AGE), now + _WRONG_CLOCK
    found = edges.reports.read(grounds.paths)
    evidence = weigh(found, domain, with_subdomains=record.get("sp") is None, since=since, until=until)
    _tell(edges, domain, evidence)
    missing = shortfalls(evidence, grounds.need)
    if missing and not grounds.force:
        raise _refusal(domain, evidence, missing)
    return evidence


def _tell(edges: Edges, domain: DomainName, evidence: Evidence) -> None:
    for report in evidence.unreadable:
        edges.progress.warn(f"{report.path}: not counted, it is no readable aggregate report: {report.reason}")
    edges.progress.note(f"{domain}: {evidence}")
    others = evidence.given - evidence.reports - len(evidence.unreadable)
    if others:
        edges.progress.note(f"not counted (other domains, too old, twice): {count_of(others, 'report')}")
    for source in evidence.failing[:_SHOWN_SOURCES]:
        edges.progress.note(f"would break: {source}")
    if len(evidence.failing) > _SHOWN_SOURCES:
        edges.progress.note(f"would break: {len(evidence.failing) - _SHOWN_SOURCES} sources more (all with --json)")


def _refusal(domain: DomainName, evidence: Evidence, missing: Sequence[str]) -> Refused:
    worst = f"; would break: {'; '.join(str(s) for s in evidence.failing[:3])}" if evidence.failing else ""
    unread = "mend or leave out the files that cannot be read, " if evidence.unreadable else ""
    return Refused(
        "not_enough_evidence",
        f"{domain}: {', '.join(missing)}; found: {evidence}{worst}",
        f"{unread}wait for more reports, repair or authorise these sources, change the limits, or --force",
    )
