"""Where SMTP credentials are kept, and the access keys that they are made of."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from provisioner.core.credentials.access_key import AccessKey, LastUse
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.holdings import Holding
from provisioner.core.credentials.iam_user import IamUser
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser


class CredentialStore(Protocol):
    """Where SMTP credentials are kept: one for each SMTP user of a domain, and more while it is being replaced."""

    def load(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> SmtpCredential | None:
        """Return the credential, None when none is kept; raises `corrupt_credential` when it cannot be read."""

    def save(self, credential: SmtpCredential, slot: Slot = Slot.CURRENT) -> None:
        """Keep the credential, replacing an older one of its user and slot, atomically.

        A store may keep what was current as the previous one by itself.
        """

    def set_aside(self, user: SmtpUser) -> str:
        """Move a credential that cannot be read out of the way, overwriting nothing, and say where it is."""

    def check_writable(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> None:
        """Raise unless `save` would succeed now: asked before a key is made whose secret is shown only once."""

    def key_differs(self, user: SmtpUser, /) -> bool:
        """Say whether AWS encrypts them with another KMS key than the one that was asked for, if any was."""

    def encrypt_anew(self, user: SmtpUser, /) -> None:
        """Have them encrypted with the KMS key that was asked for, where they are with another."""

    def clear(self, user: SmtpUser, slot: Slot) -> None:
        """Forget the user's pending or previous credential, if any; the current one stays."""

    def remove(self, user: SmtpUser) -> None:
        """Forget the user's credentials, in whatever slot, if any."""

    def remains(self, user: SmtpUser, /) -> str:
        """Say what is left of a credential that cannot be had, and how it comes back; empty when nothing is left."""

    def location(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> str:
        """Say where the credential is, e.g. `file:credentials/example.com/smtp.json` or `ssm:/provisioner/smtp/...`."""


class SmtpUsers(Protocol):
    """IAM access keys of a domain's SMTP users."""

    def keys(self, user: str) -> Sequence[AccessKey]:
        """Return the user's access keys, oldest first; empty when the user does not exist."""

    def tags(self, user: str) -> Mapping[str, str] | None:
        """Return the user's tags, None when it does not exist."""

    def policy_regions(self, user: str, policy: str) -> Collection[str] | None:
        """Return the regions whose SES this inline policy of the user names; None when there is no such policy."""

    def policy(self, user: str, policy: str) -> object:
        """Return the document of the user's inline policy as JSON values, None when the user has no such policy."""

    def put_policy(self, user: str, policy: str, document: str) -> None:
        """Give the user an inline policy, in place of one of this name; raises when the user does not exist."""

    def delete_policy(self, user: str, policy: str) -> None:
        """Take an inline policy away from the user; nothing happens when either is gone already."""

    def create_key(self, user: str) -> tuple[str, Secret]:
        """Create an access key and return (access key id, secret access key); waits out IAM's eventual consistency."""

    def switch_key(self, user: str, key_id: str, *, active: bool) -> bool:
        """Let an access key log in, or not any more; False when it is gone."""

    def delete_key(self, user: str, key_id: str) -> None:
        """Delete an access key; nothing happens when it is gone already."""


class UserAccess(Protocol):
    """What else decides, in IAM, what an SMTP user may do, and whether it does it."""

    def held(self, user: str, holding: Holding) -> Sequence[str]:
        """Return the names of what the user holds of this kind; none when there is no such user.

        Of attached policies the ARNs, of a console password, which has no name, one that is empty.
        """

    def owner(self, key_id: str) -> str | None:
        """Return the name of the IAM user whose access key this is, None when the account knows no such key."""

    def last_use(self, key_id: str) -> LastUse | None:
        """Return the last use of an access key, None when IAM says that it was never used.

        Raises `ProvisionerError("use_unknown")` when IAM says neither.
        """


class IamFacts(Protocol):
    """IAM, for whoever judges a user by all that it has; several threads may ask at once."""

    def user(self, name: str, *, keys: bool = True) -> IamUser | None:
        """Return all that decides what the user may do, None when there is no such user.

        A part that the operator may not look at is `Unseen`, and leaves the others. Without `keys` these, and their
        use, are not asked for.
        """


class AccountUsers(Protocol):
    """IAM, for whoever asks which users of the account may do something."""

    def all(self) -> Sequence[IamUser]:
        """Return every IAM user of the account with its policies, groups and boundary.

        Its keys and its password are not asked for. A policy that IAM does not tell is `Unseen`.
        """
