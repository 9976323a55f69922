"""How rotations are told to people."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.cli.frame.layout import indent, pairs
from provisioner.cli.frame.output import table
from provisioner.core.credentials.rotation import Rotation, Stage
from provisioner.core.credentials.rotation_report import Handed, OldUse, Rotated, Use
from provisioner.usecases.credentials.due import Turn, Turns

_TIME = "%Y-%m-%d %H:%M UTC"


def stage(seen: Rotation) -> str:
    """Return how far a rotation is, in a line."""
    old, new = seen.old_user_name, seen.new_user_name
    match seen.stage:
        case Stage.PREPARED:
            return f"prepared, access key {new} will take its place"
        case Stage.CONFIRMED:
            return f"confirmed, access key {old} is still there"
        case Stage.RETIRING:
            return f"retiring, access key {old} is switched off"
        case Stage.DONE:
            return f"done, took the place of {old}"
        case Stage.NONE:
            return "none"


def rotated(done: Rotated, *, with_secret: bool) -> str:
    """Return what `credentials rotate` prints of one user."""
    parts = [_headline(done), indent(pairs(_facts(done)))]
    if done.handed is not None:
        title = "The new SMTP credential; the one in use goes on working"
        parts.append(f"{title}\n{indent(pairs(_handed(done.handed, with_secret=with_secret)))}")
    steps = "\n".join(f"  {number}. {step}" for number, step in enumerate(done.next_steps, 1))
    return "\n\n".join([*parts, f"Next steps\n{steps}"])


def _headline(done: Rotated) -> str:
    if done.dry_run:
        return f"{done.user}: {done.rotation.stage}, {'would be changed' if done.changed else 'no changes'}"
    return f"{done.user}: {done.rotation.stage}"


def _facts(done: Rotated) -> Iterator[tuple[str, str]]:
    seen = done.rotation
    if seen.old_user_name:
        here = seen.key(seen.old_user_name) is not None
        yield "old key" if seen.new_user_name else "key", f"{seen.old_user_name}{'' if here else ', gone'}"
        if here:
            yield "last used", use(done.old_use)
    if seen.new_user_name:
        yield "new key", seen.new_user_name
    if seen.confirmed_at:
        yield "confirmed", f"{seen.confirmed_at:{_TIME}}"
    if seen.switched_off_at:
        yield "switched off", f"{seen.switched_off_at:{_TIME}}"


def use(old: OldUse) -> str:
    """Return when a key was last used."""
    if old.use is Use.UNKNOWN:
        return f"not known: {old.why}"
    return f"{old.at:{_TIME}}" if old.at else "never, as far as IAM has noted it"


def _handed(handed: Handed, *, with_secret: bool) -> Iterator[tuple[str, str]]:
    held = handed.credential
    yield "host", held.host
    yield "port", f"{held.port} ({held.security.upper()})"
    yield "user name", held.user_name
    if with_secret:
        yield "password", held.password.reveal()
    yield "stored in", handed.stored_in


def turns(done: Turns) -> str:
    """Return what `credentials rotate --due` prints: a line for each user, and how many there were."""
    counts = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in done.counts.items())
    head = ("DOMAIN", "SENDER", "STAGE", "OLD KEY", "LAST USED", "NEW KEY", "")
    return "\n\n".join([*([table(head, map(_row, done.turns))] if done.turns else []), counts])


def _row(turn: Turn) -> tuple[str, ...]:
    name = (str(turn.user.domain), turn.user.sender or "-")
    if turn.rotated is None:
        return (*name, "-", "-", "-", "-", f"failed: {turn.error.message}" if turn.error else "failed")
    seen, old = turn.rotated.rotation, turn.rotated.old_use
    used = f"{old.at:%Y-%m-%d}" if old.at else "never" if old.use is Use.NEVER else "-"
    outcome = "would be changed" if turn.rotated.dry_run and turn.rotated.changed else turn.outcome
    return (*name, str(seen.stage), seen.old_user_name or "-", used, seen.new_user_name or "-", outcome)
