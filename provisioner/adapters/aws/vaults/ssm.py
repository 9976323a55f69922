"""SSM Parameter Store as a place for credentials: a SecureString per user, `/provisioner/smtp/<A-label>[/<sender>]`.

A name may have 1011 characters with the ARN in front of it, and a value 4 KB (AWS, PutParameter); the longest makes 315
and less than 1 KB. Encrypted with the account's key `aws/ssm`.
"""

from __future__ import annotations

from typing import Any

from provisioner.adapters.aws.session import AwsSession, in_our_words, refused_with
from provisioner.adapters.aws.vaults.vault import EMPTY, Found, as_mapping, path_of, regional_client, tags_of
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError

_SEALED = "SecureString"


class ParameterStore:
    """See `credential_vault.Vault`."""

    scheme = "ssm"
    kind = "a SecureString parameter"

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def name(self, user: SmtpUser) -> str:
        """Return `/provisioner/smtp/<A-label>`, for a sender with its name behind it."""
        return f"/{path_of(user)}"

    def read(self, name: str) -> str | None:
        """Return the current value, None when there is no parameter."""
        parameter = self._parameter(name)
        return None if parameter is None else str(parameter["Value"])

    def look(self, name: str) -> Found | None:
        """Return the parameter, None when there is none; one that is not encrypted is never ours to write to."""
        parameter = self._parameter(name)
        if parameter is None:
            return None
        if parameter["Type"] != _SEALED:  # and AWS does not let its type be changed
            return Found(None, {})
        return Found(parameter["Value"], as_mapping(self._tags(name)))

    def create(self, name: str, content: str | bytes, user: SmtpUser) -> bool:
        """Create the parameter; False when it exists."""
        text = content if isinstance(content, str) else content.decode()
        try:
            self._put(name, text, Overwrite=False, Description=f"SMTP credential of {user}", Tags=tags_of(user))
        except ProvisionerError as error:
            if refused_with(error) == "ParameterAlreadyExists":
                return False
            raise
        return True

    def replace(self, name: str, content: str) -> None:
        """Write a new version of the parameter; AWS keeps older ones as its history."""
        self._put(name, content, Overwrite=True)

    def rewrite(self, name: str, found: Found) -> None:
        """Write a new version that is like the current one."""
        self.replace(name, str(found.content or EMPTY))

    def revive(self, _name: str, /) -> bool:
        """Say that nothing has to be done: the deletion of a parameter cannot be scheduled."""
        return True

    def delete(self, name: str) -> None:
        """Delete the parameter."""
        try:
            self._call("delete_parameter", name, Name=name)
        except ProvisionerError as error:
            if refused_with(error) != "ParameterNotFound":
                raise

    def _parameter(self, name: str) -> Any:
        try:
            return self._call("get_parameter", name, Name=name, WithDecryption=True)["Parameter"]
        except ProvisionerError as error:
            if refused_with(error) == "ParameterNotFound":
                return None
            raise

    def _tags(self, name: str) -> list[dict[str, str]]:
        try:
            answer = self._call("list_tags_for_resource", name, ResourceType="Parameter", ResourceId=name)
        except ProvisionerError as error:
            if refused_with(error) == "InvalidResourceId":  # deleted since we looked
                return []
            raise
        return list(answer["TagList"])

    def _put(self, name: str, text: str, **options: Any) -> None:
        self._call("put_parameter", name, Name=name, Value=text, Type=_SEALED, **options)

    def _call(self, method: str, name: str, **parameters: Any) -> Any:
        client = regional_client(self._session, self.scheme)
        action = client.meta.method_to_api_mapping[method]
        with in_our_words(f"ssm:{action} ({name})"):
            return getattr(client, method)(**parameters)
