"""From a specification to a reviewed plan, and from the plan to AWS; what `new-domain`, `plan` and destroy share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from provisioner.core.asked.request import Request
from provisioner.core.asked.senders import NO_SENDERS, Senders
from provisioner.core.mail_domain.records import Record, conflicts, static_records
from provisioner.core.terraform import addresses
from provisioner.core.terraform.addresses import Import, record
from provisioner.core.terraform.plan import Plan, guard
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.mail_domain.healing import existing
from provisioner.usecases.mail_domain.survey import Survey
from provisioner.usecases.telling import ProgressTeller

_FREE_LABELS = ("bounce", "mail", "bounces", "ses", "mailfrom", "outbound")


@dataclass(frozen=True, slots=True)
class Before:
    """What a run starts from: what was asked until now, and what the user lets it do besides.

    `take_over`: manage resources that lack our tags; `allow_delete`: addresses that may be deleted or replaced.
    """

    request: Request | None
    take_over: bool = False
    allow_delete: tuple[str, ...] = ()

    def leaving(self, request: Request) -> Senders:
        """Return the senders that were asked for until now and are not any more."""
        return NO_SENDERS if self.request is None else self.request.senders.without(request.senders.names)


def apply(edges: Edges, workspace: Workspace, plan: Plan) -> None:
    """Apply exactly the plan that was reviewed, telling each resource as it is done."""
    total = sum(change.kind not in ("no-op", "read") for change in plan.changes)
    edges.terraform.apply(workspace.path, plan, ProgressTeller(edges.progress, total))


@contextmanager
def reviewed_plan(edges: Edges, workspace: Workspace, found: Survey, before: Before) -> Iterator[Plan]:
    """Render, plan and review; the plan file is gone when the block ends, applied or not."""
    edges.progress.step(f"{found.spec.domain}: planning")
    plan = _planned(edges, workspace, found, ())
    try:
        imports = existing(edges, found, _created(plan).__contains__, take_over=before.take_over)
        if imports:
            edges.progress.step(f"{found.spec.domain}: planning again, to take in {len(imports)} existing resources")
            plan = _planned(edges, workspace, found, imports)
        asked_for = [*_asked_for(found.request, before.request), *_leaving(found, before), *before.allow_delete]
        guard(found.spec.domain.ascii, plan, [*asked_for, *_follows(_created(plan))])
        _refuse_conflicts(found, _created(plan))
        yield plan
    finally:
        edges.terraform.discard(workspace.path, plan)


def _planned(edges: Edges, workspace: Workspace, found: Survey, imports: Sequence[Import]) -> Plan:
    workspace.write_root(edges.templates.root(found.spec, imports))
    return edges.terraform.plan(workspace.path, ProgressTeller(edges.progress))


def _created(plan: Plan) -> frozenset[str]:
    return frozenset(change.address for change in plan.changes if change.kind in ("create", "replace"))


def _asked_for(request: Request, before: Request | None) -> Collection[str]:
    """Return the addresses that the change of options itself replaces or deletes."""
    allowed: list[str] = []
    if before is not None and request.mail_from != before.mail_from:
        allowed += [record("mail_from_mx"), record("mail_from_spf")]
    if before is not None and request.spf != before.spf:
        allowed.append(record("spf"))  # a set that others share has been given back, and left the state
    return allowed


def _leaving(found: Survey, before: Before) -> Collection[str]:
    users = (SmtpUser(found.spec.domain, name) for name in before.leaving(found.request).names)
    return [addresses.module_of(user) for user in users]


def _follows(created: Collection[str]) -> Collection[str]:
    """Return the addresses that have to be replaced because of what is made: a new identity has other DKIM tokens."""
    return [record(f"dkim_{number}") for number in range(3)] if addresses.IDENTITY in created else []


def _refuse_conflicts(found: Survey, created: Collection[str]) -> None:
    """Refuse to touch record sets of others that stand where a plan would create ours."""
    spec = found.spec
    wanted = static_records(spec)
    fresh = [need for need in wanted if record(need.key) in created]
    ours = [(need.name, need.type) for need in wanted if need not in fresh]
    standing = conflicts(fresh, found.live, ours)
    if standing:
        raise Refused(
            "records_exist",
            f"{spec.domain}: zone {spec.zone.name} already holds {len(standing)} record sets where ours would go: "
            f"{_named(standing)}",
            f"nothing was touched; {_way_out(found, standing)}",
        )


def _way_out(found: Survey, standing: Collection[Record]) -> str:
    taken = {stands.name for stands in found.live}
    free = next((label for label in _FREE_LABELS if found.spec.domain.child(label) not in taken), None)
    if free and all(stands.name == found.spec.mail_from for stands in standing):
        return f"the MAIL FROM domain must be used for nothing else: give --mail-from {free}"
    return "remove or rename them, or use --zone external"


def _named(records: Collection[Record]) -> str:
    return "; ".join(f"{r.type} {r.name} = {' | '.join(r.values) or '(alias)'}" for r in records)
