"""What `credentials rotate` says of a user: how far it is, what was done, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from provisioner.core.credentials.access_key import LastUse
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.rotation import Rotation, Stage
from provisioner.core.values.duration import in_words
from provisioner.core.values.smtp_user import SmtpUser


class Use(StrEnum):
    """What IAM says of the use of a key."""

    USED = "used"
    NEVER = "never"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OldUse:
    """When the old key was last used, as far as IAM has noted it; `why` says why nobody knows."""

    use: Use
    at: datetime | None = None
    why: str = ""

    @classmethod
    def of(cls, last: LastUse | None) -> OldUse:
        """Return it for what IAM says."""
        return cls(Use.NEVER) if last is None else cls(Use.USED, last.at)


@dataclass(frozen=True, slots=True)
class Handed:
    """A credential that is handed over, and where it is kept."""

    credential: SmtpCredential
    stored_in: str

    def to_document(self, *, with_secret: bool) -> dict[str, Any]:
        """Return the `smtp` object, which is that of `new-domain --json`."""
        held = self.credential
        document: dict[str, Any] = {
            "host": held.host,
            "port": held.port,
            "security": held.security,
            "user_name": held.user_name,
            "iam_user": held.iam_user,
            "stored_in": self.stored_in,
        }
        return document | ({"password": held.password.reveal()} if with_secret else {})


@dataclass(frozen=True, slots=True)
class Rotated:
    """A user after a step, or, with `dry_run`, before it; `changed` says whether the step does anything.

    `left` is how long the old key has to stay switched off before it can go, None unless it is switched off.
    """

    rotation: Rotation
    changed: bool
    old_use: OldUse
    handed: Handed | None = None
    left: timedelta | None = None
    dry_run: bool = False

    @property
    def user(self) -> SmtpUser:
        """Whose it is."""
        return self.rotation.user

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What the user should do next."""
        return tuple(next_steps(self.rotation, self.left))

    def to_document(self, *, with_secret: bool) -> dict[str, Any]:
        """Return the document of `credentials rotate --json`; `smtp` only where a password is handed over."""
        old = self.old_use
        document = document_of(self.rotation) | {
            "old_last_used": _iso(old.at),
            "old_use": str(old.use),
            "changed": self.changed,
        }
        if self.handed is not None:
            document["smtp"] = self.handed.to_document(with_secret=with_secret)
        return document | {"next_steps": list(self.next_steps)}


def document_of(rotation: Rotation) -> dict[str, Any]:
    """Return whose it is and how far it is, as JSON has it."""
    whose = {"domain": rotation.user.domain.ascii, "sender": rotation.user.sender}
    return whose | stage_document(rotation)


def stage_document(rotation: Rotation) -> dict[str, Any]:
    """Return how far it is, as JSON has it."""
    return {
        "stage": str(rotation.stage),
        "old_user_name": rotation.old_user_name,
        "new_user_name": rotation.new_user_name,
        "confirmed_at": _iso(rotation.confirmed_at),
        "switched_off_at": _iso(rotation.switched_off_at),
    }


def next_steps(rotation: Rotation, left: timedelta | None) -> Iterator[str]:
    """Say what comes next at a stage; `left` is what is left of the time that the old key stays switched off."""
    old, new, rotate = rotation.old_user_name, rotation.new_user_name, rotate_command(rotation.user)
    match rotation.stage:
        case Stage.NONE | Stage.DONE:
            yield f"`{rotate} --prepare` makes a second key; the password of the one in use goes on working"
        case Stage.PREPARED:
            named = f"{rotation.user.domain}" + _option(rotation.user)
            yield (
                f"give the password of access key {new} to whatever sends as {rotation.user} "
                f"(`provisioner credentials export {named} --pending`): both passwords work"
            )
            yield f"then `{rotate} --confirm`; `{rotate} --cancel` deletes {new} again"
        case Stage.CONFIRMED:
            yield (
                f"when nothing uses access key {old} any more, `{rotate} --retire` switches it off; "
                f"`{rotate} --cancel` goes back to it"
            )
        case Stage.RETIRING:
            when = f"in {in_words(left)}" if left else "now"
            yield (
                f"access key {old} is switched off: `{rotate} --retire` deletes it {when}; "
                f"`{rotate} --cancel` switches it on and goes back to it"
            )


def brief_step(rotation: Rotation) -> str | None:
    """Return one step for commands that are about other things, None where nothing is under way.

    When the key of the credential in use was deleted meanwhile, it is the one that puts the other in its place.
    """
    if not rotation.stage.is_under_way:
        return None
    rotate, current = rotate_command(rotation.user), rotation.kept.current
    if current is not None and rotation.has(current):
        told = f"the SMTP password of {rotation.user} is being replaced ({rotation.stage})"
        return f"{told}: `{rotate}` says what comes next"
    name, (key, step) = current.user_name if current else "in use", way_back(rotation)
    return f"access key {name} of {rotation.user} is gone, but the password of {key} is held: `{rotate} --{step}`"


def way_back(rotation: Rotation) -> tuple[str, str]:
    """Return which key, while a rotation is under way, can take the place of the one in use, and by which step."""
    if rotation.pending is not None:
        return rotation.pending.user_name, "confirm"
    return rotation.previous.user_name if rotation.previous else "", "cancel"


def rotate_command(user: SmtpUser) -> str:
    """Return the command line that the options of a step are added to."""
    return f"provisioner credentials rotate {user.domain}{_option(user)}"


def _option(user: SmtpUser) -> str:
    return "" if user.sender is None else f" --sender {user.sender}"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
