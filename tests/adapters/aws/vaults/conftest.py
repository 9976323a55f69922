"""The services that credentials are kept in."""

from __future__ import annotations

import pytest
from fakes.vaults import VAULTS, Aws

from provisioner.adapters.aws.session import AwsSession


@pytest.fixture(params=list(VAULTS))
def aws(request: pytest.FixtureRequest, emulated: AwsSession) -> Aws:
    return Aws(request.param, emulated)


@pytest.fixture
def secrets(emulated: AwsSession) -> Aws:
    return Aws("secretsmanager", emulated)


@pytest.fixture
def parameters(emulated: AwsSession) -> Aws:
    return Aws("ssm", emulated)
