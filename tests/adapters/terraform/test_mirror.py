"""Where the provider comes from."""

from pathlib import Path

import pytest

from provisioner.adapters.terraform.mirror import Mirror, cli_config, find, this_platform
from provisioner.errors import InputError

PROVIDER = "registry.terraform.io/hashicorp/aws"


@pytest.fixture
def user_home(tmp_path: Path) -> Path:
    return tmp_path / "user"


@pytest.fixture
def opt(tmp_path: Path) -> Path:
    folder = tmp_path / "opt"
    folder.mkdir()
    return folder


def unpacked(mirror: Path, version: str, platform: str | None = None) -> Path:
    (mirror / PROVIDER / version / (platform or this_platform())).mkdir(parents=True)
    return mirror


def packed(mirror: Path, version: str) -> Path:
    folder = mirror / PROVIDER
    folder.mkdir(parents=True)
    (folder / f"terraform-provider-aws_{version}_{this_platform()}.zip").touch()
    return mirror


def test_without_a_mirror_the_registry_is_asked(user_home: Path, opt: Path) -> None:
    assert find(None, user_home, opt) is None


def test_a_folder_under_opt_is_discovered(user_home: Path, opt: Path) -> None:
    (opt / "aaa-other-software").mkdir()
    mirror = unpacked(opt / "tf-plugins", "5.100.0")
    assert find(None, user_home, opt) == Mirror(mirror, "5.100.0")


def test_the_users_own_directory_comes_first(user_home: Path, opt: Path) -> None:
    unpacked(opt / "tf-plugins", "5.101.0")
    mirror = unpacked(user_home / ".terraform.d/plugins", "5.100.0")
    assert find(None, user_home, opt) == Mirror(mirror, "5.100.0")


def test_the_newest_fitting_version_counts_by_number_not_by_text(user_home: Path, opt: Path) -> None:
    for version in ("5.99.1", "5.100.2", "5.100.10", "6.0.0", "not-a-version"):
        unpacked(opt / "m", version)
    assert find(None, user_home, opt) == Mirror(opt / "m", "5.100.10")


def test_a_packed_provider_is_found(user_home: Path, opt: Path) -> None:
    mirror = packed(opt / "m", "5.100.0")
    assert find(None, user_home, opt) == Mirror(mirror, "5.100.0")


@pytest.mark.parametrize(("version", "platform"), [("6.2.0", None), ("5.99.0", None), ("5.100.0", "plan9_mips")])
def test_a_discovered_mirror_without_a_fitting_provider_is_passed_over(
    user_home: Path, opt: Path, version: str, platform: str | None
) -> None:
    unpacked(opt / "m", version, platform)
    assert find(None, user_home, opt) is None


def test_the_given_mirror_wins(user_home: Path, opt: Path, tmp_path: Path) -> None:
    unpacked(opt / "m", "5.101.0")
    given = unpacked(tmp_path / "given", "5.100.0")
    assert find(given, user_home, opt) == Mirror(given, "5.100.0")


def test_a_given_mirror_without_the_provider_is_bad_input(user_home: Path, opt: Path, tmp_path: Path) -> None:
    unpacked(opt / "m", "5.101.0")
    with pytest.raises(InputError) as raised:
        find(tmp_path, user_home, opt)
    assert raised.value.code == "provider_missing"
    assert str(tmp_path) in raised.value.message
    assert "PROVISIONER_PLUGIN_DIR" in raised.value.hint


def test_with_a_mirror_nothing_is_fetched_from_anywhere_else() -> None:
    config = cli_config(Mirror(Path('/opt/a "b"'), "5.100.0"), Path("/data/plugin-cache"))
    assert 'path = "/opt/a \\"b\\""' in config
    assert "direct" not in config
    assert "plugin_cache_dir" not in config


def test_without_a_mirror_what_was_fetched_is_kept() -> None:
    config = cli_config(None, Path("/data/plugin-cache"))
    assert 'plugin_cache_dir = "/data/plugin-cache"' in config
    assert "direct {}" in config
