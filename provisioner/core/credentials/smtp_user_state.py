"""An SMTP user as IAM and the credential store have it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from provisioner.core.credentials.holdings import Holding
from provisioner.core.credentials.iam_user import Bound, GivenPolicy, IamUser
from provisioner.core.credentials.rotation import Rotation
from provisioner.core.credentials.samples import Scope
from provisioner.core.credentials.unseen import Unseen
from provisioner.core.iam.policy import Policy
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import USER_POLICY
from provisioner.core.values.smtp_user import SmtpUser


@dataclass(frozen=True)
class SmtpUserState:
    """What IAM and the credential store have of an SMTP user; `iam` is None when IAM knows no such user.

    `stored` is the id of the access key that the stored credential is of, None when none is stored. `rotation` says
    whose the other keys are, None when nobody could look. `address` is a sender's only one, None for any of the domain;
    `pause` is the policy by which `pause` denies a sender everything, which is no fault of its policies.
    """

    user: SmtpUser
    iam: IamUser | None
    stored: str | Unseen | None
    region: Region
    rotation: Rotation | None = None
    address: str | None = None
    account: str = ""
    pause: GivenPolicy | None = None

    @property
    def subject(self) -> str:
        """What a finding calls it."""
        return f"IAM user {self.user.iam_user}"

    @property
    def ours(self) -> GivenPolicy | None:
        """The policy that lets it send, None when it is gone or nobody could look."""
        return next((one for one in self.given if is_ours(one.holding, one.name)), None)

    @property
    def given(self) -> Sequence[GivenPolicy]:
        """The policies that it has, but for the one of a pause."""
        return [one for one in self.iam.policies if one != self.pause] if self.iam else []

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """What those policies say, as far as it was seen, each under the words for it."""
        return tuple(Policy.of(str(one), one.document) for one in self.given if not isinstance(one.document, Unseen))

    @cached_property
    def boundary(self) -> Policy | None:
        """What its permissions boundary says; None without one, and where nobody could look."""
        bound = self.iam.boundary if self.iam else None
        if not isinstance(bound, Bound) or isinstance(bound.document, Unseen):
            return None
        return Policy.of(str(bound), bound.document)

    @property
    def scope(self) -> Scope | None:
        """What it is for; None where nobody knows the account, or as which address a sender sends."""
        if self.user.sender is not None and self.address is None:
            return None
        arn = self.iam.arn if self.iam else None
        if isinstance(arn, str):
            return Scope(self.user, self.region, arn, self.address)
        made_up = f"arn:{self.region.partition}:iam::{self.account}:user/provisioner/smtp/{self.user.iam_user}"
        return Scope(self.user, self.region, made_up, self.address) if self.account else None

    def named(self, words: str) -> GivenPolicy | None:
        """Return the policy of these words, None for the boundary."""
        return next((one for one in self.given if str(one) == words), None)


def is_ours(holding: Holding, name: str) -> bool:
    """Say whether it is what we give to an SMTP user."""
    return holding is Holding.INLINE_POLICY and name == USER_POLICY
