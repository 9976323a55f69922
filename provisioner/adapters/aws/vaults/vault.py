"""Credentials in a service that keeps secret values under names: what the stores on AWS have in common."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from provisioner.adapters.aws.session import AwsSession, in_our_words, refused_with
from provisioner.core.asked.provenance import MANAGED_BY, SENDER, is_ours
from provisioner.core.credentials.credential import SmtpCredential, without_backup
from provisioner.core.credentials.kms_key import KmsKey
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError, Refused

# What the services say of KMS behind them: Secrets Manager, then Parameter Store.
_OF_KMS = ("EncryptionFailure", "DecryptionFailure", "InvalidKeyId")
EMPTY = "{}"  # claimed, and nothing kept
_WAIT_SECONDS = (1, 2, 4, 8, 15, 30)  # a name is free again some seconds after its deletion was answered


@dataclass(frozen=True, slots=True)
class SecretEntry:
    """What is under a name; `content` None when there is no value, or none that can be read.

    `version` is the service's own name of the value, empty where it has none; `scheduled` says that its deletion is
    scheduled.
    """

    content: str | bytes | None = field(repr=False)
    tags: Mapping[str, str]
    version: str = ""
    scheduled: bool = False


class Vault(Protocol):
    """A service with names and secret values. Everything raises `ProvisionerError`, and never with a value in it."""

    @property
    def scheme(self) -> str:
        """What a location begins with, e.g. `ssm`."""

    @property
    def kind(self) -> str:
        """What a credential is kept as, e.g. `a SecureString parameter`."""

    def name(self, user: SmtpUser, slot: Slot = Slot.CURRENT, /) -> str:
        """Return the name of the user's credential; several slots may be under one name."""

    def read(self, name: str, slot: Slot = Slot.CURRENT, /) -> str | bytes | None:
        """Return the value, None when there is none; one call."""

    def look(self, name: str) -> SecretEntry | None:
        """Return all that is known of what is under the name, None when there is nothing."""

    def create(self, name: str, content: str | bytes, user: SmtpUser) -> bool:
        """Put a value with the user's tags under a name; False when the name is taken, or not free yet."""

    def replace(self, name: str, content: str, slot: Slot = Slot.CURRENT, /) -> None:
        """Put another value under a name that is there, as a whole."""

    def clear(self, name: str, slot: Slot, /) -> None:
        """Take a slot's value from under a name that is there; nothing happens when it has none."""

    def rewrite(self, name: str, entry: SecretEntry) -> None:
        """Write the value that is there already: what must be allowed for `replace` must be allowed for this.

        It is encrypted with the KMS key that was asked for then, and so will be what takes its place.
        """

    def key_differs(self, name: str, /) -> bool:
        """Say whether what is under a name is encrypted with another KMS key than the one that was asked for."""

    def encrypt_anew(self, name: str, /) -> None:
        """Encrypt what is under a name with the KMS key that was asked for."""

    def revive(self, name: str, /) -> bool:
        """Take a scheduled deletion back; False when it was too late."""

    def way_back(self, name: str, /) -> str:
        """Return the command of the AWS CLI that takes a scheduled deletion back."""

    def delete(self, name: str) -> None:
        """Delete at once; nothing happens when there is nothing."""


