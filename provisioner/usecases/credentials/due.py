"""Take a step of a rotation for every SMTP user whose access key is due; one that fails does not stop the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from provisioner.core.credentials.rotation import Stage, is_due
from provisioner.core.credentials.rotation_report import Rotated
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import KeyNotKept, LoggedOut, ProvisionerError, carrying, defect, keys_not_kept
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.rotate import Step, Wish, rotate
from provisioner.usecases.credentials.slots import rotation
from provisioner.usecases.credentials.stored import smtp_user
from provisioner.usecases.home import list_domains, recall

_TAKEN_FROM: Mapping[Step, tuple[Stage, ...]] = {  # where a step has something to do; elsewhere it is done, or not yet
    Step.PREPARE: (Stage.NONE, Stage.DONE, Stage.PREPARED),
    Step.CONFIRM: (Stage.PREPARED,),
    Step.RETIRE: (Stage.CONFIRMED, Stage.RETIRING),
    Step.CANCEL: (Stage.PREPARED, Stage.CONFIRMED, Stage.RETIRING),
}

_ON_A_DEFECT = "repeat it for this one with `provisioner credentials rotate` and PROVISIONER_TRACEBACK=1, and report it"


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of one user whose key is due: how it stands, or what went wrong."""

    user: SmtpUser
    rotated: Rotated | None
    error: ProvisionerError | None = None

    @property
    def outcome(self) -> str:
        """Return `changed`, `unchanged` or `failed`."""
        if self.rotated is None:
            return "failed"
        return "changed" if self.rotated.changed else "unchanged"

    def to_document(self, *, with_secret: bool) -> dict[str, Any]:
        """Return one entry of the list."""
        if self.rotated is not None:
            return {**self.rotated.to_document(with_secret=with_secret), "error": None}
        nothing_known = dict.fromkeys(("stage", "old_user_name", "new_user_name", "old_last_used"))
        error = self.error.to_document() if self.error else None
        if error and with_secret and self.not_kept:
            error["credential"] = self.not_kept[0].credential()
        whose = {"domain": self.user.domain.ascii, "sender": self.user.sender}
        return {**whose, **nothing_known, "changed": False, "next_steps": [], "error": error}

    @property
    def not_kept(self) -> tuple[KeyNotKept, ...]:
        """The new key, at most one, that could be neither stored nor deleted again."""
        return keys_not_kept(self.error)


@dataclass(frozen=True, slots=True)
class Turns:
    """What became of all that are due, and how many users were looked at that are not."""

    turns: tuple[Turn, ...]
    not_due: int

    @property
    def not_kept(self) -> tuple[KeyNotKept, ...]:
        """The new keys that could be neither stored nor deleted again."""
        return tuple(one for turn in self.turns for one in turn.not_kept)

    @property
    def counts(self) -> dict[str, int]:
        """How many ended in each way."""
        counter = Counter(turn.outcome for turn in self.turns)
        return {name: counter[name] for name in ("changed", "unchanged", "failed")} | {"not_due": self.not_due}

    def to_document(self, *, with_secret: bool) -> dict[str, Any]:
        """Return the document of `credentials rotate --due --json`, which without secrets is the report too."""
        listed = [turn.to_document(with_secret=with_secret) for turn in self.turns]
        return {"rotations": listed, "counts": self.counts}


def users_of(edges: Edges, domains: Sequence[DomainName], sender: str | None) -> Sequence[SmtpUser]:
    """Return the SMTP users of the domains, or of every domain of the home when none is named.

    With the name of a sender only those senders; raises `InputError` for a domain, or a sender of one that is named,
    that this home does not know.
    """
    if sender is not None and domains:
        return [smtp_user(edges, domain, sender) for domain in domains]
    known = [recall(edges, domain) for domain in domains] or list_domains(edges)
    every = [SmtpUser(one.domain, name) for one in known for name in (None, *one.request.senders.names)]
    return [user for user in every if sender in (None, user.sender)]


def rotate_due(edges: Edges, users: Sequence[SmtpUser], age: timedelta, wish: Wish) -> Turns:
    """Take a step for each user whose key is older than `age`; whoever is past it, or not there yet, stays as it is.

    What an interrupt ends carries the keys that are not kept, see `keys_not_kept`.
    """
    not_kept: list[KeyNotKept] = []
    with carrying(not_kept):
        turns = tuple(_turns(edges, users, age, wish, not_kept))
    return Turns(turns, len(users) - len(turns))


def _turns(
    edges: Edges, users: Sequence[SmtpUser], age: timedelta, wish: Wish, not_kept: list[KeyNotKept]
) -> Iterator[Turn]:
    end: LoggedOut | None = None
    for number, user in enumerate(users, 1):
        if end is not None:
            yield Turn(user, None, end)
            continue
        edges.progress.step(f"[{number}/{len(users)}] {user}")
        try:
            turn = _try_turn(edges, user, age, wish)
        except KeyboardInterrupt:
            edges.progress.note(f"{number - 1} of {len(users)} users were looked at; the same command does the others")
            raise
        if turn is None:
            continue
        if turn.error is not None:
            edges.progress.warn(f"{user}: {turn.error.message}")
        not_kept.extend(turn.not_kept)
        yield turn
        if any(one.interrupted for one in turn.not_kept):
            edges.progress.note(f"{number} of {len(users)} users were looked at; the same command does the others")
            raise KeyboardInterrupt
        end = turn.error if isinstance(turn.error, LoggedOut) else None


def _try_turn(edges: Edges, user: SmtpUser, age: timedelta, wish: Wish) -> Turn | None:
    try:
        rotated = _turn(edges, user, age, wish)
    except Exception as error:  # noqa: BLE001 - one user's defect must not end the others
        return Turn(user, None, error if isinstance(error, ProvisionerError) else defect(error, _ON_A_DEFECT))
    return Turn(user, rotated) if rotated is not None else None


def _turn(edges: Edges, user: SmtpUser, age: timedelta, wish: Wish) -> Rotated | None:
    """Take the step, or only look where there is nothing to do; None when the user's key is not due."""
    seen = rotation(edges, user)
    if seen.kept.current is not None and not is_due(seen.aging, age, edges.clock.now()):
        return None
    here = wish.step is None or seen.kept.current is None or seen.stage in _TAKEN_FROM[wish.step]
    return rotate(edges, user, wish if here else Wish(None, wish.grace))
