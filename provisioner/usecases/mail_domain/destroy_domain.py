"""Take a domain off SES again: only what is ours, and in an order that can be interrupted and repeated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from provisioner.core.asked.command_line import Asked
from provisioner.core.mail_domain.records import Purpose, Record, desired_records
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.terraform import addresses
from provisioner.core.terraform.addresses import Import
from provisioner.core.terraform.plan import Plan
from provisioner.core.values.domain import DomainName
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.credentials.keys import deleted_users, end_keys
from provisioner.usecases.credentials.removal import refuse_unless_removable
from provisioner.usecases.home import unknown_domain
from provisioner.usecases.mail_domain.converge import apply, reviewed_plan
from provisioner.usecases.mail_domain.existing import existing
from provisioner.usecases.mail_domain.healing import recall_or_recover, recover, salvage
from provisioner.usecases.mail_domain.sent_lately import refuse_if_in_use
from provisioner.usecases.mail_domain.shared_txt import give_back, shares_apex
from provisioner.usecases.mail_domain.survey import Survey
from provisioner.usecases.mail_domain.undertaking import Starting, Undertaking, discarded_if_unused
from provisioner.usecases.telling import ProgressTeller


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What was (or, in a dry run, would be) destroyed; `kept_zone` is the id of a zone left in place."""

    domain: DomainName
    changes: Mapping[str, int]
    kept_zone: str | None
    plan: Plan

    def to_document(self) -> dict[str, object]:
        """Return the document of `destroy-domain --json`."""
        return {"domain": self.domain.ascii, "changes": dict(self.changes), "kept_zone": self.kept_zone}


@dataclass(frozen=True, slots=True)
class Consent:
    """What the user has agreed to: leaving a zone of ours in place, ending a domain that still sends, only looking."""

    keep_zone: bool = False
    though_it_sends: bool = False
    dry_run: bool = False


def destroy_domain(edges: Edges, domain: DomainName, asked: Asked, consent: Consent) -> Destroyed:
    """Destroy what `new-domain` made; the stored credentials and the workspace go last."""
    if edges.workspaces.peek(domain) is None and recover(edges, domain, asked) is None:
        raise unknown_domain(domain)
    with edges.workspaces.open(domain) as workspace, discarded_if_unused(workspace):
        work, seen = _begin(edges, workspace, asked, dry_run=consent.dry_run)
        kept = _zone_to_keep(seen, keep_zone=consent.keep_zone)
        refuse_if_in_use(edges, domain, seen.spec.smtp_users, anyway=consent.though_it_sends)
        refuse_unless_removable(edges, seen.spec.smtp_users)
        if not consent.dry_run:
            return _take_apart(work, seen, kept)
        with _planned_destruction(work, seen) as plan:
            return Destroyed(domain, plan.counts, kept, plan)


def _begin(edges: Edges, workspace: Workspace, asked: Asked, *, dry_run: bool) -> tuple[Undertaking, Survey]:
    """Return what is there; a lost workspace is healed first, so that Terraform knows what to destroy."""
    salvage(edges, workspace)
    is_lost = workspace.recall() is None
    remembered = recall_or_recover(edges, workspace, asked)
    if remembered is None:
        raise unknown_domain(workspace.domain)
    work = Undertaking(edges, workspace, Starting(remembered), leaving=True)
    seen = work.survey(remembered.request)
    return work, _heal(work, seen) if is_lost and not dry_run else seen


def _heal(work: Undertaking, seen: Survey) -> Survey:
    """Import what the state has lost, and return what is there then."""
    with reviewed_plan(work, seen) as plan:
        work.workspace.remember(seen.remembered)
        if not plan.empty:
            apply(work, plan)
    return work.survey_again(seen)


def _take_apart(work: Undertaking, seen: Survey, kept: str | None) -> Destroyed:
    """Destroy; what exists although the state has lost it is imported first, for Terraform would leave it behind."""
    for is_healed in (False, True):
        _detach(work, seen, kept)
        with _planned_destruction(work, seen) as plan:
            lost = () if is_healed else _lost(work.edges, seen, plan, kept)
            if not lost:
                _destroy(work, seen.spec, plan)
                return Destroyed(work.domain, plan.counts, kept, plan)
        work.edges.progress.note(f"{work.domain}: {len(lost)} resources exist that the state has lost; taking them in")
        seen = _heal(work, work.survey_again(seen))
    raise AssertionError("the second attempt returns or raises")


def _lost(edges: Edges, seen: Survey, plan: Plan, kept: str | None) -> tuple[Import, ...]:
    known = {change.address for change in plan.changes}
    known |= {addresses.ZONE} if kept is not None else set()
    known |= {addresses.record(Purpose.SPF)} if shares_apex(seen) else set()  # given back
    return existing(edges, seen, addresses.addresses_of(seen.spec) - known, take_over=False)


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


def _destroy(work: Undertaking, spec: MailDomain, plan: Plan) -> None:
    refuse_unless_removable(work.edges, deleted_users(work.domain, plan))  # also what the state alone knows
    end_keys(work.edges, work.domain, plan)
    if not plan.empty:
        work.step(f"destroying {plan.counts['destroy']} resources")
        apply(work, plan)
    for user in {*spec.smtp_users, *deleted_users(work.domain, plan)}:
        work.edges.store.remove(user)
    work.workspace.remove()
