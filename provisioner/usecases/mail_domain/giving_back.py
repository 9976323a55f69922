"""A TXT set that we share with others: kept in their order, and given back without our part, with all of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from provisioner.core.dns.txt import unquoted
from provisioner.core.dns.txt_set import TxtSet
from provisioner.core.mail_domain.records import Purpose, Record
from provisioner.core.spf.merge import Part, unmerge
from provisioner.core.terraform.addresses import record
from provisioner.core.terraform.plan import Plan
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.decisions.spf import txt_set
from provisioner.usecases.mail_domain.survey import Survey
from provisioner.usecases.mail_domain.undertaking import Undertaking


def shares_apex(seen: Survey) -> bool:
    """Say whether the TXT set at the domain holds something that has to stay when we go."""
    return _rest(seen) is not None


def given_back(seen: Survey) -> tuple[Record, Record] | None:
    """Return a shared TXT set as it is and as it will be without our part; None when we share none, or have no part."""
    rest, live = _rest(seen), _apex(seen, seen.live)
    if rest is None or live is None or seen.zone is None or rest == TxtSet(live.ttl, live.raw):
        return None
    return live, replace(live, values=tuple(map(unquoted, rest.values)), raw=rest.values)


def give_back(work: Undertaking, seen: Survey) -> None:
    """Take our part out of a shared TXT set, and the set out of Terraform's state, which would delete it whole."""
    if _rest(seen) is None or _apex(seen, seen.live) is None or seen.zone is None:
        return
    both = given_back(seen)
    if both is not None:
        work.step("taking our part out of the TXT record set")
        work.edges.zones.replace(seen.zone.id, *both)
    work.edges.terraform.forget(work.workspace.path, record(Purpose.SPF))


@contextmanager
def keep_order(work: Undertaking, seen: Survey, plan: Plan) -> Iterator[None]:
    """Keep the values of a shared TXT set in their order over an apply, which shuffles them: Terraform knows only sets.

    The order is written down before: a run that dies in between leaves it to the next one, see `restore_order`.
    """
    wanted, zone = seen.spec.apex_txt, seen.zone
    written = any(change.address == record(Purpose.SPF) and change.kind != "no-op" for change in plan.changes)
    if wanted is None or zone is None or not written:
        yield
        return
    work.workspace.intend_order(wanted.values)
    yield
    _order(work.edges, zone.id, _apex(seen, work.edges.zones.record_sets(zone.id)), wanted.values)
    work.workspace.settle_order()


def restore_order(work: Undertaking, seen: Survey) -> Survey:
    """Put a TXT set into the order that a run that died had written down, and return what is there then."""
    values = work.workspace.order_intent()
    if values is None:
        return seen
    changed = seen.zone is not None and _order(work.edges, seen.zone.id, _apex(seen, seen.live), values)
    work.workspace.settle_order()
    return work.survey_again(seen) if changed else seen


def _order(edges: Edges, zone_id: str, live: Record | None, values: tuple[str, ...]) -> bool:
    """Put the values of a set into this order, if it holds the same ones in another."""
    if live is None or live.raw == values or sorted(live.raw) != sorted(values):
        return False
    edges.zones.replace(zone_id, live, replace(live, values=tuple(map(unquoted, values)), raw=values))
    return True


def _rest(seen: Survey) -> TxtSet | None:
    part = seen.decisions.spf_part
    if part is None or part is Part.NOTHING:
        return None
    return unmerge(txt_set(seen.live, seen.spec.domain.ascii), part)


def _apex(seen: Survey, records: Iterable[Record]) -> Record | None:
    return next((r for r in records if (r.name, r.type) == (seen.spec.domain.ascii, "TXT")), None)
