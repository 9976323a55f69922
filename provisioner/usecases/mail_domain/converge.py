"""From a specification to a reviewed plan, and from the plan to AWS; what `new-domain`, `plan` and destroy share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from provisioner.core.asked.request import Dmarc, Request
from provisioner.core.mail_domain.records import Purpose, tokens_published
from provisioner.core.terraform import addresses
from provisioner.core.terraform.addresses import Import, record
from provisioner.core.terraform.plan import Plan, guard
from provisioner.core.terraform.shared_txt import is_written_by
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import Unrecorded
from provisioner.usecases.mail_domain.existing import existing
from provisioner.usecases.mail_domain.in_the_way import refuse_conflicts
from provisioner.usecases.mail_domain.left_alone import left_alone
from provisioner.usecases.mail_domain.own_account import refuse_state_of_others
from provisioner.usecases.mail_domain.shared_txt import refuse_if_joined, with_edit, without_edit
from provisioner.usecases.mail_domain.survey import Survey
from provisioner.usecases.mail_domain.taking_over import refuse_unseen_replacement
from provisioner.usecases.mail_domain.undertaking import Starting, Undertaking
from provisioner.usecases.telling import ProgressTeller


def apply(work: Undertaking, plan: Plan) -> None:
    """Apply exactly the plan that was reviewed, telling each resource as it is done."""
    plan = without_edit(plan)
    total = sum(2 if change.kind == "replace" else change.acts for change in plan.changes)  # taken away, and made
    if total:
        work.edges.terraform.apply(work.workspace.path, plan, ProgressTeller(work.edges.progress, total))


@contextmanager
def reviewed_plan(work: Undertaking, seen: Survey, *, dry_run: bool = False) -> Iterator[Plan]:
    """Render, plan and review; the plan file is gone when the block ends, applied or not.

    What is not ours any more leaves Terraform's state, unless it is a `dry_run`. Raises `Refused` for a plan that
    deletes what nobody asked to delete, and for records of others in its way.
    """
    work.step("planning")
    plan = _plan(work, seen, ())
    try:
        refuse_state_of_others(work.edges, work.domain, plan.accounts)
        take_over = work.starting.permits.take_over
        imports = existing(work.edges, seen, _created(plan), take_over=take_over)
        if imports:
            work.step(f"planning again, to take in {len(imports)} existing resources")
            plan = _plan(work, seen, imports)
        if imports and take_over:
            agreed = dry_run or work.starting.permits.replacing
            refuse_unseen_replacement(work.edges, seen, imports, plan, agreed=agreed)
        left = left_alone(seen, work.starting.remembered, plan)
        if left:
            plan = plan.without(left) if dry_run else _plan_without(work, seen, imports, left)
        if is_written_by(plan):
            raise _txt_changed(work)
        refuse_if_joined(work, plan)
        plan = with_edit(plan, seen, work.starting.remembered)
        guard(work.domain.ascii, plan, _deletable(work.starting, seen, _created(plan)))
        refuse_conflicts(work, seen, _created(plan))
        yield plan
    finally:
        work.edges.terraform.discard(work.workspace.path, plan)


def _plan(work: Undertaking, seen: Survey, imports: Sequence[Import]) -> Plan:
    work.workspace.write_root(work.edges.templates.root(seen.spec, imports))
    return work.edges.terraform.plan(work.workspace.path, ProgressTeller(work.edges.progress))


def _plan_without(work: Undertaking, seen: Survey, imports: Sequence[Import], left: Collection[str]) -> Plan:
    """Forget what is not ours any more, and plan again."""
    for address in left:
        work.edges.terraform.forget(work.workspace.path, address)
    work.step("planning again, without what others have put in the place of ours")
    return _plan(work, seen, imports)


def _txt_changed(work: Undertaking) -> Unrecorded:
    message = f"{work.domain}: somebody changed the TXT set at the domain meanwhile; it was not touched"
    return Unrecorded("txt_changed", message, "run the command again")


def _created(plan: Plan) -> frozenset[str]:
    return frozenset(change.address for change in plan.changes if change.kind in ("create", "replace"))


def _deletable(starting: Starting, seen: Survey, created: Collection[str]) -> list[str]:
    """Return the addresses that the run may delete or replace."""
    gone = [SmtpUser(seen.spec.domain, name) for name in starting.leaving(seen.request).names]
    return [
        *_changed_by_options(seen.request, starting.request),
        *map(addresses.module_of, gone),
        *starting.permits.deletions,
        *_following(seen, created),
        *([addresses.EVENTS] if seen.leaves_feedback else []),
    ]


def _changed_by_options(request: Request, before: Request | None) -> Collection[str]:
    """Return the addresses that the change of options itself replaces or deletes."""
    allowed: list[str] = []
    if before is not None and request.mail_from != before.mail_from:
        allowed += [record(Purpose.MAIL_FROM_MX), record(Purpose.MAIL_FROM_SPF)]
    if before is not None and request.spf != before.spf:
        allowed.append(record(Purpose.SPF))  # a set that others share has been given back, and left the state
    if request.dmarc is Dmarc.SKIP:
        allowed.append(record(Purpose.DMARC))  # also when the run that was asked first died before it was gone
    return allowed


def _following(seen: Survey, created: Collection[str]) -> Collection[str]:
    """Return the addresses that have to be replaced where SES asks for other DKIM tokens than the zone has."""
    tokens = seen.identity.dkim_tokens if seen.identity else ()
    outdated = set(tokens_published(seen.spec.domain, seen.live)) - set(tokens)
    return addresses.dkim_records() if addresses.IDENTITY in created or (tokens and outdated) else ()
