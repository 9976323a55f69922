"""Look at a domain until it is healthy, telling what changes meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from provisioner.core.checks.catalogue import Check
from provisioner.core.checks.diagnosis import Diagnosis, changes
from provisioner.core.findings import Severity
from provisioner.core.values.domain import DomainName
from provisioner.errors import Interrupted
from provisioner.ports.doctor import DoctorEdges
from provisioner.usecases.doctor.diagnosis import diagnosed
from provisioner.usecases.parallel.stopping import Stop

_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0  # seconds


def watched(world: DoctorEdges, domain: DomainName, checks: Sequence[Check], limit: timedelta, stop: Stop) -> Diagnosis:
    """Look once, and again until no check finds an error or `limit` is over; return the last look.

    Raises `Interrupted` when it is time to stop.
    """
    edges = world.edges
    end, pause = edges.clock.monotonic() + limit.total_seconds(), _FIRST_PAUSE
    edges.progress.step(f"{domain}: looking")
    diagnosis = diagnosed(world, domain, checks)
    while not diagnosis.healthy and (left := end - edges.clock.monotonic()) > 0:
        edges.progress.step(f"{domain}: {_told(diagnosis)}, looking again")
        edges.clock.sleep(min(pause, left))
        if stop.level:
            raise interrupted()
        pause = min(pause * 1.5, _LONGEST_PAUSE)
        edges.identities.forget_account()
        before, diagnosis = diagnosis, diagnosed(world, domain, checks)
        _tell_changes(world, before, diagnosis)
    return diagnosis


def interrupted() -> Interrupted:
    """Return the error of a look that was interrupted."""
    return Interrupted("interrupted", "interrupted while looking", "nothing was changed")


def _told(diagnosis: Diagnosis) -> str:
    errors = diagnosis.count(Severity.ERROR)
    return f"{errors} error{'s' if errors > 1 else ''}"


def _tell_changes(world: DoctorEdges, before: Diagnosis, after: Diagnosis) -> None:
    now, note = world.edges.clock.now(), world.edges.progress.note
    found = changes(changes((), before, now).look, after, now)
    for finding in found.new:
        note(f"{after.domain}: new: {finding.severity} {finding.subject}: {finding.message}")
    for verdict in found.mended:
        note(f"{after.domain}: mended: {verdict.subject} ({verdict.id})")
