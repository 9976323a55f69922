"""A domain of AWS GovCloud (US) is worked on in its partition, also when nobody names a region any more."""

from pathlib import Path

import pytest

from provisioner.adapters.disk.workspaces import DirectoryWorkspaces
from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Request
from provisioner.core.values.domain import DomainName
from provisioner.wiring.settings import Settings

GOVCLOUD = "us-gov-west-1"


def client_region(home: Path, **environment: str) -> object:
    nobody = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", **environment}
    return Settings.read(nobody, home=home, region=None, profile=None).aws().client("sts").meta.region_name


def remember(home: Path, **regions: str) -> None:
    for name, region in regions.items():
        with DirectoryWorkspaces(home).open(DomainName.parse(f"{name}.com")) as workspace:
            workspace.remember(Remembered(Request.parse(region), None))


@pytest.fixture(autouse=True)
def _nothing_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


@pytest.mark.parametrize(
    ("regions", "asked"),
    [
        ({}, "us-east-1"),
        ({"a": "eu-west-1"}, "us-east-1"),
        ({"a": GOVCLOUD}, GOVCLOUD),
        ({"a": GOVCLOUD, "b": "eu-west-1"}, "us-east-1"),
    ],
)
def test_the_partition_is_that_of_all_domains_of_the_home(tmp_path: Path, regions: dict[str, str], asked: str) -> None:
    remember(tmp_path, **regions)
    assert client_region(tmp_path) == asked


def test_a_file_that_cannot_be_read_is_passed_by(tmp_path: Path) -> None:
    remember(tmp_path, a=GOVCLOUD, b=GOVCLOUD)
    (tmp_path / "domains/a.com/request.json").write_text("{")
    assert client_region(tmp_path) == GOVCLOUD


def test_a_region_that_is_named_wins(tmp_path: Path) -> None:
    remember(tmp_path, a=GOVCLOUD)
    assert client_region(tmp_path, AWS_REGION="eu-west-1") == "eu-west-1"
