"""Replace a user's access key without an outage: four steps, each of which can be repeated and taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from provisioner.core.credentials.rotation import Rotation, Stage, left_of_grace
from provisioner.core.credentials.rotation_report import Handed, OldUse, Rotated, Use, rotate_command
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError, Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.acts import Act, Acts
from provisioner.usecases.credentials.guards import refuse_if_used, refuse_without, use_of
from provisioner.usecases.credentials.keys import refuse_unknown_keys, without_orphans
from provisioner.usecases.credentials.slots import note, rotation
from provisioner.usecases.credentials.stored import no_credential

GRACE = timedelta(hours=24)


class Step(StrEnum):
    """What is asked for."""

    PREPARE = "prepare"
    CONFIRM = "confirm"
    RETIRE = "retire"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Wish:
    """A step, or None to look only; how long the old key stays switched off, and whether it may be so although used."""

    step: Step | None
    grace: timedelta = GRACE
    though_used: bool = False
    dry_run: bool = False


def rotate(edges: Edges, user: SmtpUser, wish: Wish) -> Rotated:
    """Take one step, or what is left of it, and say how it stands; raises `Refused` where the step would do harm.

    A step is a list of acts; what a run that dies leaves undone, the same step of the next run does.
    """
    if wish.step is None:
        return _told(edges, _look(edges, user), wish, changed=False)
    with edges.workspaces.open(user.domain) as workspace:
        seen = without_orphans(edges, workspace, _look(edges, user), dry_run=wish.dry_run)
        acts = _STEPS[wish.step](Acts(edges, workspace), seen, wish)
        for act in () if wish.dry_run else acts:
            seen = act(seen)
        if not wish.dry_run:
            note(edges, seen)
        return _told(edges, seen, wish, changed=bool(acts))


def _look(edges: Edges, user: SmtpUser) -> Rotation:
    seen = rotation(edges, user)
    if seen.kept.current is None and seen.pending is None:
        raise no_credential(edges, user)
    return seen


def _prepare(acts: Acts, seen: Rotation, _wish: Wish) -> Sequence[Act]:
    current, rotate_it = seen.kept.current, rotate_command(seen.user)
    if seen.stage is Stage.PREPARED:
        return ()
    if current is None:
        raise no_credential(acts.edges, seen.user)
    if seen.stage.is_under_way:
        raise Refused(
            "rotation_under_way",
            f"{seen.user}: access key {seen.old_user_name}, which was replaced before, is still there: IAM allows two",
            f"end that first: `{rotate_it} --retire`, or `{rotate_it} --cancel` to go back",
        )
    refuse_unknown_keys(seen)
    refuse_without(seen, current, f"`provisioner new-domain {seen.user.domain}` makes another, with another password")
    return (acts.make(current),)


def _confirm(acts: Acts, seen: Rotation, _wish: Wish) -> Sequence[Act]:
    pending, current = seen.pending, seen.kept.current
    if pending is None and not seen.stage.is_under_way:
        hint = f"begin with `{rotate_command(seen.user)} --prepare`"
        raise Refused("nothing_prepared", f"{seen.user}: there is no second access key to be confirmed", hint)
    if pending is None:
        return acts.clear(seen, Slot.PENDING)
    return (
        acts.prove(pending),
        *([acts.save(current, Slot.PREVIOUS)] if current else []),
        acts.take_over(pending, current),
        *acts.clear(seen, Slot.PENDING),
    )


def _retire(acts: Acts, seen: Rotation, wish: Wish) -> Sequence[Act]:
    old, rotate_it = seen.previous, rotate_command(seen.user)
    if seen.stage is Stage.PREPARED:
        hint = f"`{rotate_it} --confirm` proves the new password first, or `{rotate_it} --cancel`"
        raise Refused("not_confirmed", f"{seen.user}: its second access key was not confirmed yet", hint)
    if seen.stage is Stage.NONE:
        hint = f"begin with `{rotate_it} --prepare`"
        raise Refused("nothing_to_retire", f"{seen.user}: none of its access keys was replaced", hint)
    if old is None:
        return acts.clear(seen, Slot.PREVIOUS)
    refuse_without(seen, seen.kept.current, f"`{rotate_it} --cancel` goes back to {old.user_name}")
    if seen.switched_off_at is not None:
        left = left_of_grace(seen.switched_off_at, wish.grace, acts.edges.clock.now())
        return () if left else (acts.delete(old), *acts.clear(seen, Slot.PREVIOUS))
    if seen.stage is Stage.CONFIRMED and not wish.though_used:
        refuse_if_used(acts.edges, seen)
    return acts.switch_off(old)


def _cancel(acts: Acts, seen: Rotation, _wish: Wish) -> Sequence[Act]:
    pending, old, current = seen.pending, seen.previous, seen.kept.current
    if pending is not None:
        refuse_without(seen, current, f"`{rotate_command(seen.user)} --confirm` makes {pending.user_name} the only one")
        return (acts.warn_of_use(pending, None), acts.delete(pending), *acts.clear(seen, Slot.PENDING, Slot.PREVIOUS))
    if old is None or current is None:
        return acts.clear(seen, Slot.PENDING, Slot.PREVIOUS)
    return (
        *([] if seen.works(old) else [acts.switch(old, active=True)]),
        acts.save(current, Slot.PENDING),  # or nobody would know its key, should this run die here
        acts.save(replace(old, switched_off_at=None), Slot.CURRENT),
        acts.warn_of_use(current, seen.confirmed_at),
        acts.delete(current),
        *acts.clear(replace(seen, kept=replace(seen.kept, pending=current)), Slot.PENDING, Slot.PREVIOUS),
    )


_STEPS: dict[Step, Callable[[Acts, Rotation, Wish], Sequence[Act]]] = {
    Step.PREPARE: _prepare,
    Step.CONFIRM: _confirm,
    Step.RETIRE: _retire,
    Step.CANCEL: _cancel,
}


def _told(edges: Edges, seen: Rotation, wish: Wish, *, changed: bool) -> Rotated:
    handed = seen.pending if wish.step is Step.PREPARE and not wish.dry_run else None
    off = seen.switched_off_at
    return Rotated(
        rotation=seen,
        changed=changed,
        old_use=_old_use(edges, seen),
        handed=Handed(handed, edges.store.location(seen.user, Slot.PENDING)) if handed else None,
        left=left_of_grace(off, wish.grace, edges.clock.now()) if off else None,
        dry_run=wish.dry_run,
    )


def _old_use(edges: Edges, seen: Rotation) -> OldUse:
    """Return when the old key was last used; what is done is told, whatever keeps IAM from saying it."""
    key = seen.key(seen.old_user_name)
    if key is None:
        return OldUse(Use.UNKNOWN, why="there is no such key any more")
    try:
        return use_of(edges, key.id)
    except ProvisionerError as error:
        return OldUse(Use.UNKNOWN, why=error.message)
