"""Who may send as a domain: IAM users, by their access keys with the last use that IAM has noted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioner.core.credentials.access_key import AccessKey, LastUse
from provisioner.core.credentials.iam_user import IamUser
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.credentials.unseen import Unseen

_SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class MaySend:
    """What an IAM user may send as, a pattern such as `*@example.com`, and whether it was made for that.

    `sender` is the name of a sender of ours, `stored` the id of the key whose credential is stored. `undecided` says
    what keeps it from being certain that it may, and is empty when nothing does.
    """

    address: str
    undecided: str = ""
    ours: bool = False
    sender: str | None = None
    stored: str | Unseen | None = None


@dataclass(frozen=True, slots=True)
class SendingKey:
    """An access key of a user who may send; `key` is None of a user without one, or whose keys nobody could list."""

    user: IamUser
    may: MaySend
    key: AccessKey | None = None

    @property
    def use(self) -> LastUse | Unseen | None:
        """Its last use, None when it was never used."""
        return self.user.uses.get(self.key.id) if self.key else None

    @property
    def stored(self) -> bool:
        """Whether the stored credential is of this key."""
        return self.key is not None and self.may.stored == self.key.id

    @property
    def unseen(self) -> str:
        """What nobody could look at or decide of it; empty when there is nothing."""
        looks = {"access keys": self.user.keys, "stored credential": self.may.stored, "last use": self.use}
        told = [f"{what}: {seen.reason}" for what, seen in looks.items() if isinstance(seen, Unseen)]
        return _SEPARATOR.join([*filter(None, [self.may.undecided]), *told])

    def to_document(self) -> dict[str, Any]:
        """Return one of `senders` in `doctor --json`."""
        key, use = self.key, self.use if isinstance(self.use, LastUse) else None
        return {
            "iam_user": self.user.name,
            "sender": self.may.sender,
            "address": self.may.address,
            "ours": self.may.ours,
            "key_id": key.id if key else None,
            "active": key.active if key else None,
            "stored": self.stored,
            "created": _iso(key.created) if key else None,
            "last_used": _iso(use.at) if use else None,
            "service": use.service if use else None,
            "region": use.region if use else None,
            "unseen": self.unseen or None,
        }


@dataclass(frozen=True, slots=True)
class SendingKeys:
    """Who may send as a domain, who did so last first; `unseen` says what nobody could look at."""

    keys: tuple[SendingKey, ...] = ()
    unseen: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return what `--senders` adds to an entry of `doctor --json`."""
        senders = [key.to_document() for key in self.keys]
        return {"senders": senders, "senders_unseen": _SEPARATOR.join(self.unseen) or None}


def used_last_first(keys: Iterable[SendingKey]) -> tuple[SendingKey, ...]:
    """Return the keys by their last use, then those without one, then users without a key."""
    return tuple(sorted(keys, key=_order))


def keys_of_ours(states: Sequence[SmtpUserState]) -> Iterator[SendingKey]:
    """Go through the keys of the domain's own SMTP users that IAM knows."""
    for state in states:
        if state.iam is not None:
            address = state.address or f"*@{state.user.domain.ascii}"
            may = MaySend(address, ours=True, sender=state.user.sender, stored=state.stored)
            yield from keys_of(state.iam, may)


def keys_of(user: IamUser, may: MaySend) -> Iterator[SendingKey]:
    """Go through the keys of a user who may send; one without keys, or whose keys nobody could list, is told once."""
    listed = () if isinstance(user.keys, Unseen) else user.keys
    yield from (SendingKey(user, may, key) for key in listed or (None,))


def _order(one: SendingKey) -> tuple[float, bool, str, str]:
    used = one.use.at.timestamp() if isinstance(one.use, LastUse) else 0.0
    return -used, one.key is None, one.user.name, one.key.id if one.key else ""


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
