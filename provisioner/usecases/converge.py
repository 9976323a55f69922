"""From a specification to a reviewed plan, and from the plan to AWS; what `new-domain`, `plan` and destroy share."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from provisioner.core.desired import Record, conflicts, static_records
from provisioner.core.plan import Plan, guard
from provisioner.core.request import Request
from provisioner.core.spec import MailDomain
from provisioner.errors import Refused
from provisioner.ports import Edges, Event, Progress, Workspace
from provisioner.usecases.survey import Survey

_ZONE = "module.mail_domain.aws_route53_zone."
_IDENTITY = "module.mail_domain.aws_sesv2_email_identity."
_STATIC = "module.mail_domain.aws_route53_record.static"


def apply(edges: Edges, workspace: Workspace, plan: Plan) -> None:
    """Apply exactly the plan that was reviewed, telling each resource as it is done."""
    total = sum(change.kind not in ("no-op", "read") for change in plan.changes)
    edges.terraform.apply(workspace.path, plan, Teller(edges.progress, total))


@contextmanager
def reviewed_plan(edges: Edges, workspace: Workspace, found: Survey, before: Request | None) -> Iterator[Plan]:
    """Render, plan and review; the plan file is gone when the block ends, applied or not."""
    workspace.write_root(edges.templates.root(found.spec))
    edges.progress.step(f"{found.spec.domain}: planning")
    plan = edges.terraform.plan(workspace.path, Teller(edges.progress))
    try:
        review(edges, plan, found, before)
        yield plan
    finally:
        edges.terraform.discard(workspace.path, plan)


def review(edges: Edges, plan: Plan, found: Survey, before: Request | None) -> None:
    """Refuse a plan that deletes what nobody asked to delete, or that would touch what is not ours."""
    guard(found.spec.domain.ascii, plan, _asked_for(found.request, before))
    created = [change.address for change in plan.changes if change.kind == "create"]
    _refuse_existing(edges, found, created)
    if found.spec.zone.mode == "adopted":
        _refuse_conflicts(edges, found.spec, created)


class Teller:
    """Turns Terraform's events into progress: each finished resource a step, `n of total`, all else a detail."""

    def __init__(self, progress: Progress, total: int = 0) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def __call__(self, event: Event) -> None:
        """Tell one event."""
        if event.kind == "apply_complete":
            self._done += 1
            self._progress.step(f"[{self._done}/{self._total}] {event.text}")
        elif event.kind == "apply_errored":
            self._progress.step(event.text)
        else:
            self._progress.detail(event.text)


def _asked_for(request: Request, before: Request | None) -> Collection[str]:
    """Return the addresses that the change of options itself replaces or deletes."""
    if before is None:
        return ()
    allowed = []
    if request.mail_from != before.mail_from:
        allowed += [f'{_STATIC}["mail_from_mx"]', f'{_STATIC}["mail_from_spf"]']
    if request.spf != before.spf:
        allowed.append(f'{_STATIC}["spf"]')
    return allowed


def _refuse_existing(edges: Edges, found: Survey, created: list[str]) -> None:
    domain = found.spec.domain
    if found.identity is not None and any(address.startswith(_IDENTITY) for address in created):
        raise Refused(
            "identity_exists",
            f"{domain}: the SES identity {found.identity.arn} exists, and this workspace did not make it",
            "delete the identity if nothing sends with it, or restore this domain's workspace, then repeat",
        )
    if any(address.startswith(_ZONE) for address in created) and edges.zones.public_zones(domain.ascii):
        raise Refused(
            "zone_exists",
            f"{domain}: a hosted zone of this name exists already; a second one would have other name servers",
            "restore this domain's workspace, or delete the zone if it is unused, then repeat",
        )


def _refuse_conflicts(edges: Edges, spec: MailDomain, created: list[str]) -> None:
    wanted = {f'{_STATIC}["{record.key}"]': record for record in static_records(spec)}
    fresh = [record for address, record in wanted.items() if address in created]
    if not fresh or spec.zone.id is None:
        return
    ours = [(record.name, record.type) for record in wanted.values() if record not in fresh]
    existing = conflicts(fresh, edges.zones.record_sets(spec.zone.id), ours)
    if existing:
        raise Refused(
            "records_exist",
            f"{spec.domain}: zone {spec.zone.name} ({spec.zone.id}) already holds "
            f"{len(existing)} record sets where ours would go: {_named(existing)}",
            "nothing was touched; remove or rename them, choose another --mail-from label, or use --zone external",
        )


def _named(records: Collection[Record]) -> str:
    return "; ".join(f"{r.type} {r.name} = {' | '.join(r.values) or '(alias)'}" for r in records)
