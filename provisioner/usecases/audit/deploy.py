"""Bring the audit pipeline of an account and region to the state that was asked for, or take it away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from provisioner.core.terraform.pipeline import LEAVING, OPERATOR, Part, Pipeline, Wanted
from provisioner.core.terraform.plan import Plan, guard
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.ports.audit_edges import PipelineEdges, PipelineWorkspace
from provisioner.usecases.audit.domains import Failure, publishing_to, with_each
from provisioner.usecases.mail_domain.events import bring_events
from provisioner.usecases.telling import ProgressTeller


@dataclass(frozen=True, slots=True)
class _Planned:
    root: Path
    plan: Plan


@dataclass(frozen=True, slots=True)
class Deployment:
    """What becomes of the pipeline; `plans` are those of its parts, in the order in which they are applied.

    `leaves` says that it is taken away. `domains` get an event destination that publishes to it, or lose it; those in
    `failed` did not.
    """

    pipeline: Pipeline
    plans: Sequence[Plan]
    domains: Sequence[DomainName] = ()
    leaves: bool = False
    failed: Sequence[Failure] = ()
    applied: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return all(plan.empty for plan in self.plans) and not self.domains

    @property
    def counts(self) -> dict[str, int]:
        """How many resources are added, changed and so on, of both parts together."""
        return {verb: sum(plan.counts[verb] for plan in self.plans) for verb in Plan.unchanged().counts}

    @property
    def actions(self) -> list[dict[str, object]]:
        """What happens to which resource."""
        return [action for plan in self.plans for action in plan.to_document()]

    def to_document(self) -> dict[str, Any]:
        """Return the document of `audit deploy --json` and `audit destroy --json`."""
        pipeline = self.pipeline
        return {
            "account": pipeline.account,
            "region": pipeline.region.name,
            "topic_arn": pipeline.topic_arn,
            "bucket": pipeline.bucket,
            **pipeline.to_document(),
            "changes": self.counts,
            "plan": self.actions,
            "domains": [domain.ascii for domain in self.domains],
            "failed": [failure.to_document() for failure in self.failed],
            "applied": self.applied,
        }


Agree = Callable[[Deployment], None]  # raises where the user does not


def deploy(edges: PipelineEdges, region: Region, wanted: Wanted, agree: Agree, *, dry_run: bool) -> Deployment:
    """Plan both parts, let the user agree to what changes, and apply exactly that, the archive first.

    Then each domain of this home that does not publish to it yet gets its event destination, by its own plan. Raises
    `Refused("plan_deletes")` for a plan that takes away what nobody asked to take away.
    """
    account = edges.domains.account.caller().account
    with edges.workspaces.open(account, region) as workspace:
        pipeline = wanted.over(Wanted.recall(workspace.recall()).over(Pipeline(account, region)))
        with _planned(edges, workspace, pipeline, list(Part)) as planned:
            outside = publishing_to(edges.domains, pipeline).unattached
            going = Deployment(pipeline, [one.plan for one in planned], outside)
            for plan in going.plans:
                guard(f"audit pipeline of {region}", plan, [OPERATOR] if _names_operator(wanted) else [])
            if dry_run:
                return going
            _agree(going, agree)
            _apply(edges, planned)
            workspace.remember(pipeline.to_document())
        failed = list(with_each(edges.domains, outside, bring_events))
    return replace(going, failed=failed, applied=True)


def destroy(edges: PipelineEdges, region: Region, agree: Agree, *, dry_run: bool) -> Deployment:
    """Take the pipeline away and leave the archive; events that wait in its queue are lost.

    First the domains of this home stop publishing to it; while one of them cannot be brought to, all else stays.
    """
    account = edges.domains.account.caller().account
    with edges.workspaces.open(account, region) as workspace:
        asked = workspace.recall()
        pipeline = Wanted.recall(asked).over(Pipeline(account, region))
        with _planned(edges, workspace, pipeline, [Part.FEEDBACK], destroy=True) as planned:
            inside = publishing_to(edges.domains, pipeline)
            domains = [*inside.attached, *inside.remembering]
            going = Deployment(pipeline, [one.plan for one in planned], domains, leaves=True)
            if dry_run:
                return going
            _agree(going, agree)
            failed = _detach(edges, workspace, going, asked)
            if failed:
                return replace(going, failed=failed)
            _apply(edges, planned)
            workspace.forget()
    return replace(going, applied=True)


def _detach(
    edges: PipelineEdges, workspace: PipelineWorkspace, going: Deployment, asked: Mapping[str, Any]
) -> list[Failure]:
    """Take their event destination from the domains, which find out from the home that the pipeline leaves."""
    if not going.domains:
        return []
    workspace.remember({**asked, LEAVING: True})
    return list(with_each(edges.domains, going.domains, bring_events))


def _names_operator(wanted: Wanted) -> bool:
    return wanted.no_operator or wanted.operator is not None


@contextmanager
def _planned(
    edges: PipelineEdges,
    workspace: PipelineWorkspace,
    pipeline: Pipeline,
    parts: Sequence[Part],
    *,
    destroy: bool = False,
) -> Iterator[list[_Planned]]:
    """Plan the parts; the plan files are gone when the block ends, applied or not."""
    functions, planned = edges.functions(), list[_Planned]()
    try:
        for part in parts:
            edges.progress.step(f"planning: {_WORDS[part]}")
            root = workspace.write_root(part, edges.templates.pipeline(pipeline, part, functions), functions.zip)
            plan = edges.terraform.plan(root, ProgressTeller(edges.progress), destroy=destroy)
            planned.append(_Planned(root, plan))
        yield planned
    finally:
        for one in planned:
            edges.terraform.discard(one.root, one.plan)


def _agree(going: Deployment, agree: Agree) -> None:
    if not going.empty:
        agree(going)


def _apply(edges: PipelineEdges, planned: Sequence[_Planned]) -> None:
    for one in planned:
        if not one.plan.empty:
            total = sum(2 if change.kind == "replace" else change.acts for change in one.plan.changes)
            edges.terraform.apply(one.root, one.plan, ProgressTeller(edges.progress, total))


_WORDS: Mapping[Part, str] = {Part.ARCHIVE: "the archive", Part.FEEDBACK: "the way to it"}
