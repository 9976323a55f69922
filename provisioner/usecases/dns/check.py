"""Whether the records of a domain exist in public DNS: what the doctor says of its zone and its records, no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from provisioner.core.checks.catalogue import Area, Check, checks_of
from provisioner.core.checks.identity import absent
from provisioner.core.checks.observed import Fact, Observed, seen
from provisioner.core.findings import Finding, Severity
from provisioner.core.values.domain import DomainName
from provisioner.ports.doctor import DoctorEdges
from provisioner.usecases.doctor.diagnosis import diagnosed
from provisioner.usecases.home import recall
from provisioner.usecases.mail_domain.own_account import in_own_account

_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0  # seconds


def _without_identity(observed: Observed) -> Iterator[Finding]:
    """Say why the records of DKIM are not known."""
    if seen(observed.identity) is None:
        yield absent(observed.spec, observed.elsewhere)


CHECKS = (
    *checks_of((Area.ZONE, Area.RECORDS)),
    Check("whether SES has the domain", Area.IDENTITY, frozenset({Fact.IDENTITY, Fact.ELSEWHERE}), _without_identity),
)


def check(world: DoctorEdges, domain: DomainName, limit: timedelta = timedelta()) -> tuple[Finding, ...]:
    """Look at everything that a domain needs in DNS, again and again until no check fails or `limit` is over.

    Raises `InputError` for a domain that this home does not know, and `Refused` in another account than the domain's.
    """
    edges = world.edges
    in_own_account(edges, domain, recall(edges, domain).account)
    end, pause = edges.clock.monotonic() + limit.total_seconds(), _FIRST_PAUSE
    while True:
        findings = diagnosed(world, domain, CHECKS).findings
        failed = sum(finding.severity is Severity.ERROR for finding in findings)
        left = end - edges.clock.monotonic()
        if not failed or left <= 0:
            return findings
        edges.progress.step(f"{domain}: {failed} checks fail, looking again")
        edges.clock.sleep(min(pause, left))
        pause = min(pause * 1.5, _LONGEST_PAUSE)
