"""Take a domain off SES again: only what is ours, and in an order that can be interrupted and repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from provisioner.core.asked.command_line import Asked
from provisioner.core.mail_domain.records import Record, desired_records
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.terraform import addresses
from provisioner.core.terraform.plan import Plan
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.credentials.keys import deleted_users, end_keys
from provisioner.usecases.credentials.removal import refuse_unless_removable
from provisioner.usecases.mail_domain.converge import apply, reviewed_plan
from provisioner.usecases.mail_domain.destruction import Destruction, look
from provisioner.usecases.mail_domain.healing import recall_or_recover, recover, salvage
from provisioner.usecases.mail_domain.leaving_dns import leave_dns
from provisioner.usecases.mail_domain.leftovers import nothing_there
from provisioner.usecases.mail_domain.sent_lately import refuse_if_in_use
from provisioner.usecases.mail_domain.shared_txt import give_back, leaves_set_behind, refuse_if_joined, shares_apex
from provisioner.usecases.mail_domain.survey import Survey
from provisioner.usecases.mail_domain.undertaking import Starting, Undertaking, discarded_if_unused
from provisioner.usecases.telling import ProgressTeller

Agree = Callable[[Destruction], None]


@dataclass(frozen=True, slots=True)
class Consent:
    """What the user has agreed to: leaving a zone of ours in place, ending a domain that still sends, only looking."""

    keep_zone: bool = False
    though_it_sends: bool = False
    dry_run: bool = False


def destroy_domain(
    edges: Edges, domain: DomainName, asked: Asked, consent: Consent, agree: Agree = lambda _: None
) -> Destruction:
    """Destroy what `new-domain` made; the stored credentials and the workspace go last.

    `agree` is shown what goes before anything is touched, and raises when the user does not want it. A domain that is
    neither in this home nor on AWS needs nothing.
    """
    if edges.workspaces.peek(domain) is None and recover(edges, domain, asked) is None:
        return nothing_there(edges, domain, asked)
    with edges.workspaces.open(domain) as workspace, discarded_if_unused(workspace):
        started = _begin(edges, workspace, asked)
        return nothing_there(edges, domain, asked) if started is None else _destroy(*started, consent, agree)


def _begin(edges: Edges, workspace: Workspace, asked: Asked) -> tuple[Undertaking, Survey] | None:
    """Return what is there, None when nothing is known of the domain."""
    salvage(edges, workspace)
    remembered = recall_or_recover(edges, workspace, asked)
    if remembered is None:
        return None
    work = Undertaking(edges, workspace, Starting(remembered), leaving=True)
    return work, work.survey(remembered.request)


def _destroy(work: Undertaking, seen: Survey, consent: Consent, agree: Agree) -> Destruction:
    """Look, ask, destroy: exactly the plan that was looked at, unless something must be taken in or detached first."""
    kept = _zone_to_keep(seen, keep_zone=consent.keep_zone)
    refuse_if_in_use(work.edges, work.domain, seen.spec.smtp_users, anyway=consent.though_it_sends)
    refuse_unless_removable(work.edges, seen.spec.smtp_users)
    left = leave_dns(work.edges, seen, kept)
    with _planned_destruction(work, seen) as plan:
        refuse_unless_removable(work.edges, _only_in_state(work, seen, plan))
        found = look(work.edges, seen, plan, kept, left)
        if consent.dry_run:
            return found.going
        agree(found.going)
        if not (found.lost or kept or leaves_set_behind(seen)):
            _apply(work, seen.spec, plan)
            return found.going
    if found.lost:
        seen = _heal(work, seen, len(found.lost))
    _detach(work, seen, kept)
    with _planned_destruction(work, seen) as plan:
        _apply(work, seen.spec, plan)
    return found.going


def _only_in_state(work: Undertaking, seen: Survey, plan: Plan) -> Sequence[SmtpUser]:
    return [user for user in deleted_users(work.domain, plan) if user not in seen.spec.smtp_users]


def _heal(work: Undertaking, seen: Survey, lost: int) -> Survey:
    """Import what the state has lost, for Terraform would leave it behind, and return what is there then."""
    work.edges.progress.note(f"{work.domain}: {lost} resources exist that the state has lost; taking them in")
    with reviewed_plan(work, seen) as plan:
        work.workspace.remember(seen.remembered)
        if not plan.empty:
            apply(work, plan)
    return work.survey_again(seen)


def _zone_to_keep(seen: Survey, *, keep_zone: bool) -> str | None:
    """Return the id of a zone of ours that stays; raises `Refused` when it holds records that are not ours."""
    if not seen.spec.zone.is_ours or seen.zone is None:
        return None
    foreign = _foreign(seen)
    if foreign and not keep_zone:
        named = ", ".join(f"{record.type} {record.name}" for record in foreign)
        raise Refused(
            "zone_holds_records",
            f"{seen.spec.domain}: zone {seen.zone.id} holds {len(foreign)} record sets that are not ours: {named}",
            "give --keep-zone to leave the zone and these records in place, or delete them first",
        )
    return seen.zone.id if keep_zone else None


def _foreign(seen: Survey) -> list[Record]:
    spec, tokens = seen.spec, seen.identity.dkim_tokens if seen.identity else ()
    ours = {(r.name, r.type) for r in desired_records(spec, tokens)}
    ours |= {(spec.zone.name, "NS"), (spec.zone.name, "SOA")}
    if shares_apex(seen):
        ours.discard((spec.domain.ascii, "TXT"))
    return [r for r in seen.live if (r.name, r.type) not in ours or r.alias or r.set_identifier]


def _detach(work: Undertaking, seen: Survey, kept: str | None) -> None:
    """Take out of Terraform's hands what must survive."""
    give_back(work, seen)
    if kept is not None:
        work.edges.terraform.forget(work.workspace.path, addresses.ZONE)


@contextmanager
def _planned_destruction(work: Undertaking, seen: Survey) -> Iterator[Plan]:
    path, terraform = work.workspace.path, work.edges.terraform
    work.workspace.write_root(work.edges.templates.root(seen.spec))
    work.step("planning the destruction")
    plan = terraform.plan(path, ProgressTeller(work.edges.progress), destroy=True)
    try:
        yield plan
    finally:
        terraform.discard(path, plan)


def _apply(work: Undertaking, spec: MailDomain, plan: Plan) -> None:
    refuse_if_joined(work, plan)  # the user may have thought about it for long
    end_keys(work.edges, work.domain, plan)
    if not plan.empty:
        work.step(f"destroying {plan.counts['destroy']} resources")
        apply(work, plan)
    for user in {*spec.smtp_users, *deleted_users(work.domain, plan)}:
        work.edges.store.remove(user)
    work.workspace.remove()
