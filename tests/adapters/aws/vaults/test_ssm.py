"""Parameters are encrypted, or not ours."""

from __future__ import annotations

import pytest
from fakes.vaults import PARAMETER, TAGS, Aws, credential

from provisioner.core.credentials.slot import Slot
from provisioner.errors import Refused


def test_a_parameter_is_encrypted(parameters: Aws) -> None:
    parameters.store.save(credential())
    assert parameters.client.get_parameter(Name=PARAMETER)["Parameter"]["Type"] == "SecureString"


def test_no_password_goes_into_a_parameter_that_is_not_encrypted(parameters: Aws) -> None:
    parameters.client.put_parameter(Name=PARAMETER, Value="x", Type="String", Tags=TAGS)
    with pytest.raises(Refused, match="neither a SecureString parameter"):
        parameters.store.save(credential())
    assert parameters.text() == "x"


def test_what_is_pending_is_an_encrypted_parameter_of_its_own_with_our_tags(parameters: Aws) -> None:
    parameters.store.save(credential(), Slot.PENDING)
    parameters.name = f"{PARAMETER}/_pending"
    assert parameters.client.get_parameter(Name=parameters.name)["Parameter"]["Type"] == "SecureString"
    assert parameters.tags() == TAGS
