"""An SMTP user as IAM and the credential store have it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.holdings import Holding
from provisioner.core.credentials.rotation import Rotation
from provisioner.core.values.resource_names import USER_POLICY
from provisioner.core.values.smtp_user import SmtpUser


@dataclass(frozen=True, slots=True)
class Unseen:
    """What could not be looked at, and why; nothing is known of it."""

    reason: str


Held = Mapping[Holding, tuple[str, ...] | Unseen]  # the names of what a user holds, of each kind that was looked at


@dataclass(frozen=True, slots=True)
class SmtpUserState:
    """What IAM and the credential store have of an SMTP user.

    `stored` is the id of the access key that the stored credential is of, None when none is stored. `held` has the
    names of what the user holds, of each kind that was looked at: of policies that are attached their ARNs. `rotation`
    says whose the other keys are, None when nobody could look.
    """

    user: SmtpUser
    keys: tuple[AccessKey, ...] | Unseen
    stored: str | Unseen | None
    held: Held
    rotation: Rotation | None = None


def not_ours(held: Held) -> Iterator[tuple[Holding, str]]:
    """Go through what a user holds and was not given by us."""
    for holding, names in held.items():
        if not isinstance(names, Unseen):
            yield from ((holding, name) for name in names if not is_ours(holding, name))


def is_ours(holding: Holding, name: str) -> bool:
    """Say whether it is what we give to an SMTP user."""
    return holding is Holding.INLINE_POLICY and name == USER_POLICY
