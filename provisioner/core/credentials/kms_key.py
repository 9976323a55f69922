"""The KMS key with which a service of AWS encrypts the credentials that it keeps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

_ALIAS = r"alias/[A-Za-z0-9/_-]{1,250}"
_ID = r"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})"
_KEY = re.compile(rf"{_ALIAS}|{_ID}|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{{12}}:(?:{_ALIAS}|key/{_ID})")


@dataclass(frozen=True, slots=True)
class KmsKey:
    """A key as KMS takes it: its id, an alias, or the ARN of either (KMS API reference, DescribeKey)."""

    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a user gives; raises `InputError("invalid_kms_key")`."""
        name = text.strip()
        if _KEY.fullmatch(name):
            return cls(name)
        bare = _KEY.fullmatch(f"alias/{name}")
        hint = f"for an alias write alias/{name}" if bare else "give a key id, alias/NAME, or the ARN of either"
        raise InputError("invalid_kms_key", f"{quoted(name)} is not a KMS key", hint)

    def is_called(self, other: str) -> bool:
        """Say whether a service means this key by `other`: it may name the ARN where the user named what is in it."""
        if self.name.startswith("arn:") and other.startswith("arn:"):
            return self.name == other
        return self._short == KmsKey(other)._short

    @property
    def _short(self) -> str:
        return self.name.rpartition(":")[2].removeprefix("key/")
