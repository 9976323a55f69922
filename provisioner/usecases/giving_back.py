"""A TXT set that we share with others: kept in their order, and given back without our part, with all of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from provisioner.core.addresses import record
from provisioner.core.desired import Record
from provisioner.core.plan import Plan
from provisioner.core.request import Spf
from provisioner.core.spf import Part, unmerge
from provisioner.core.txt import unquoted
from provisioner.core.txt_set import TxtSet
from provisioner.ports import Edges, Workspace
from provisioner.usecases.merging import txt_set
from provisioner.usecases.survey import Survey


def shares_apex(found: Survey) -> bool:
    """Say whether the TXT set at the domain holds something that has to stay when we go."""
    return _rest(found) is not None


def give_back(edges: Edges, workspace: Workspace, found: Survey) -> None:
    """Take our part out of a shared TXT set, and the set out of Terraform's state, which would delete it whole."""
    rest, live = _rest(found), _live(found)
    if rest is None or live is None or found.zone is None:
        return
    if rest != TxtSet(live.ttl, live.raw):
        edges.progress.step(f"{found.spec.domain}: taking our part out of the TXT record set")
        texts = tuple(unquoted(value) for value in rest.values)
        edges.zones.replace(found.zone.id, live, replace(live, values=texts, raw=rest.values))
    edges.terraform.forget(workspace.path, record("spf"))


def keep_order(edges: Edges, found: Survey, plan: Plan) -> None:
    """Put the values of a shared TXT set back into their order, which Terraform has shuffled: it knows only sets."""
    wanted, zone = found.spec.apex_txt, found.zone
    written = any(change.address == record("spf") and change.kind != "no-op" for change in plan.changes)
    if wanted is None or zone is None or not written:
        return
    live = _apex(found, edges.zones.record_sets(zone.id))
    if live is not None and live.raw != wanted.values and sorted(live.raw) == sorted(wanted.values):
        edges.zones.replace(zone.id, live, replace(live, values=wanted.texts, raw=wanted.values))


def _rest(found: Survey) -> TxtSet | None:
    part = found.request.spf_part
    if part in (None, Part.NOTHING) or found.request.spf is Spf.SKIP:
        return None
    return unmerge(txt_set(found.live, found.spec.domain.ascii), part)


def _live(found: Survey) -> Record | None:
    return _apex(found, found.live)


def _apex(found: Survey, records: Iterable[Record]) -> Record | None:
    return next((r for r in records if (r.name, r.type) == (found.spec.domain.ascii, "TXT")), None)
