"""SSM Parameter Store as a place for credentials: a SecureString per user, `/provisioner/smtp/<A-label>[/<sender>]`.

What is pending or previous has a parameter of its own, `.../_pending`, which is no sender's name. A name may have 1011
characters with the ARN in front of it, and a value 4 KB (AWS, PutParameter); the longest makes 325 and less than 1 KB.
Encrypted with the KMS key that is given, else with the account's key `aws/ssm`.
"""

from __future__ import annotations

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

_OWN_KEY = "alias/aws/ssm"
_SEALED = "SecureString"
_ABSENT = "ParameterNotFound"
_DELETED_SINCE_WE_LOOKED = "InvalidResourceId"


class ParameterStore:
    """See `vault.Vault`."""

    scheme = "ssm"
    kind = "a SecureString parameter"

    def __init__(self, session: AwsSession, key: KmsKey | None = None) -> None:
        self._session = session
        self._key = key

    def name(self, user: SmtpUser, slot: Slot = Slot.CURRENT, /) -> str:
        """Return `/provisioner/smtp/<A-label>`, for a sender with its name behind it, then the slot."""
        return f"/{path_of(user)}" + ("" if slot is Slot.CURRENT else f"/_{slot}")

    def read(self, name: str, _slot: Slot = Slot.CURRENT, /) -> str | None:
        """Return the current value, None when there is no parameter."""
        parameter = self._parameter(name)
        return None if parameter is None else str(parameter["Value"])

    def look(self, name: str) -> SecretEntry | None:
        """Return the parameter, None when there is none; one that is not encrypted is never ours to write to."""
        parameter = self._parameter(name)
        if parameter is None:
            return None
        if parameter["Type"] != _SEALED:  # and AWS does not let its type be changed
            return SecretEntry(None, {})
        return SecretEntry(parameter["Value"], tags_of(self._tags(name)))

    def create(self, name: str, content: str | bytes, user: SmtpUser) -> bool:
        """Create the parameter; False when it exists."""
        text = content if isinstance(content, str) else content.decode()
        try:
            self._put(name, text, Overwrite=False, Description=f"SMTP credential of {user}", Tags=labels_for(user))
        except ProvisionerError as error:
            if refused_with(error) == "ParameterAlreadyExists":
                return False
            raise
        return True

    def replace(self, name: str, content: str, _slot: Slot = Slot.CURRENT, /) -> None:
        """Write a new version of the parameter; AWS keeps older ones as its history."""
        self._put(name, content, Overwrite=True)

    def clear(self, name: str, _slot: Slot, /) -> None:
        """Delete the parameter, which is the slot's own."""
        self.delete(name)

    def rewrite(self, name: str, entry: SecretEntry) -> None:
        """Write a new version that is like the current one."""
        self.replace(name, str(entry.content or EMPTY))

    def key_differs(self, name: str, /) -> bool:
        """Say whether the parameter is encrypted with another KMS key; without one that was asked for any is right."""
        if self._key is None:
            return False
        which = {"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": [name]}]}
        found = self._call("describe_parameters", name, **which)["Parameters"]
        return any(not self._key.is_called(one.get("KeyId") or _OWN_KEY) for one in found)

    def encrypt_anew(self, name: str, /) -> None:
        """Write the value once more, which AWS encrypts with the key that is named then (PutParameter)."""
        value = self.read(name)
        if value is not None:
            self.replace(name, value)

    def revive(self, _name: str, /) -> bool:
        """Say that nothing has to be done: the deletion of a parameter cannot be scheduled."""
        return True

    def way_back(self, _name: str, /) -> str:
        """Return nothing: the deletion of a parameter cannot be scheduled."""
        return ""

    def delete(self, name: str) -> None:
        """Delete the parameter."""
        unless_absent(lambda: self._call("delete_parameter", name, Name=name), _ABSENT)

    def _parameter(self, name: str) -> Any:
        readable = {"Name": name, "WithDecryption": True}
        answer = unless_absent(lambda: self._call("get_parameter", name, **readable), _ABSENT)
        return None if answer is None else answer["Parameter"]

    def _tags(self, name: str) -> list[dict[str, str]]:
        which = {"ResourceType": "Parameter", "ResourceId": name}
        answer = unless_absent(lambda: self._call("list_tags_for_resource", name, **which), _DELETED_SINCE_WE_LOOKED)
        return [] if answer is None else list(answer["TagList"])

    def _put(self, name: str, text: str, **options: Any) -> None:
        key = {"KeyId": self._key.name} if self._key else {}
        self._call("put_parameter", name, Name=name, Value=text, Type=_SEALED, **key, **options)

    def _call(self, method: str, name: str, **parameters: Any) -> Any:
        client = regional_client(self._session, self.scheme)
        action = client.meta.method_to_api_mapping[method]
        with in_words_of_vault(f"ssm:{action} ({name})", self._key):
            return getattr(client, method)(**parameters)
