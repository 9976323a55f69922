"""Repair what a diagnosis found, as far as that is safe: by the same plan as `new-domain`, which is shown first."""

from __future__ import annotations

from collections.abc import Callable

from provisioner.core.asked.command_line import Asked
from provisioner.core.checks.diagnosis import Diagnosis
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.new_domain import Planned, new_domain, plan_domain

Agree = Callable[[Planned], bool]


def repaired(edges: Edges, diagnosis: Diagnosis, agree: Agree) -> bool:
    """Plan, and do what was planned when `agree` says so; return whether anything was done.

    Raises what `new-domain` does, for instance `Refused` where the plan would take something from others.
    """
    planned = plan_domain(edges, diagnosis.domain, Asked())
    if planned.empty:
        edges.progress.note(f"{diagnosis.domain}: the plan has nothing to do, so it is mended already or not by us")
        return False
    if not agree(planned):
        return False
    new_domain(edges, diagnosis.domain, Asked())
    return True
