"""Diagnose several domains side by side; one that cannot be looked at does not hide the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from provisioner.core.checks.catalogue import Check
from provisioner.core.checks.diagnosis import Diagnosis
from provisioner.core.checks.observed import Unseen
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.values.domain import DomainName
from provisioner.errors import Interrupted, ProvisionerError
from provisioner.ports.doctor import DoctorEdges
from provisioner.usecases.doctor.watch import interrupted, watched
from provisioner.usecases.home import recall
from provisioner.usecases.parallel.stopping import Urgency
from provisioner.usecases.parallel.workers import Workers, domain_defect


def diagnosed_all(
    world: DoctorEdges, domains: Sequence[DomainName], checks: Sequence[Check], workers: Workers, limit: timedelta
) -> list[Diagnosis]:
    """Look at each domain, again and again until it is healthy or `limit` is over; in the order of the domains.

    Raises `InputError` for a domain that this home does not know, `Interrupted` when the workers were told to stop.
    """
    for domain in domains:
        if world.edges.workspaces.peek(domain) is None:
            recall(world.edges, domain)
    world.edges.identities.forget_account()
    found: dict[DomainName, Diagnosis] = {}

    def look(_worker: int, domain: DomainName) -> None:
        try:
            found[domain] = watched(world, domain, checks, limit, workers.stop)
        except Interrupted:
            workers.stop.request(Urgency.INTERRUPT)
        except ProvisionerError as error:
            found[domain] = _not_looked_at(domain, error)
        except Exception as error:  # noqa: BLE001 - one domain's defect must not end the others
            found[domain] = _not_looked_at(domain, domain_defect(domain.ascii, error))

    workers.run(domains, look)
    if workers.stop.level:
        raise interrupted()
    return [found[domain] for domain in domains]


def _not_looked_at(domain: DomainName, error: ProvisionerError) -> Diagnosis:
    evidence = {"code": error.code, "reason": error.message}
    message = f"nobody could look at it: {error.message}"
    finding = Finding(NOT_RUN, Severity.ERROR, domain.ascii, message, error.hint, evidence=evidence)
    return Diagnosis(domain, (finding,), Unseen(domain.ascii, error.code, error.message, error.hint))
