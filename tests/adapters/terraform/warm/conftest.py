"""A program that plays the AWS provider, and warm providers over it."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from adapters.terraform.warm.fake_provider import FakeProvider, Terraform

from provisioner.adapters.terraform import TerraformSettings
from provisioner.adapters.terraform.warm.pool import WarmProvider


@pytest.fixture
def provider(tmp_path: Path) -> FakeProvider:
    """The program, in a mirror."""
    return FakeProvider(tmp_path / "world")


@pytest.fixture
def settings(provider: FakeProvider, tmp_path: Path) -> TerraformSettings:
    """TerraformSettings that know no other mirror."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_REGION": "us-east-1"}
    return TerraformSettings(environment, tmp_path / "home", plugin_dir=provider.mirror)


@pytest.fixture
def warm_with(settings: TerraformSettings) -> Iterator[Callable[..., WarmProvider]]:
    """Return warm providers that are closed at the end."""
    with ExitStack() as stack:
        yield lambda *types, **how: stack.enter_context(WarmProvider(settings, types, **how))


@pytest.fixture
def warm(warm_with: Callable[..., WarmProvider]) -> WarmProvider:
    """A warm provider for one type."""
    return warm_with("aws_iam_user")


@pytest.fixture
def terraform(warm: WarmProvider) -> Iterator[Terraform]:
    """A Terraform in the middle of a run."""
    with warm.run() as lease:
        yield Terraform(lease)
