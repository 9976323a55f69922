"""A program that plays Terraform, a root that it works on, and a runner over both."""

import os
from pathlib import Path

import pytest
from adapters.terraform.fake_terraform import FakeTerraform

from provisioner.adapters.terraform import TerraformRunner, TerraformSettings, Timeouts
from provisioner.adapters.terraform.mirror import this_platform


@pytest.fixture
def fake(tmp_path: Path) -> FakeTerraform:
    return FakeTerraform(tmp_path / "bin")


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    (folder / "registry.terraform.io/hashicorp/aws/5.100.0" / this_platform()).mkdir(parents=True)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "home/domains/example.com"
    root.mkdir(parents=True)
    (root / "main.tf").write_text("# rendered\n")
    return root


@pytest.fixture
def settings(fake: FakeTerraform, mirror: Path, tmp_path: Path) -> TerraformSettings:
    path = f"{fake.folder}:{os.environ['PATH']}"
    timeouts = Timeouts(grace=1.0)
    return TerraformSettings(
        {"PATH": path, "HOME": str(tmp_path)}, tmp_path / "home", plugin_dir=mirror, timeouts=timeouts
    )


@pytest.fixture
def runner(settings: TerraformSettings) -> TerraformRunner:
    return TerraformRunner(settings)
