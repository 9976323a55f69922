"""Where SMTP credentials are kept: the store that the environment names, or any other beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.vaults.secretsmanager import SecretsManager
from provisioner.adapters.aws.vaults.ssm import ParameterStore
from provisioner.adapters.aws.vaults.vault import VaultCredentialStore
from provisioner.adapters.disk.credentials import FileCredentialStore
from provisioner.core.credentials.kms_key import KmsKey
from provisioner.core.credentials.store_kind import StoreKind
from provisioner.errors import InputError
from provisioner.ports.credentials import CredentialStore
from provisioner.wiring.settings import Settings

KMS_KEY = "PROVISIONER_STORE_KMS_KEY"


def chosen_kind(settings: Settings) -> StoreKind:
    """Return the kind that `PROVISIONER_STORE` names; raises `InputError("invalid_store")`."""
    kind = settings.value("PROVISIONER_STORE") or StoreKind.FILE
    if kind not in set(StoreKind):
        message = f"PROVISIONER_STORE={kind} is not a credential store"
        raise InputError("invalid_store", message, "use file, secretsmanager or ssm")
    return StoreKind(kind)


def with_kms_key(settings: Settings, kind: StoreKind, name: str | None) -> Settings:
    """Return the settings with a KMS key in place of their own, if one is named.

    Raises `InputError("kms_key_without_aws")` for a store that is not on AWS.
    """
    if name is None:
        return settings
    if kind is StoreKind.FILE:
        message = "--kms-key names what encrypts credentials on AWS, and these go to files"
        raise InputError("kms_key_without_aws", message, "leave it out")
    return replace(settings, environment={**settings.environment, KMS_KEY: name})


def open_store(settings: Settings, kind: StoreKind, session: AwsSession | None = None) -> CredentialStore:
    """Return a store of a kind; nothing outside is asked yet.

    Raises `InputError("invalid_kms_key")` when `PROVISIONER_STORE_KMS_KEY` is none.
    """
    named = settings.value(KMS_KEY)
    key = KmsKey.parse(named) if named and kind is not StoreKind.FILE else None
    stores: Mapping[StoreKind, Callable[[], CredentialStore]] = {
        StoreKind.FILE: lambda: FileCredentialStore(settings.home),
        StoreKind.SECRETSMANAGER: lambda: VaultCredentialStore(SecretsManager(session or settings.aws(), key)),
        StoreKind.SSM: lambda: VaultCredentialStore(ParameterStore(session or settings.aws(), key)),
    }
    return stores[kind]()
