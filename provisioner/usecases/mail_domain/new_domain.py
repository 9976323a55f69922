"""Provision a domain, or bring it to the desired state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import Request, Spf
from provisioner.core.mail_domain.report import DomainReport
from provisioner.core.terraform.addresses import module_of, smtp_user_at
from provisioner.core.terraform.plan import Plan, describe_counts
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import Unrecorded
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.credentials.keys import deleted_users, end_keys, ensure_credentials, held_credentials
from provisioner.usecases.mail_domain.converge import Before, apply, reviewed_plan
from provisioner.usecases.mail_domain.describe import describe, described_again
from provisioner.usecases.mail_domain.giving_back import give_back, order_kept, restore_order
from provisioner.usecases.mail_domain.healing import remembered_or_recovered, salvage
from provisioner.usecases.mail_domain.survey import Survey, survey
from provisioner.usecases.mail_domain.verification import wait_until_settled

_LOOKS = 3  # an answer of AWS may be lost at each layer of resources


@dataclass(frozen=True, slots=True)
class Planned:
    """What `new-domain` would do."""

    report: DomainReport
    plan: Plan

    def to_document(self) -> dict[str, Any]:
        """Return the document of `plan --json`: that of `new-domain`, and what would happen to which resource."""
        actions = [{"address": c.address, "action": c.kind, "subject": c.summary} for c in self.plan.changes]
        return self.report.to_document(with_secret=False) | {"plan": actions}


def new_domain(edges: Edges, domain: DomainName, asked: Asked) -> DomainReport:
    """Bring the domain to the desired state and hand over its credentials; a second call changes nothing."""
    with edges.workspaces.open(domain) as workspace:
        before = _before(edges, workspace, asked)
        found = survey(edges, domain, asked.over(domain, before.request))
        if restore_order(edges, workspace, found):
            found = survey(edges, domain, found.request)
        _leave_spf(edges, workspace, found, before)
        _take_in_leaving(edges, workspace, found, before)
        plan = _apply(edges, workspace, found, before)
        _forget_gone(edges, workspace, found, before, plan)
        settled = found if plan.empty else _correct_dkim_suffix(edges, workspace, found)
        custodies = ensure_credentials(edges, workspace, settled.spec)
        return describe(edges, settled, custodies, plan.counts)


def awaited(edges: Edges, report: DomainReport, limit: timedelta) -> DomainReport:
    """Wait until SES has verified the domain or the time is up, and return the report as it is then."""
    for step in report.next_steps:
        edges.progress.note(step)
    identity = wait_until_settled(edges, report.domain, report.spec.region, limit)
    return described_again(edges, report, identity)


def plan_domain(edges: Edges, domain: DomainName, asked: Asked) -> Planned:
    """Say what `new-domain` would do; nothing on AWS is changed and nothing is remembered."""
    with edges.workspaces.open(domain) as workspace:
        try:
            before = _before(edges, workspace, asked)
            found = survey(edges, domain, asked.over(domain, before.request))
            with reviewed_plan(edges, workspace, found, before) as plan:
                return Planned(describe(edges, found, held_credentials(edges, found.spec), plan.counts), plan)
        finally:
            workspace.discard_if_unused()


def _before(edges: Edges, workspace: Workspace, asked: Asked) -> Before:
    salvage(edges, workspace)
    request = remembered_or_recovered(edges, workspace.domain, workspace.request(), asked)
    dropped = (module_of(SmtpUser(workspace.domain, name)) for name in asked.dropped_senders)
    return Before(request, asked.take_over, (*asked.allow_delete, *dropped))


def _leave_spf(edges: Edges, workspace: Workspace, found: Survey, before: Before) -> None:
    """Give the TXT set at the domain back when SPF there is not wanted any more."""
    if found.request.spf is Spf.SKIP and before.request is not None and before.request.spf is Spf.MERGE:
        give_back(edges, workspace, replace(found, request=before.request))


def _take_in_leaving(edges: Edges, workspace: Workspace, found: Survey, before: Before) -> None:
    """Take in senders that shall go and that the state has lost: Terraform would leave their users behind."""
    leaving = before.leaving(found.request)
    if not leaving.listed:
        return
    domain, spec = found.spec.domain, replace(found.spec, senders=leaving.beside(found.spec.senders))
    with reviewed_plan(edges, workspace, replace(found, spec=spec), before) as plan:
        lost = {smtp_user_at(domain, change.address) for change in plan.changes if change.importing}
        if lost & {SmtpUser(domain, name) for name in leaving.names}:
            workspace.remember(_with_leaving(found, before))
            apply(edges, workspace, plan)


def _forget_gone(edges: Edges, workspace: Workspace, found: Survey, before: Before, plan: Plan) -> None:
    """Forget the credentials of senders that are gone, and only now that these had been asked for."""
    domain, names = found.spec.domain, before.leaving(found.request).names
    for user in {*deleted_users(domain, plan), *(SmtpUser(domain, name) for name in names)}:
        edges.store.remove(user)
    if names:
        workspace.remember(found.request)


def _apply(edges: Edges, workspace: Workspace, found: Survey, before: Before) -> Plan:
    """Apply what is missing, and again what turned out to be there; returns the first plan, that of the whole."""
    plans: list[Plan] = []
    while True:
        with reviewed_plan(edges, workspace, found, before) as plan:
            plans.append(plan)
            try:
                _apply_plan(edges, workspace, found, before, plan)
                return plans[0]
            except Unrecorded as error:
                if len(plans) == _LOOKS:
                    raise
                edges.progress.step(f"{found.spec.domain}: {error.message.splitlines()[0]}; looking again")
        found = survey(edges, found.spec.domain, found.request)


def _apply_plan(edges: Edges, workspace: Workspace, found: Survey, before: Before, plan: Plan) -> None:
    workspace.remember(_with_leaving(found, before))
    end_keys(edges, found.spec.domain, plan)
    if not plan.empty:
        edges.progress.step(f"{found.spec.domain}: applying {describe_counts(plan.counts)}")
        with order_kept(edges, workspace, found, plan):
            apply(edges, workspace, plan)


def _with_leaving(found: Survey, before: Before) -> Request:
    """Return what was asked, with the senders that are not gone yet: a run that dies may be repeated."""
    return replace(found.request, senders=before.leaving(found.request).beside(found.request.senders))


def _correct_dkim_suffix(edges: Edges, workspace: Workspace, found: Survey) -> Survey:
    """Look again, and publish the DKIM records anew when SES chose another suffix than the region's documented one.

    The provider does not expose `SigningHostedZone`, and SES names it only once the identity exists.
    """
    now = survey(edges, found.spec.domain, found.request)
    if now.spec.signing_hosted_zone != found.spec.signing_hosted_zone:
        edges.progress.step(
            f"{now.spec.domain}: SES signs under {now.spec.signing_hosted_zone}, correcting the records"
        )
        _apply(edges, workspace, now, Before(found.request))
    return now
