"""AWS Secrets Manager as a place for credentials: a secret per user, `provisioner/smtp/<A-label>[/<sender>]`.

What is pending or previous is a version of the secret with AWS's own staging label for it. A name may have 512
characters (AWS, "Secrets Manager quotas"); the longest makes 314 with what is set aside.
Encrypted with the KMS key that is given, else with the account's key `aws/secretsmanager`, of which AWS says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.adapters.aws.session import AwsSession, refused_with, tags_of, unless_absent
from provisioner.adapters.aws.vaults.vault import (
    EMPTY,
    SecretEntry,
    in_words_of_vault,
    labels_for,
    path_of,
    regional_client,
)
from provisioner.core.credentials.kms_key import KmsKey
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError

_OWN_KEY = "alias/aws/secretsmanager"
_ABSENT = "ResourceNotFoundException"
_WRONG_STATE = "InvalidRequestException"  # what all calls but two say of a secret that is marked for deletion
_STAGES: Mapping[Slot, str] = {Slot.CURRENT: "AWSCURRENT", Slot.PENDING: "AWSPENDING", Slot.PREVIOUS: "AWSPREVIOUS"}


class SecretsManager:
    """See `vault.Vault`."""

    scheme = "secretsmanager"
    kind = "a secret"

    def __init__(self, session: AwsSession, key: KmsKey | None = None) -> None:
        self._session = session
        self._key = key

    def name(self, user: SmtpUser, _slot: Slot = Slot.CURRENT, /) -> str:
        """Return `provisioner/smtp/<A-label>`, for a sender with its name behind it; it has all slots."""
        return path_of(user)

    def read(self, name: str, slot: Slot = Slot.CURRENT, /) -> str | bytes | None:
        """Return the slot's value, None when there is no secret, no value, or the secret is marked for deletion."""
        try:
            return self._value(name, slot)[0]
        except ProvisionerError as error:
            if refused_with(error) == _WRONG_STATE and self._is_scheduled_for_deletion(name):
                return None
            raise

    def look(self, name: str) -> SecretEntry | None:
        """Return the secret, None when there is none; the value of one that is marked for deletion is not to be had."""
        described = self._describe(name)
        if described is None:
            return None
        scheduled = "DeletedDate" in described
        content, version = (None, "") if scheduled else self._value(name)
        return SecretEntry(content, tags_of(described.get("Tags", [])), version, scheduled)

    def create(self, name: str, content: str | bytes, user: SmtpUser) -> bool:
        """Create the secret; False when it exists, or while AWS still deletes an older one of the name."""
        try:
            self._call(
                "create_secret",
                name,
                Name=name,
                Description=f"SMTP credential of {user}",
                Tags=labels_for(user),
                **_member(content),
                **({"KmsKeyId": self._key.name} if self._key else {}),
            )
        except ProvisionerError as error:
            deleting = refused_with(error) == _WRONG_STATE and "scheduled for deletion" in error.message
            if deleting or refused_with(error) == "ResourceExistsException":
                return False
            raise
        return True

    def replace(self, name: str, content: str, slot: Slot = Slot.CURRENT, /) -> None:
        """Make a new version, with the slot's label; when it is the current one, AWS keeps the older as AWSPREVIOUS."""
        stages = [_STAGES[slot]]
        self._call("put_secret_value", name, SecretId=name, SecretString=content, VersionStages=stages)

    def clear(self, name: str, slot: Slot, /) -> None:
        """Take the slot's label off its version, which AWS deletes some day when it has no other."""
        labelled = (self._describe(name) or {}).get("VersionIdsToStages", {})
        for version in [version for version, stages in labelled.items() if _STAGES[slot] in stages]:
            which = {"VersionStage": _STAGES[slot], "RemoveFromVersionId": version}
            self._call("update_secret_version_stage", name, SecretId=name, **which)

    def rewrite(self, name: str, entry: SecretEntry) -> None:
        """Put the current version again, which AWS checks, accepts, and leaves as it is (PutSecretValue, API page)."""
        if self.key_differs(name):
            self.encrypt_anew(name)
        same = {"ClientRequestToken": entry.version} if entry.version else {}
        content = EMPTY if entry.content is None else entry.content
        self._call("put_secret_value", name, SecretId=name, **_member(content), **same)

    def key_differs(self, name: str, /) -> bool:
        """Say whether the secret is encrypted with another KMS key; without one that was asked for any is right."""
        described = self._describe(name) if self._key else None
        if self._key is None or described is None:
            return False
        return not self._key.is_called(described.get("KmsKeyId") or _OWN_KEY)

    def encrypt_anew(self, name: str, /) -> None:
        """Give the secret another KMS key, with which AWS encrypts each version that has a label (UpdateSecret)."""
        if self._key:
            self._call("update_secret", name, SecretId=name, KmsKeyId=self._key.name)

    def revive(self, name: str, /) -> bool:
        """Restore the secret within its recovery window; False when it is gone or going."""
        restored = unless_absent(lambda: self._call("restore_secret", name, SecretId=name), _ABSENT, _WRONG_STATE)
        return restored is not None

    def way_back(self, name: str, /) -> str:
        """Return the command of the AWS CLI that takes a scheduled deletion back."""
        return f"aws secretsmanager restore-secret --secret-id {name} --region {self._session.region}"

    def delete(self, name: str) -> None:
        """Delete without a recovery window, which would keep the name taken for a week at least."""
        at_once = {"SecretId": name, "ForceDeleteWithoutRecovery": True}
        unless_absent(lambda: self._call("delete_secret", name, **at_once), _ABSENT)

    def _value(self, name: str, slot: Slot = Slot.CURRENT) -> tuple[str | bytes | None, str]:
        """Return the slot's value and its version; None and an empty version when there is no secret or no value."""
        which = {} if slot is Slot.CURRENT else {"VersionStage": _STAGES[slot]}
        answer = unless_absent(lambda: self._call("get_secret_value", name, SecretId=name, **which), _ABSENT)
        if answer is None:
            return None, ""
        content = answer["SecretString"] if "SecretString" in answer else answer.get("SecretBinary")
        return content, answer.get("VersionId", "")

    def _describe(self, name: str) -> Any:
        return unless_absent(lambda: self._call("describe_secret", name, SecretId=name), _ABSENT)

    def _is_scheduled_for_deletion(self, name: str) -> bool:
        described = self._describe(name)
        return described is None or "DeletedDate" in described

    def _call(self, method: str, name: str, **parameters: Any) -> Any:
        client = regional_client(self._session, self.scheme)
        action = client.meta.method_to_api_mapping[method]
        with in_words_of_vault(f"secretsmanager:{action} ({name})", self._key):
            return getattr(client, method)(**parameters)


def _member(content: str | bytes) -> dict[str, Any]:
    return {"SecretBinary" if isinstance(content, bytes) else "SecretString": content}
