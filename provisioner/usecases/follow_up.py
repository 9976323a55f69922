"""What comes after a domain was provisioned: its name servers at the registrar, and the wait for SES."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from provisioner.core.findings import Severity
from provisioner.core.mail_domain.report import DomainReport
from provisioner.errors import Interrupted, ProvisionerError
from provisioner.ports.consent import Consent
from provisioner.ports.doctor import DoctorEdges
from provisioner.ports.edges import Edges
from provisioner.usecases.dns.check import check
from provisioner.usecases.mail_domain.new_domain import wait_for_verification
from provisioner.usecases.mail_domain.registrar import refuse_loss, refuse_signed, registrar_change, update_registrar


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The domain as it stands at the end; `pending` when the wait was too short, `error` when something ended it."""

    report: DomainReport
    pending: bool = False
    error: ProvisionerError | None = None


def follow_up(
    edges: Edges,
    report: DomainReport,
    limit: timedelta | None,
    registrar: Consent | None,
    doctor: Callable[[], DoctorEdges],
) -> FollowUp:
    """Set the name servers at the registrar, and wait at most `limit` until SES has verified the domain.

    None leaves either out. `doctor` is the world that looks at a zone that is elsewhere. An error or an interrupt is
    told and returned, never raised: the domain is provisioned, and its credentials must be handed over.
    """
    try:
        if registrar is not None:
            _set_name_servers(edges, report, registrar)
        if limit is None:
            return FollowUp(report)
        report = wait_for_verification(edges, report, limit - _wait_for_records(edges, report, limit, doctor))
        return FollowUp(report, pending=not report.is_settled)
    except ProvisionerError as error:
        return _cut_short(edges, report, error)
    except KeyboardInterrupt:
        hint = "the domain is provisioned, and the same command goes on waiting"
        return _cut_short(edges, report, Interrupted("interrupted", "interrupted", hint))


def _cut_short(edges: Edges, report: DomainReport, error: ProvisionerError) -> FollowUp:
    edges.progress.warn(f"{error.with_hint}")
    return FollowUp(report, error=error)


def _wait_for_records(
    edges: Edges, report: DomainReport, limit: timedelta, doctor: Callable[[], DoctorEdges]
) -> timedelta:
    """Wait until the records stand at the servers of a zone that is elsewhere, and return the time that it took.

    SES would look for them in caches that still know of nothing.
    """
    if report.zone.mode != "external":
        return timedelta()
    start = edges.clock.monotonic()
    for finding in check(doctor(), report.domain, limit):
        if finding.severity is Severity.ERROR:
            edges.progress.warn(finding.message)
    return min(limit, timedelta(seconds=edges.clock.monotonic() - start))


def _set_name_servers(edges: Edges, report: DomainReport, consent: Consent) -> None:
    zone = report.zone
    refuse_loss(edges, report.domain, zone)
    change = registrar_change(edges, zone.name, zone.name_servers)
    if not change.needed:
        edges.progress.note(f"{zone.name}: the registrar has these name servers already")
        return
    refuse_signed(edges, change.domain)
    before, after = " ".join(change.before), " ".join(change.after)
    edges.progress.note(f"{zone.name}: the registrar has {before}; the hosted zone has {after}")
    if consent.given("Set them at the registrar?"):
        update_registrar(edges, change)
