"""Where SMTP credentials are kept: the store that the environment names, or any other beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.vaults.secretsmanager import SecretsManager
from provisioner.adapters.aws.vaults.ssm import ParameterStore
from provisioner.adapters.aws.vaults.vault import VaultCredentialStore
from provisioner.adapters.disk.credentials import FileCredentialStore
from provisioner.core.credentials.store_kind import StoreKind
from provisioner.errors import InputError
from provisioner.ports.credentials import CredentialStore
from provisioner.wiring.settings import Settings


def chosen_kind(settings: Settings) -> StoreKind:
    """Return the kind that `PROVISIONER_STORE` names; raises `InputError("invalid_store")`."""
    kind = settings.value("PROVISIONER_STORE") or StoreKind.FILE
    if kind not in set(StoreKind):
        message = f"PROVISIONER_STORE={kind} is not a credential store"
        raise InputError("invalid_store", message, "use file, secretsmanager or ssm")
    return StoreKind(kind)


def open_store(settings: Settings, kind: StoreKind, session: AwsSession | None = None) -> CredentialStore:
    """Return a store of a kind; nothing outside is asked yet."""
    stores: Mapping[StoreKind, Callable[[], CredentialStore]] = {
        StoreKind.FILE: lambda: FileCredentialStore(settings.home),
        StoreKind.SECRETSMANAGER: lambda: VaultCredentialStore(SecretsManager(session or settings.aws())),
        StoreKind.SSM: lambda: VaultCredentialStore(ParameterStore(session or settings.aws())),
    }
    return stores[kind]()
