"""The TXT set at the domain, where others share it: our part is put in and given back here, and never by Terraform.

Each edit is made on what stands there at that moment, in one step that AWS refuses when somebody else was faster: then
it is made again on what they have left. So no value of theirs is lost, and their order stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Spf
from provisioner.core.dns.txt_set import TxtSet
from provisioner.core.mail_domain.records import Record
from provisioner.core.spf.merge import Part, merge, unmerge
from provisioner.core.terraform.differences import Difference
from provisioner.core.terraform.plan import Change, Plan
from provisioner.core.terraform.shared_txt import ADDRESS, difference, edit, is_deleted_by
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.decisions.spf import has_unmergeable_txt, others_of, txt_set
from provisioner.usecases.mail_domain.decisions.zone import find_zone
from provisioner.usecases.mail_domain.survey import Survey
from provisioner.usecases.mail_domain.undertaking import Undertaking

_ATTEMPTS = 5  # that somebody is faster each time is no coincidence any more


def shares_apex(seen: Survey) -> bool:
    """Say whether the TXT set at the domain holds something that has to stay when we go."""
    return _others(seen, seen.live) is not None


def leaves_set_behind(seen: Survey) -> bool:
    """Say whether a TXT set at the domain outlives us, so that Terraform, where its state knows it, must forget it."""
    has_part = seen.decisions.spf_part not in (None, Part.NOTHING)
    return has_part and (shares_apex(seen) or has_unmergeable_txt(seen.live, seen.spec.domain.ascii))


def giving_back(seen: Survey) -> Change | None:
    """Return the change of a shared set that loses our part and nothing else, None where there is none."""
    name = seen.spec.domain.ascii
    live, rest = txt_set(seen.live, name), _others(seen, seen.live)
    return None if live is None or rest is None or rest == live else edit(name, live, rest)


def with_edit(plan: Plan, seen: Survey, before: Remembered | None) -> Plan:
    """Return the plan with the change of a shared set that the run makes besides."""
    live = txt_set(seen.live, seen.spec.domain.ascii)
    wanted = seen.spec.apex_txt if seen.spec.shares_apex else _left_behind(seen, before)
    if live is None or wanted is None or wanted == live:
        return plan
    return plan.plus(edit(seen.spec.domain.ascii, live, wanted))


def without_edit(plan: Plan) -> Plan:
    """Return what Terraform has to apply of a plan."""
    return Plan(plan.file, tuple(c for c in plan.changes if (c.address, c.kind) != (ADDRESS, "update")))


def refuse_if_joined(work: Undertaking, plan: Plan) -> None:
    """Refuse to delete the set whole when somebody has added to it since it was looked at and ours alone."""
    decided = work.starting.remembered.decisions if work.starting.remembered else None
    zone = find_zone(work.edges, decided.zone) if decided and is_deleted_by(plan) else None
    if decided is None or zone is None:
        return
    live = work.edges.zones.record_sets_around(zone, work.domain.ascii)
    others = others_of(live, work.domain.ascii, decided.spf_part)
    if others is not None:
        message = (
            f"{work.domain}: somebody has added to the TXT set at the domain meanwhile: {' | '.join(others.texts)}"
        )
        raise Refused(
            "txt_changed", message, "it was not touched; run the command again, which takes out our part only"
        )


def differences(seen: Survey, found: Sequence[Difference]) -> Sequence[Difference]:
    """Return what Terraform found to differ, and whether a shared set does, of which it knows nothing or old things."""
    if not seen.spec.shares_apex:
        return found
    name, wanted = seen.spec.domain.ascii, seen.spec.apex_txt
    live = txt_set(seen.live, name)
    others = [one for one in found if one.address != ADDRESS]
    return others if wanted is None or live is None or wanted == live else [*others, difference(name, wanted, live)]


def join(work: Undertaking, seen: Survey) -> None:
    """Put our part into a set that others share; nothing is written when it is in there."""
    if seen.spec.shares_apex:
        _change(work, seen, lambda standing: merge(standing, name=work.domain.ascii).result)


def give_back(work: Undertaking, seen: Survey) -> None:
    """Take our part out of a set that others share.

    A set that is not ours alone leaves Terraform's state too, where earlier versions kept it, or it would go whole.
    """
    part = seen.decisions.spf_part
    if part is not None and shares_apex(seen):
        _change(work, seen, lambda standing: unmerge(standing, part))
    if leaves_set_behind(seen):
        work.edges.terraform.forget(work.workspace.path, ADDRESS)


def _change(work: Undertaking, seen: Survey, changed: Callable[[TxtSet], TxtSet | None]) -> None:
    live, attempts = _apex(seen, seen.live), 0
    while live is not None and seen.zone is not None:
        wanted = changed(TxtSet(live.ttl, live.raw))
        if wanted is None or wanted == TxtSet(live.ttl, live.raw):
            return
        work.step(f"changing our part of the TXT record set at {work.domain}")
        try:
            work.edges.zones.replace(seen.zone.id, live, replace(live, values=wanted.texts, raw=wanted.values))
            return
        except Refused as error:
            attempts += 1
            if error.code != "record_changed" or attempts == _ATTEMPTS:
                raise
        live = _apex(seen, work.edges.zones.record_sets_around(seen.zone, work.domain.ascii))


def _left_behind(seen: Survey, before: Remembered | None) -> TxtSet | None:
    """Return what stays of a shared set when SPF is not wanted any more; None when there is no such set."""
    if seen.request.spf is not Spf.SKIP or before is None or before.decisions is None:
        return None
    return others_of(seen.live, seen.spec.domain.ascii, before.decisions.spf_part)


def _others(seen: Survey, records: Sequence[Record]) -> TxtSet | None:
    return others_of(records, seen.spec.domain.ascii, seen.decisions.spf_part)


def _apex(seen: Survey, records: Iterable[Record]) -> Record | None:
    at_domain = (r for r in records if (r.name, r.type) == (seen.spec.domain.ascii, "TXT") and r.is_simple)
    return next(at_domain, None)
