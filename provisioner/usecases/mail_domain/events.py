"""Give a domain its event destination, or take it away, by its own plan, and leave all else as it is."""

from __future__ import annotations

from dataclasses import replace

from provisioner.core.terraform.addresses import EVENTS
from provisioner.core.values.domain import DomainName
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.home import unknown_domain
from provisioner.usecases.mail_domain.converge import apply, reviewed_plan
from provisioner.usecases.mail_domain.undertaking import Starting, Undertaking


def bring_events(edges: Edges, domain: DomainName) -> None:
    """Bring the event destination to what this home knows of the audit pipeline; a second call changes nothing.

    Raises `Refused("further_changes")` when the domain's plan would change anything else.
    """
    with edges.workspaces.open(domain) as workspace:
        before = workspace.recall()
        if before is None:
            raise unknown_domain(domain)
        work = Undertaking(edges, workspace, Starting(before))
        seen = work.survey(before.request)
        with reviewed_plan(work, seen) as plan:
            further = [change.summary for change in plan.changes if change.acts and change.address != EVENTS]
            if further:
                raise _further_changes(domain, further)
            if not plan.empty:
                work.step("applying its event destination")
                apply(work, plan)
        decided = replace(before.decisions or seen.decisions, feedback_topic=seen.decisions.feedback_topic)
        workspace.remember(replace(before, decisions=decided, account=seen.account))


def _further_changes(domain: DomainName, further: list[str]) -> Refused:
    return Refused(
        "further_changes",
        f"{domain}: more than its event destination differs from what was asked: {', '.join(further)}",
        f"look at `provisioner plan {domain}`; `provisioner new-domain {domain}` brings all of it about, the event "
        "destination too",
    )
