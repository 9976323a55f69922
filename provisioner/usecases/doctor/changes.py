"""What changed of a domain since the doctor looked last for changes."""

from __future__ import annotations

from provisioner.core.checks.diagnosis import Changes, Diagnosis, changes
from provisioner.ports.doctor import DoctorEdges


def changed(world: DoctorEdges, diagnosis: Diagnosis) -> Changes:
    """Compare with the look that was kept, and keep this one; without one all that is bad is new."""
    found = changes(world.looks.last(diagnosis.domain) or (), diagnosis, world.edges.clock.now())
    world.looks.keep(diagnosis.domain, found.look)
    return found
