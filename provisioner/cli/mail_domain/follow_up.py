"""What `new-domain` does once the domain is provisioned: tell the registrar, wait for SES."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from datetime import timedelta

import typer

from provisioner.core.findings import Severity
from provisioner.core.mail_domain.report import DomainReport, ZoneReport
from provisioner.errors import InputError, Interrupted, NotDesired, ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.dns.check import check
from provisioner.usecases.mail_domain.new_domain import wait_for_verification
from provisioner.usecases.mail_domain.registrar import registrar_change, update_registrar


@dataclass(frozen=True, slots=True)
class RegistrarWish:
    """Whether the registrar shall be told the name servers, and whether to ask before."""

    wanted: bool
    agreed: bool


def followed(
    edges: Edges, report: DomainReport, limit: timedelta | None, wish: RegistrarWish
) -> tuple[DomainReport, int]:
    """Do what comes after provisioning; whatever happens there, the credentials are made and must be handed over."""
    try:
        if wish.wanted:
            _tell_registrar(edges, report.zone, agreed=wish.agreed)
        if limit is None:
            return report, 0
        report = wait_for_verification(edges, report, limit - _watched(edges, report, limit))
        return report, 0 if report.is_settled else NotDesired.exit_code
    except ProvisionerError as error:
        edges.progress.warn(f"{error.message}; {error.hint}")
        return report, error.exit_code
    except KeyboardInterrupt:
        edges.progress.warn("interrupted; the domain is provisioned, and the same command goes on waiting")
        return report, Interrupted.exit_code


def _watched(edges: Edges, report: DomainReport, limit: timedelta) -> timedelta:
    """Wait until the records stand at the servers of a zone that is elsewhere, and return the time that it took.

    SES would look for them in caches that still know of nothing.
    """
    if report.zone.mode != "external":
        return timedelta()
    start = edges.clock.monotonic()
    for finding in check(edges, report.domain, secrets.token_hex(8), limit):
        if finding.severity is Severity.ERROR:
            edges.progress.warn(finding.message)
    return min(limit, timedelta(seconds=edges.clock.monotonic() - start))


def _tell_registrar(edges: Edges, zone: ZoneReport, *, agreed: bool) -> None:
    change = registrar_change(edges, zone.name, zone.name_servers)
    if not change.needed:
        edges.progress.note(f"{zone.name}: the registrar has these name servers already")
        return
    before, after = " ".join(change.before), " ".join(change.after)
    edges.progress.note(f"{zone.name}: the registrar has {before}; the hosted zone has {after}")
    if not agreed and not sys.stdin.isatty():
        raise InputError(
            "not_confirmed", f"{zone.name}: the name servers at the registrar were not touched", "give --yes"
        )
    if agreed or typer.confirm("Set them at the registrar?", err=True):
        update_registrar(edges, change)
