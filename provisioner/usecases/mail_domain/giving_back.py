"""A TXT set that we share with others: kept in their order, and given back without our part, with all of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from provisioner.core.asked.request import Spf
from provisioner.core.dns.txt import unquoted
from provisioner.core.dns.txt_set import TxtSet
from provisioner.core.mail_domain.records import Record
from provisioner.core.spf.merge import Part, unmerge
from provisioner.core.terraform.addresses import record
from provisioner.core.terraform.plan import Plan
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.mail_domain.merging import txt_set
from provisioner.usecases.mail_domain.survey import Survey


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


@contextmanager
def order_kept(edges: Edges, workspace: Workspace, found: Survey, plan: Plan) -> Iterator[None]:
    """Keep the values of a shared TXT set in their order over an apply, which shuffles them: Terraform knows only sets.

    The order is written down before: a run that dies in between leaves it to the next one, see `restore_order`.
    """
    wanted, zone = found.spec.apex_txt, found.zone
    written = any(change.address == record("spf") and change.kind != "no-op" for change in plan.changes)
    if wanted is None or zone is None or not written:
        yield
        return
    workspace.intend_order(wanted.values)
    yield
    _order(edges, zone.id, _apex(found, edges.zones.record_sets(zone.id)), wanted.values)
    workspace.order_settled()


def restore_order(edges: Edges, workspace: Workspace, found: Survey) -> bool:
    """Do what a run that died did not come to; return whether a TXT set was changed."""
    values = workspace.order_intent()
    if values is None:
        return False
    changed = found.zone is not None and _order(edges, found.zone.id, _apex(found, found.live), values)
    workspace.order_settled()
    return changed


def _order(edges: Edges, zone_id: str, live: Record | None, values: tuple[str, ...]) -> bool:
    """Put the values of a set into this order, if it holds the same ones in another."""
    if live is None or live.raw == values or sorted(live.raw) != sorted(values):
        return False
    edges.zones.replace(zone_id, live, replace(live, values=tuple(map(unquoted, values)), raw=values))
    return True


def _rest(found: Survey) -> TxtSet | None:
    part = found.request.spf_part
    if part in (None, Part.NOTHING) or found.request.spf is Spf.SKIP:
        return None
    return unmerge(txt_set(found.live, found.spec.domain.ascii), part)


def _live(found: Survey) -> Record | None:
    return _apex(found, found.live)


def _apex(found: Survey, records: Iterable[Record]) -> Record | None:
    return next((r for r in records if (r.name, r.type) == (found.spec.domain.ascii, "TXT")), None)
