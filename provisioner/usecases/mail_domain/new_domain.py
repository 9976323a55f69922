"""Provision a domain, or bring it to the desired state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Spf
from provisioner.core.mail_domain.repairs import repairs_of
from provisioner.core.mail_domain.report import DomainReport
from provisioner.core.terraform.addresses import module_of, smtp_user_at
from provisioner.core.terraform.plan import Plan, describe_counts
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.core.values.wording import named
from provisioner.errors import Unrecorded
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.credentials.keys import deleted_users, end_keys, ensure_credentials, held_credentials
from provisioner.usecases.credentials.removal import refuse_unless_removable
from provisioner.usecases.mail_domain.converge import apply, reviewed_plan
from provisioner.usecases.mail_domain.describe import describe, describe_again
from provisioner.usecases.mail_domain.healing import recall_or_recover, salvage
from provisioner.usecases.mail_domain.repair import repair, tell_if_in_vain
from provisioner.usecases.mail_domain.shared_txt import give_back, join
from provisioner.usecases.mail_domain.signing import refuse_other_signing
from provisioner.usecases.mail_domain.survey import Survey
from provisioner.usecases.mail_domain.undertaking import Permits, Starting, Undertaking, discarded_if_unused
from provisioner.usecases.mail_domain.verification import wait_until_settled
from provisioner.usecases.standing import pause_again

_LOOKS = 3  # an answer of AWS may be lost at each layer of resources


@dataclass(frozen=True, slots=True)
class Planned:
    """What `new-domain` would do."""

    report: DomainReport
    plan: Plan

    @property
    def empty(self) -> bool:
        """Whether it would do nothing."""
        return self.plan.empty and not self.new_keys and not self.report.repairs

    @property
    def new_keys(self) -> tuple[str, ...]:
        """The IAM users that have no access key and would get one."""
        return tuple(smtp.user.iam_user for smtp in (self.report.smtp, *self.report.senders) if smtp.missing)

    @property
    def actions(self) -> list[dict[str, Any]]:
        """All that it would do, in the form of a plan's document; what is not Terraform's to do has no address."""
        keys = [_besides("create", f"access key of IAM user {user}") for user in self.new_keys]
        repairs = [_besides("update", str(repair)) for repair in self.report.repairs]
        return [*(change.to_document() for change in self.plan.changes if change.acts), *keys, *repairs]

    def to_document(self) -> dict[str, Any]:
        """Return the document of `plan --json`: that of `new-domain`, and what would happen to which resource."""
        document = self.report.to_document(with_secret=False)
        return document | {"plan": self.plan.to_document(), "new_keys": list(self.new_keys)}


def _besides(action: str, subject: str) -> dict[str, Any]:
    before = None if action == "create" else dict[str, object]()
    return {"address": None, "action": action, "subject": subject, "before": before, "after": {}}


def new_domain(edges: Edges, domain: DomainName, asked: Asked) -> DomainReport:
    """Bring the domain to the desired state and hand over its credentials; a second call changes nothing."""
    with edges.workspaces.open(domain) as workspace:
        work = _begin(edges, workspace, asked)
        seen = work.survey(asked.over(domain, work.starting.request))
        refuse_other_signing(seen)
        _refuse_held_senders(work, seen)
        _leave_spf(work, seen)
        _import_leaving_senders(work, seen)
        plan = _converge(work, seen)
        _forget_gone_senders(work, seen, plan)
        pause_again(edges, domain, seen.standing)
        workspace.note_standing(seen.standing)
        settled = seen if plan.empty else _correct_dkim_suffix(work, seen)
        repairs = repair(edges, domain, settled.spec.region, settled.identity)
        if repairs:  # SES may have chosen other tokens
            settled = _correct_dkim_suffix(work, settled)
            tell_if_in_vain(edges, domain, repairs, settled.identity)
        if not plan.empty:
            workspace.remember(settled.remembered)  # by now the zone that was made has an id
        credentials = ensure_credentials(edges, workspace, settled.spec)
        return describe(edges, settled, credentials, plan.counts, repairs)


def wait_for_verification(edges: Edges, report: DomainReport, limit: timedelta) -> DomainReport:
    """Wait until SES has verified the domain or the time is up, and return the report as it is then."""
    for step in report.all_steps:
        edges.progress.note(step)
    identity = wait_until_settled(edges, report.domain, report.spec.region, limit)
    return describe_again(edges, report, identity)


def plan_domain(edges: Edges, domain: DomainName, asked: Asked) -> Planned:
    """Say what `new-domain` would do; nothing on AWS is changed and nothing is remembered."""
    with edges.workspaces.open(domain) as workspace, discarded_if_unused(workspace):
        work = _begin(edges, workspace, asked)
        seen = work.survey(asked.over(domain, work.starting.request))
        refuse_other_signing(seen)
        _refuse_held_senders(work, seen)
        with reviewed_plan(work, seen, dry_run=True) as plan:
            held, repairs = held_credentials(edges, seen.spec), repairs_of(seen.identity)
            return Planned(describe(edges, seen, held, plan.counts, repairs), plan)


def _begin(edges: Edges, workspace: Workspace, asked: Asked) -> Undertaking:
    salvage(edges, workspace)
    dropped = (module_of(SmtpUser(workspace.domain, name)) for name in asked.dropped_senders)
    permits = Permits(asked.take_over, (*asked.allow_delete, *dropped), asked.confirmed)
    remembered = recall_or_recover(edges, workspace, asked)
    if remembered is None:
        _warn_of_foreign_character(edges, workspace.domain)
    return Undertaking(edges, workspace, Starting(remembered, permits))


def _warn_of_foreign_character(edges: Edges, domain: DomainName) -> None:
    if foreign := domain.foreign_character:
        edges.progress.warn(
            f"{domain} is {domain.unicode}, and IDNA 2008 allows no {named(foreign)} in a name: it is taken as it is, "
            "but mail programs and receivers that follow the standard may refuse its addresses"
        )


def _refuse_held_senders(work: Undertaking, seen: Survey) -> None:
    """Refuse to take a sender away whose IAM user holds more than ours: IAM would not delete it."""
    leaving = work.starting.leaving(seen.request).names
    refuse_unless_removable(work.edges, [SmtpUser(work.domain, name) for name in leaving])


def _leave_spf(work: Undertaking, seen: Survey) -> None:
    """Give the TXT set at the domain back when SPF there is not wanted any more."""
    before = work.starting.remembered
    if seen.request.spf is Spf.SKIP and before and before.decisions and before.request.spf is not Spf.SKIP:
        give_back(work, replace(seen, decisions=before.decisions))


def _import_leaving_senders(work: Undertaking, seen: Survey) -> None:
    """Import the users of senders that are to be removed but are missing in the state.

    Otherwise Terraform would not delete them.
    """
    leaving = work.starting.leaving(seen.request)
    if not leaving.listed:
        return
    spec = replace(seen.spec, senders=leaving.beside(seen.spec.senders))
    with reviewed_plan(work, replace(seen, spec=spec)) as plan:
        lost = {smtp_user_at(work.domain, change.address) for change in plan.changes if change.importing}
        if lost & {SmtpUser(work.domain, name) for name in leaving.names}:
            work.workspace.remember(_with_leaving(work, seen))
            apply(work, plan)


def _forget_gone_senders(work: Undertaking, seen: Survey, plan: Plan) -> None:
    """Forget the credentials of senders that are gone, and only now that these had been asked for."""
    names = work.starting.leaving(seen.request).names
    for user in {*deleted_users(work.domain, plan), *(SmtpUser(work.domain, name) for name in names)}:
        work.edges.store.remove(user)
    if names:
        work.workspace.remember(seen.remembered)


def _converge(work: Undertaking, seen: Survey) -> Plan:
    """Apply, and repeat (at most 3 times) when AWS already has something that the state lacks.

    Returns the first plan, which counts every change.
    """
    first: Plan | None = None
    for attempt in range(1, _LOOKS + 1):
        try:
            with reviewed_plan(work, seen) as plan:
                first = first or plan
                _apply(work, seen, plan)
                return first
        except Unrecorded as error:
            if attempt == _LOOKS:
                raise
            work.step(f"{error.message.splitlines()[0]}; looking again")
        seen = work.survey_again(seen)
    raise AssertionError("the last look returns or raises")


def _apply(work: Undertaking, seen: Survey, plan: Plan) -> None:
    refuse_unless_removable(work.edges, deleted_users(work.domain, plan))
    work.workspace.remember(_with_leaving(work, seen))
    end_keys(work.edges, work.domain, plan)
    if not plan.empty:
        work.step(f"applying {describe_counts(plan.counts)}")
        apply(work, plan)
        join(work, seen)


def _with_leaving(work: Undertaking, seen: Survey) -> Remembered:
    """Return what is to be remembered while senders are not gone yet: a run that dies may be repeated."""
    senders = work.starting.leaving(seen.request).beside(seen.request.senders)
    return replace(seen.remembered, request=replace(seen.request, senders=senders))


def _correct_dkim_suffix(work: Undertaking, seen: Survey) -> Survey:
    """Look again, and publish the DKIM records anew when SES chose other ones than were planned.

    That is another suffix than the region's documented one, which SES names only once the identity exists and the
    provider does not expose; or other tokens, which may come with another length of the key.
    """
    now = work.survey_again(seen)
    had, has = (one.identity.dkim_tokens if one.identity else () for one in (seen, now))
    if now.spec.signing_hosted_zone != seen.spec.signing_hosted_zone or (had and had != has):
        work.step(f"SES signs under {now.spec.signing_hosted_zone}, correcting the records")
        _converge(replace(work, starting=Starting(seen.remembered)), now)
    return now
