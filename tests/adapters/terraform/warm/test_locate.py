"""Where the provider's program comes from when the mirror does not hold it unpacked."""

import os
from pathlib import Path

import pytest
from adapters.terraform.fake_terraform import FakeTerraform
from adapters.terraform.warm.fake_provider import at_once

from provisioner.adapters.terraform import TerraformSettings
from provisioner.adapters.terraform.mirror import this_platform
from provisioner.adapters.terraform.warm.locate import Provider
from provisioner.errors import ProvisionerError

PLACE = f".terraform/providers/registry.terraform.io/hashicorp/aws/5.100.0/{this_platform()}"
INSTALLS = f"sleep 0.2; mkdir -p {PLACE}; touch {PLACE}/terraform-provider-aws_v5.100.0_x5"


@pytest.fixture
def settings(fake: FakeTerraform, tmp_path: Path) -> TerraformSettings:
    """Settings that know a mirror with a packed provider only."""
    packed = tmp_path / "packed/registry.terraform.io/hashicorp/aws"
    packed.mkdir(parents=True)
    (packed / f"terraform-provider-aws_5.100.0_{this_platform()}.zip").touch()
    environment = {"PATH": f"{fake.folder}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    return TerraformSettings(environment, tmp_path / "home", plugin_dir=tmp_path / "packed")


def test_terraform_unpacks_it_once_for_all_who_ask(fake: FakeTerraform, settings: TerraformSettings) -> None:
    fake.says("init", before=INSTALLS)
    provider = Provider(settings)
    (program,) = set(at_once(4, lambda _: provider.binary()))
    assert program.name == "terraform-provider-aws_v5.100.0_x5"
    assert program.is_file()
    assert fake.calls == ["init"]
    provider.close()
    assert not program.exists()


def test_an_init_that_fails_is_told_in_terraforms_words_and_not_tried_again(
    fake: FakeTerraform, settings: TerraformSettings
) -> None:
    fake.says("init", err="Error: no such package", code=1)
    provider = Provider(settings)
    with pytest.raises(ProvisionerError, match="no such package"):
        provider.binary()
    with pytest.raises(ProvisionerError, match="installed no AWS provider"):
        provider.binary()
    assert fake.calls == ["init"]
    provider.close()
