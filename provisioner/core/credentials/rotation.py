"""How far the replacement of a user's access key is: a second key, both in use, the old one off, the old one gone.

IAM allows a user two access keys, so that one can take the place of the other while both work (IAM user guide, "Update
access keys").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.values.smtp_user import SmtpUser


class Stage(StrEnum):
    """How far it is. `DONE` is `NONE` with a memory: the current credential took the place of one that is gone."""

    NONE = "none"
    PREPARED = "prepared"
    CONFIRMED = "confirmed"
    RETIRING = "retiring"
    DONE = "done"

    @property
    def is_under_way(self) -> bool:
        """Whether the user has two keys for now."""
        return self in (Stage.PREPARED, Stage.CONFIRMED, Stage.RETIRING)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the credential store has of a user, by slot."""

    current: SmtpCredential | None
    pending: SmtpCredential | None = None
    previous: SmtpCredential | None = None


@dataclass(frozen=True, slots=True)
class Rotation:
    """A user's credentials and access keys, from which everything else follows; nothing is written down of a stage.

    `keys` are those of the user, None when IAM was not asked: whatever is stored counts as there then.
    """

    user: SmtpUser
    kept: Kept
    keys: tuple[AccessKey, ...] | None

    @property
    def stage(self) -> Stage:
        """How far it is; of a credential whose key is gone nothing is under way."""
        if self.pending is not None:
            return Stage.PREPARED
        previous = self.previous
        if previous is not None:
            return Stage.RETIRING if self._is_off(previous) else Stage.CONFIRMED
        return Stage.DONE if self.kept.current and self.kept.current.replaces else Stage.NONE

    @property
    def pending(self) -> SmtpCredential | None:
        """The new credential, until it is the current one."""
        pending, current = self.kept.pending, self.kept.current
        if pending is None or (current and pending.user_name == current.user_name):
            return None
        return pending if self.has(pending) else None

    @property
    def previous(self) -> SmtpCredential | None:
        """The old credential, once another is the current one; a store may have others that were replaced before."""
        previous, current = self.kept.previous, self.kept.current
        if previous is None or current is None or current.replaces is None:
            return None
        return previous if previous.user_name == current.replaces.user_name and self.has(previous) else None

    @property
    def old_user_name(self) -> str | None:
        """The id of the key that is to be replaced, or was."""
        current = self.kept.current
        if current is None or self.stage in (Stage.NONE, Stage.PREPARED):
            return current.user_name if current else None
        return current.replaces.user_name if current.replaces else None

    @property
    def new_user_name(self) -> str | None:
        """The id of the key that takes its place, None while there is none."""
        if self.stage is Stage.NONE:
            return None
        new = self.pending or self.kept.current
        return new.user_name if new else None

    @property
    def aging(self) -> AccessKey | None:
        """The key that is to be replaced, as long as it is there."""
        one = self.previous or self.kept.current
        return self.key(one.user_name) if one else None

    @property
    def confirmed_at(self) -> datetime | None:
        """When the new credential became the current one."""
        current = self.kept.current
        return current.replaces.at if current and current.replaces and self.stage is not Stage.PREPARED else None

    @property
    def switched_off_at(self) -> datetime | None:
        """When the old key was switched off by us."""
        return self.kept.previous.switched_off_at if self.kept.previous and self.stage is Stage.RETIRING else None

    @property
    def others(self) -> tuple[str, ...]:
        """The ids of keys that belong to none of the credentials."""
        ours = {one.user_name for one in (self.kept.current, self.pending, self.previous) if one}
        return tuple(key.id for key in self.keys or () if key.id not in ours)

    def key(self, key_id: str | None) -> AccessKey | None:
        """Return one of the user's keys; None when it has no such key, or IAM was not asked."""
        return next((key for key in self.keys or () if key.id == key_id), None)

    def has(self, credential: SmtpCredential) -> bool:
        """Say whether the user has the credential's key."""
        return self.keys is None or self.key(credential.user_name) is not None

    def works(self, credential: SmtpCredential | None) -> bool:
        """Say whether somebody can log in with the credential, as far as its key decides it."""
        if credential is None:
            return False
        key = self.key(credential.user_name)
        return self.keys is None or (key is not None and key.active)

    def _is_off(self, previous: SmtpCredential) -> bool:
        key = self.key(previous.user_name)
        return not key.active if key else previous.switched_off_at is not None


def left_of_grace(switched_off_at: datetime, grace: timedelta, now: datetime) -> timedelta:
    """Return how long the old key has to stay switched off before it goes; nothing when the time is over."""
    return max(switched_off_at + grace - now, timedelta(0))


def is_due(key: AccessKey | None, age: timedelta, now: datetime) -> bool:
    """Say whether a key is so old that it should be replaced; of one whose age is not known nobody can say it."""
    return key is not None and key.created is not None and now - key.created >= age


def under_way(stages: Mapping[str | None, Stage]) -> Sequence[tuple[str | None, Stage]]:
    """Return those of a domain's users that have two keys for now, its own first, then its senders by name."""
    return sorted(((name, one) for name, one in stages.items() if one.is_under_way), key=lambda pair: pair[0] or "")
