"""Manifests from a text, good or bad."""

from typing import Any

import pytest

from provisioner.adapters.manifest.file import parse_manifest
from provisioner.errors import InputError


def documents(text: str, kind: str = "yaml") -> list[dict[str, Any]]:
    return [entry.to_document() for entry in parse_manifest(text, "m", kind).entries]


def faults(text: str, kind: str = "yaml") -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_manifest(text, "m", kind)
    assert caught.value.code == "invalid_manifest"
    assert "schema manifest" in caught.value.hint
    return caught.value.message.splitlines()[1:]