class VaultCredentialStore:
    """One value an SMTP user, the JSON form of its credential; see `ports.credentials.CredentialStore`.

    What lacks our tags and is no credential of the user is another's: never overwritten, moved or deleted.
    `sleep` waits the given seconds.
    """

    def __init__(self, vault: Vault, sleep: Callable[[float], None] = time.sleep) -> None:
        self._vault = vault
        self._sleep = sleep

    def load(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> SmtpCredential | None:
        """Return the credential, None when none is kept; raises `corrupt_credential` when it cannot be read."""
        content, place = self._vault.read(self._vault.name(user, slot), slot), self.location(user, slot)
        return None if content in (None, EMPTY) else _parse(content, place, without_backup(user, slot))

    def save(self, credential: SmtpCredential, slot: Slot = Slot.CURRENT) -> None:
        """Keep the credential, replacing an older one; raises `Refused` when the name is another's."""
        self._claim(credential.user, slot)
        self._vault.replace(self._vault.name(credential.user, slot), json.dumps(credential.to_document()), slot)

    def set_aside(self, user: SmtpUser) -> str:
        """Copy a credential that cannot be read to `NAME/corrupt-1`, empty its place, and say where the copy is."""
        name = self._vault.name(user)
        entry = self._vault.look(name)
        if entry is None or entry.content is None:
            return self.location(user)
        self._refuse_unless_ours(user, entry)
        content = entry.content
        names = (f"{name}/corrupt-{number}" for number in count(1))
        aside = next(place for place in names if self._vault.create(place, content, user))
        self._vault.replace(name, EMPTY)
        return f"{self._vault.scheme}:{aside}"

    def check_writable(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> None:
        """Make what `save` will write to, empty, or write what is there once more; raises as `save` would."""
        entry = self._claim(user, slot)
        self._vault.rewrite(self._vault.name(user, slot), entry)

    def key_differs(self, user: SmtpUser) -> bool:
        """Say whether a credential of the user is encrypted with another KMS key than the one that was asked for."""
        return any(self._vault.key_differs(name) for name in self._names(user))

    def encrypt_anew(self, user: SmtpUser) -> None:
        """Encrypt the user's credentials with the KMS key that was asked for, those with another one."""
        for name in self._names(user):
            if self._vault.key_differs(name):
                self._vault.encrypt_anew(name)

    def clear(self, user: SmtpUser, slot: Slot) -> None:
        """Forget the user's pending or previous credential; what is another's stays."""
        name = self._vault.name(user, slot)
        if self._holds_ours(user, name):
            self._vault.clear(name, slot)

    def remove(self, user: SmtpUser) -> None:
        """Forget the user's credentials for good; what is another's stays, and what was set aside."""
        for name in self._names(user):
            if self._holds_ours(user, name):
                self._vault.delete(name)

    def _names(self, user: SmtpUser) -> Sequence[str]:
        return list(dict.fromkeys(self._vault.name(user, slot) for slot in Slot))

    def _holds_ours(self, user: SmtpUser, name: str) -> bool:
        entry = self._vault.look(name)
        return entry is not None and self._is_ours(user, entry)

    def remains(self, user: SmtpUser, /) -> str:
        """Say that its deletion is scheduled, and how that is taken back; empty when it is not."""
        name = self._vault.name(user)
        entry = self._vault.look(name)
        if entry is None or not entry.scheduled:
            return ""
        return f"{self.location(user)} is scheduled for deletion: `{self._vault.way_back(name)}` takes that back"

    def location(self, user: SmtpUser, slot: Slot = Slot.CURRENT) -> str:
        """Return the service and the name, e.g. `ssm:/provisioner/smtp/example.com`."""
        return f"{self._vault.scheme}:{self._vault.name(user, slot)}"

    def _claim(self, user: SmtpUser, slot: Slot) -> SecretEntry:
        """Return what is under the user's name, which is ours then: made if absent, kept from a deletion."""
        name, made = self._vault.name(user, slot), False
        for seconds in _WAIT_SECONDS:
            entry = self._vault.look(name)
            if entry is not None:
                self._refuse_unless_ours(user, entry)
                if not entry.scheduled:
                    return entry
            made = not made and self._create_or_revive(name, user, entry)
            if not made:  # or made, and not seen yet
                self._sleep(seconds)
        raise ProvisionerError(
            "store_busy",
            f"{self.location(user)}: AWS is still deleting what was there",
            "run the same command again in some minutes",
        )

    def _create_or_revive(self, name: str, user: SmtpUser, entry: SecretEntry | None) -> bool:
        return self._vault.create(name, EMPTY, user) if entry is None else self._vault.revive(name)

    def _refuse_unless_ours(self, user: SmtpUser, entry: SecretEntry) -> None:
        if self._is_ours(user, entry):
            return
        kind, tags = self._vault.kind, " and ".join(f"{key}={value}" for key, value in _tags(user).items())
        raise Refused(
            "credential_not_ours",
            f"{self.location(user)}: what is there is not ours and stays as it is: it is neither {kind} with the "
            f"tags {tags}, nor {kind} that holds a credential of {user}",
            f"move it away, or give it the tags {tags} if it may be replaced",
        )

    def _is_ours(self, user: SmtpUser, entry: SecretEntry) -> bool:
        if is_ours(entry.tags, user.domain) and entry.tags.get(SENDER) == user.sender:
            return True
        try:
            return entry.content is not None and _parse(entry.content, "", "").user == user
        except ProvisionerError:
            return False


def path_of(user: SmtpUser) -> str:
    """Return what the names of all services have in common: `provisioner/smtp/example.com`, a sender's `.../shop`."""
    return f"provisioner/smtp/{user.domain.ascii}" + (f"/{user.sender}" if user.sender else "")


def labels_for(user: SmtpUser) -> list[dict[str, str]]:
    """Return the tags of the user's credential in the form that AWS takes."""
    return [{"Key": key, "Value": value} for key, value in _tags(user).items()]


def _tags(user: SmtpUser) -> Mapping[str, str]:
    tags = {"ManagedBy": MANAGED_BY, "Domain": user.domain.ascii}
    return tags if user.sender is None else tags | {SENDER: user.sender}


@contextmanager
def in_words_of_vault(action: str, key: KmsKey | None) -> Iterator[None]:
    """Turn botocore's errors into ours; what KMS refuses behind the service is about a key."""
    try:
        with in_our_words(action):
            yield
    except ProvisionerError as error:
        if refused_with(error) not in _OF_KMS and not (
            error.code == "access_denied" and "kms:" in error.message.lower()
        ):
            raise
        which = f"the KMS key {key.name}" if key else "the KMS key that encrypts it"
        raise ProvisionerError(
            "kms_key",
            f"{error.message} ({which})",
            f"see that {which} is there, enabled, in this region, and may be used by you (docs/permissions.md); "
            "PROVISIONER_STORE_KMS_KEY names another one for what is stored from now on",
        ) from error


def regional_client(session: AwsSession, service: str) -> Any:
    """Return a boto3 client of the session's region; raises `InputError` when it has none, for any would be a guess."""
    if session.region is None:
        raise InputError(
            "no_region",
            f"PROVISIONER_STORE={service} keeps credentials in a region, and none was named",
            "give --region, or set AWS_REGION",
        )
    return session.client(service)


def _parse(content: str | bytes | None, location: str, hint: str) -> SmtpCredential:
    try:
        document = json.loads(content or "")
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise ProvisionerError("corrupt_credential", f"{location}: not a JSON object; it is left as it is", hint)
    try:
        return SmtpCredential.from_document(document)
    except ProvisionerError as error:
        raise ProvisionerError(error.code, f"{location}: {error.message}", hint) from None
