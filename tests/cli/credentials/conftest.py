"""Credentials that are there."""

from collections.abc import Callable
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential

Cli = Callable[..., Any]


@pytest.fixture
def both(cli: Cli, in_memory: World) -> dict[str, SmtpCredential]:
    """Two provisioned domains and their credentials."""
    for domain in ("example.com", "example.org"):
        assert cli("new-domain", domain).code == 0
    return in_memory.store.kept


@pytest.fixture
def shop(cli: Cli, in_memory: World) -> dict[str, SmtpCredential]:
    """A domain with one sender, and another without any; the credentials by IAM user."""
    assert cli("new-domain", "example.com", "--sender", "shop=orders").code == 0
    assert cli("new-domain", "example.org").code == 0
    return in_memory.store.kept
