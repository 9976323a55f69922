"""Take a domain off SES again: only what is ours, and in an order that can be interrupted and repeated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from provisioner.core.asked.command_line import Asked
from provisioner.core.mail_domain.records import Record, desired_records
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.terraform import addresses
from provisioner.core.terraform.addresses import Import
from provisioner.core.terraform.plan import Plan
from provisioner.core.values.domain import DomainName
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.credentials.keys import deleted_users, end_keys
from provisioner.usecases.home import unknown_domain
from provisioner.usecases.mail_domain.converge import Before, apply, reviewed_plan
from provisioner.usecases.mail_domain.giving_back import give_back, restore_order, shares_apex
from provisioner.usecases.mail_domain.healing import existing, recovered, remembered_or_recovered, salvage
from provisioner.usecases.mail_domain.sent_lately import refuse_if_in_use
from provisioner.usecases.mail_domain.survey import Survey, survey
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
    dry_run = consent.dry_run
    if edges.workspaces.peek(domain) is None and recovered(edges, domain, asked) is None:
        raise unknown_domain(domain)
    with edges.workspaces.open(domain) as workspace:
        try:
            salvage(edges, workspace)
            found = _surveyed(edges, workspace, domain, asked, dry_run=dry_run)
            kept = _zone_to_keep(found, keep_zone=consent.keep_zone)
            refuse_if_in_use(edges, found.spec, anyway=consent.though_it_sends)
            if not dry_run:
                if restore_order(edges, workspace, found):
                    found = survey(edges, domain, found.request)
                return _taken_apart(edges, workspace, found, kept)
            with _planned(edges, workspace, found) as plan:
                return Destroyed(domain, plan.counts, kept, plan)
        finally:
            workspace.discard_if_unused()


def _surveyed(edges: Edges, workspace: Workspace, domain: DomainName, asked: Asked, *, dry_run: bool) -> Survey:
    """Return what is there; a lost workspace is healed first, so that Terraform knows what to destroy."""
    before = workspace.request()
    request = remembered_or_recovered(edges, domain, before, asked)
    if request is None:
        raise unknown_domain(domain)
    found = survey(edges, domain, request)
    return _taken_in(edges, workspace, found) if before is None and not dry_run else found


def _taken_in(edges: Edges, workspace: Workspace, found: Survey) -> Survey:
    """Heal the state, and return what is there then."""
    with reviewed_plan(edges, workspace, found, Before(found.request)) as plan:
        workspace.remember(found.request)
        if not plan.empty:
            apply(edges, workspace, plan)
    return survey(edges, found.spec.domain, found.request)


def _taken_apart(
    edges: Edges, workspace: Workspace, found: Survey, kept: str | None, *, healed: bool = False
) -> Destroyed:
    """Destroy; what exists although the state has lost it is taken in first, for Terraform would leave it behind."""
    _detach(edges, workspace, found, kept)
    with _planned(edges, workspace, found) as plan:
        lost = () if healed else _lost(edges, found, plan, kept)
        if not lost:
            _destroy(edges, workspace, found.spec, plan)
            return Destroyed(found.spec.domain, plan.counts, kept, plan)
    edges.progress.note(f"{found.spec.domain}: {len(lost)} resources exist that the state has lost; taking them in")
    now = _taken_in(edges, workspace, survey(edges, found.spec.domain, found.request))
    return _taken_apart(edges, workspace, now, kept, healed=True)


def _lost(edges: Edges, found: Survey, plan: Plan, kept: str | None) -> tuple[Import, ...]:
    known = {change.address for change in plan.changes}
    known |= {addresses.ZONE} if kept is not None else set()
    known |= {addresses.record("spf")} if shares_apex(found) else set()  # given back
    return existing(edges, found, lambda address: address not in known, take_over=False)


def _zone_to_keep(found: Survey, *, keep_zone: bool) -> str | None:
    """Return the id of a zone of ours that stays; raises `Refused` when it holds records that are not ours."""
    if found.spec.zone.mode != "created" or found.zone is None:
        return None
    foreign = _foreign(found)
    if foreign and not keep_zone:
        named = ", ".join(f"{record.type} {record.name}" for record in foreign)
        raise Refused(
            "zone_holds_records",
            f"{found.spec.domain}: zone {found.zone.id} holds {len(foreign)} record sets that are not ours: {named}",
            "give --keep-zone to leave the zone and these records in place, or delete them first",
        )
    return found.zone.id if keep_zone else None


def _foreign(found: Survey) -> list[Record]:
    spec, tokens = found.spec, found.identity.dkim_tokens if found.identity else ()
    ours = {(r.name, r.type) for r in desired_records(spec, tokens)}
    ours |= {(spec.zone.name, "NS"), (spec.zone.name, "SOA")}
    if shares_apex(found):
        ours.discard((spec.domain.ascii, "TXT"))
    return [record for record in found.live if (record.name, record.type) not in ours]


def _detach(edges: Edges, workspace: Workspace, found: Survey, kept: str | None) -> None:
    """Take out of Terraform's hands what must survive."""
    give_back(edges, workspace, found)
    if kept is not None:
        edges.terraform.forget(workspace.path, addresses.ZONE)


@contextmanager
def _planned(edges: Edges, workspace: Workspace, found: Survey) -> Iterator[Plan]:
    workspace.write_root(edges.templates.root(found.spec))
    edges.progress.step(f"{workspace.domain}: planning the destruction")
    plan = edges.terraform.plan(workspace.path, ProgressTeller(edges.progress), destroy=True)
    try:
        yield plan
    finally:
        edges.terraform.discard(workspace.path, plan)


def _destroy(edges: Edges, workspace: Workspace, spec: MailDomain, plan: Plan) -> None:
    end_keys(edges, spec.domain, plan)
    if not plan.empty:
        edges.progress.step(f"{spec.domain}: destroying {plan.counts['destroy']} resources")
        apply(edges, workspace, plan)
    for user in {*spec.smtp_users, *deleted_users(spec.domain, plan)}:
        edges.store.remove(user)
    workspace.remove()
