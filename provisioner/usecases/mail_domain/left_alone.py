"""What Terraform's state holds of a domain although it is not ours any more: it leaves the state and stays on AWS."""

from __future__ import annotations

from collections.abc import Collection

from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Dmarc, DmarcPolicy
from provisioner.core.dmarc.protocol import record_text
from provisioner.core.dmarc.record import DmarcRecord, policy_of
from provisioner.core.mail_domain.records import Purpose, Record
from provisioner.core.terraform.addresses import EVENTS, record
from provisioner.core.terraform.plan import Plan
from provisioner.usecases.mail_domain.decisions.spf import has_unmergeable_txt, others_of
from provisioner.usecases.mail_domain.survey import Survey


def left_alone(seen: Survey, before: Remembered | None, plan: Plan) -> Collection[str]:
    """Return the addresses that a plan would delete, where somebody has put something of their own since."""
    doomed = {change.address for change in plan.changes if change.kind == "delete"}
    dmarc = set() if _stands_our_dmarc(seen, before) else {record(Purpose.DMARC)}
    spf = {record(Purpose.SPF)} if _has_others_at_domain(seen, before) else set()
    events = set() if seen.leaves_feedback else {EVENTS}  # another home may know the pipeline
    return doomed & (dmarc | spf | events)


def _has_others_at_domain(seen: Survey, before: Remembered | None) -> bool:
    name, decided = seen.spec.domain.ascii, before.decisions if before else None
    part = seen.decisions.spf_part or (decided.spf_part if decided else None)
    return has_unmergeable_txt(seen.live, name) or others_of(seen.live, name, part) is not None


def _stands_our_dmarc(seen: Survey, before: Remembered | None) -> bool:
    name = seen.spec.domain.child("_dmarc")
    return any(_is_as_we_made_it(stands, before) for stands in seen.live if (stands.name, stands.type) == (name, "TXT"))


def _is_as_we_made_it(standing: Record, before: Remembered | None) -> bool:
    """Compare with what was asked for; a run that died may have remembered already that DMARC is to be skipped."""
    if not standing.is_simple or len(standing.values) != 1:
        return False
    asked = before.request.dmarc if before else Dmarc.SKIP
    if before is None or asked is Dmarc.SKIP:
        return standing.values[0] == _in_our_form(standing.values[0])
    policy = (asked and asked.policy) or DmarcPolicy.NONE
    return standing.values[0] == record_text(policy, before.request.dmarc_rua)


def _in_our_form(text: str) -> str | None:
    found = DmarcRecord.parse(text)
    policy = policy_of(found.get("p")) if found else None
    rua = next((uri.address for uri in found.uris("rua")), None) if found else None
    return record_text(policy, rua) if policy else None
