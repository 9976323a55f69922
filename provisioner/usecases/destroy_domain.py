"""Take a domain off SES again: only what is ours, and in an order that can be interrupted and repeated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from provisioner.core.desired import Record, desired_records
from provisioner.core.domain import DomainName
from provisioner.core.identity import IdentityStatus
from provisioner.core.plan import Plan
from provisioner.core.request import Request
from provisioner.core.spec import MailDomain
from provisioner.errors import Refused
from provisioner.ports import Edges, Workspace
from provisioner.usecases.converge import Teller, apply
from provisioner.usecases.credential import delete_keys
from provisioner.usecases.inspection import remembered
from provisioner.usecases.survey import survey

_ZONE_ADDRESS = "module.mail_domain.aws_route53_zone.this[0]"


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


def destroy_domain(edges: Edges, domain: DomainName, *, keep_zone: bool, dry_run: bool) -> Destroyed:
    """Destroy what `new-domain` made; the stored credential and the workspace go last."""
    remembered(edges, domain)
    with edges.workspaces.open(domain) as workspace:
        found = survey(edges, domain, _request(workspace, domain, edges))
        kept = _zone_to_keep(edges, found.spec, found.identity, keep_zone=keep_zone)
        workspace.write_root(edges.templates.root(found.spec))
        with _planned(edges, workspace, kept, dry_run=dry_run) as plan:
            if not dry_run:
                _destroy(edges, workspace, found.spec, plan)
        return Destroyed(domain, plan.counts, kept, plan)


def _request(workspace: Workspace, domain: DomainName, edges: Edges) -> Request:
    # Read again under the lock: another process may have changed or removed it since.
    return workspace.request() or remembered(edges, domain).request


def _zone_to_keep(edges: Edges, spec: MailDomain, identity: IdentityStatus | None, *, keep_zone: bool) -> str | None:
    """Return the id of a zone of ours that stays; raises `Refused` when it holds records that are not ours."""
    zones = edges.zones.public_zones(spec.zone.name) if spec.zone.mode == "created" else ()
    if not zones:
        return None
    if keep_zone:
        return zones[0].id
    foreign = _foreign(edges.zones.record_sets(zones[0].id), spec, identity)
    if foreign:
        named = ", ".join(f"{record.type} {record.name}" for record in foreign)
        raise Refused(
            "zone_holds_records",
            f"{spec.domain}: zone {zones[0].id} holds {len(foreign)} record sets that are not ours: {named}",
            "give --keep-zone to leave the zone and these records in place, or delete them first",
        )
    return None


def _foreign(existing: Sequence[Record], spec: MailDomain, identity: IdentityStatus | None) -> list[Record]:
    ours = {(r.name, r.type) for r in desired_records(spec, identity.dkim_tokens if identity else ())}
    ours |= {(spec.zone.name, "NS"), (spec.zone.name, "SOA")}
    return [record for record in existing if (record.name, record.type) not in ours]


@contextmanager
def _planned(edges: Edges, workspace: Workspace, kept: str | None, *, dry_run: bool) -> Iterator[Plan]:
    if kept is not None and not dry_run:
        edges.terraform.forget(workspace.path, _ZONE_ADDRESS)
    edges.progress.step(f"{workspace.domain}: planning the destruction")
    plan = edges.terraform.plan(workspace.path, Teller(edges.progress), destroy=True)
    try:
        yield plan
    finally:
        edges.terraform.discard(workspace.path, plan)


def _destroy(edges: Edges, workspace: Workspace, spec: MailDomain, plan: Plan) -> None:
    delete_keys(edges, spec.iam_user)
    if not plan.empty:
        edges.progress.step(f"{spec.domain}: destroying {plan.counts['destroy']} resources")
        apply(edges, workspace, plan)
    edges.store.remove(spec.domain)
    workspace.remove()
