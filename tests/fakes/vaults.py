"""Secrets Manager or Parameter Store, of an emulated AWS or in memory, around or below what keeps credentials there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.vaults.secretsmanager import SecretsManager
from provisioner.adapters.aws.vaults.ssm import ParameterStore
from provisioner.adapters.aws.vaults.vault import SecretEntry, Vault, VaultCredentialStore, labels_for, path_of
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser

EXAMPLE = SmtpUser(DomainName.parse("example.com"))
SHOP = SmtpUser(EXAMPLE.domain, "shop")
SECRET, PARAMETER = "provisioner/smtp/example.com", "/provisioner/smtp/example.com"
TAGS = [{"Key": "ManagedBy", "Value": "provisioner"}, {"Key": "Domain", "Value": "example.com"}]
VAULTS: dict[str, Callable[[AwsSession], Vault]] = {"secretsmanager": SecretsManager, "ssm": ParameterStore}


def credential(user: SmtpUser = EXAMPLE, key_id: str = "AKIA1") -> SmtpCredential:
    return SmtpCredential.derived(user, Region.parse("us-east-1"), key_id, Secret("some+secret+key"))


class Aws:
    """One of the two services, around the store: what is in it, and what it shall answer."""

    def __init__(self, kind: str, session: AwsSession) -> None:
        self.kind, self.slept = kind, list[float]()
        self.client = session.client(kind)
        self.store = VaultCredentialStore(VAULTS[kind](session), self.slept.append)
        self.name = SECRET if kind == "secretsmanager" else PARAMETER

    def put(self, text: str, tags: list[dict[str, str]] | None = None) -> None:
        """Make what somebody else would make."""
        if self.kind == "ssm":
            self.client.put_parameter(Name=self.name, Value=text, Type="SecureString", Tags=tags or [])
        else:
            self.client.create_secret(Name=self.name, SecretString=text, Tags=tags or [])

    def text(self) -> str:
        if self.kind == "ssm":
            return str(self.client.get_parameter(Name=self.name, WithDecryption=True)["Parameter"]["Value"])
        return str(self.client.get_secret_value(SecretId=self.name)["SecretString"])

    def tags(self) -> list[dict[str, str]]:
        if self.kind == "ssm":
            return list(self.client.list_tags_for_resource(ResourceType="Parameter", ResourceId=self.name)["TagList"])
        return list(self.client.describe_secret(SecretId=self.name)["Tags"])

    def refuses(self, operation: str, code: str, message: str = "no", times: int = 1000) -> None:
        """Let the next calls of an operation be answered with an error."""
        left = [times]

        def answer(**_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
            left[0] -= 1
            if left[0] < 0:
                return None
            return AWSResponse("", 400, {}, None), {"Error": {"Code": code, "Message": message}}

        service = self.client.meta.service_model.service_id.hyphenize()
        self.client.meta.events.register(f"before-call.{service}.{operation}", answer)


class MemoryVault:
    """A service in memory that keeps versions as Secrets Manager does: what was current becomes the previous one."""

    scheme, kind = "secretsmanager", "a secret"

    def __init__(self) -> None:
        self.values: dict[str, dict[Slot, str]] = {}
        self.owners: dict[str, SmtpUser] = {}

    def name(self, user: SmtpUser, _slot: Slot = Slot.CURRENT, /) -> str:
        return path_of(user)

    def read(self, name: str, slot: Slot = Slot.CURRENT, /) -> str | None:
        return self.values.get(name, {}).get(slot)

    def look(self, name: str) -> SecretEntry | None:
        if name not in self.values:
            return None
        tags = {tag["Key"]: tag["Value"] for tag in labels_for(self.owners[name])}
        return SecretEntry(self.values[name].get(Slot.CURRENT), tags)

    def create(self, name: str, content: str | bytes, user: SmtpUser) -> bool:
        if name in self.values:
            return False
        self.values[name], self.owners[name] = {Slot.CURRENT: str(content)}, user
        return True

    def replace(self, name: str, content: str, slot: Slot = Slot.CURRENT, /) -> None:
        kept = self.values[name]
        if slot is Slot.CURRENT:
            kept[Slot.PREVIOUS] = kept[Slot.CURRENT]
        kept[slot] = content

    def clear(self, name: str, slot: Slot, /) -> None:
        self.values[name].pop(slot, None)

    def rewrite(self, name: str, entry: SecretEntry) -> None: ...

    def key_differs(self, name: str, /) -> bool:
        return False

    def encrypt_anew(self, name: str, /) -> None: ...

    def revive(self, name: str, /) -> bool:
        return True

    def way_back(self, name: str, /) -> str:
        return ""

    def delete(self, name: str) -> None:
        self.values.pop(name, None)
