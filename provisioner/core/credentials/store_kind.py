"""The kinds of credential stores."""

from __future__ import annotations

from enum import StrEnum


class StoreKind(StrEnum):
    """Where SMTP credentials may be kept, as `PROVISIONER_STORE` and the start of a location name it."""

    FILE = "file"
    SECRETSMANAGER = "secretsmanager"
    SSM = "ssm"
