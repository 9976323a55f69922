"""What a request needs at the KMS key behind a secret or a parameter.

Source: Secrets Manager API reference, "Required permissions" of CreateSecret, GetSecretValue and UpdateSecret, and user
guide, "Secret encryption and decryption"; Systems Manager user guide, "KMS encryption for SecureString parameters".
AWS's own keys, `alias/aws/...`, are every principal's of the account.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from moto.backends import get_backend

from provisioner.sandbox.zones import ACCOUNT

# moto's services are loaded when they are asked for: some read the AWS profile of the shell when they are.
_WRITES = ("GenerateDataKey", "Decrypt")
_OF_SECRETS: Mapping[str, tuple[str, ...]] = {
    "CreateSecret": _WRITES,
    "GetSecretValue": ("Decrypt",),
    "PutSecretValue": _WRITES,
    "UpdateSecret": (*_WRITES, "Encrypt"),
}
_OF_PARAMETERS: Mapping[str, tuple[str, ...]] = {"GetParameter": ("Decrypt",), "PutParameter": ("Encrypt",)}


def of_secret(operation: str, asked: Mapping[str, Any], region: str) -> Iterator[tuple[str, str]]:
    """Yield (action, ARN of the key) for an operation of Secrets Manager."""
    if operation not in _OF_SECRETS:
        return
    secrets = get_backend("secretsmanager")[ACCOUNT][region].secrets
    name = str(asked.get("SecretId") or "")
    kept = getattr(secrets[name], "kms_key_id", None) if name in secrets else None  # a replica has it elsewhere
    yield from _needed(_OF_SECRETS[operation], asked.get("KmsKeyId") or kept, region)


def of_parameter(operation: str, asked: Mapping[str, Any], region: str) -> Iterator[tuple[str, str]]:
    """Yield (action, ARN of the key) for an operation of Parameter Store."""
    if operation not in _OF_PARAMETERS:
        return
    kept = get_backend("ssm")[ACCOUNT][region].get_parameter(str(asked["Name"]))
    key = asked.get("KeyId") or (kept.keyid if kept else None)
    yield from _needed(_OF_PARAMETERS[operation], key, region)


def _needed(actions: tuple[str, ...], key: str | None, region: str) -> Iterator[tuple[str, str]]:
    arn = arn_of(key, region) if key and "alias/aws/" not in key else None
    yield from ((action, arn) for action in actions if arn)


def arn_of(key: str, region: str) -> str | None:
    """Return the ARN of a key, by which IAM decides, whatever it is called; None when there is no such key."""
    backend = get_backend("kms")[ACCOUNT][region]
    found = backend.keys.get(backend.any_id_to_key_id(key))
    return str(found.arn) if found else None
