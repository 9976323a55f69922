"""What a provider said of its types is asked for once, as long as nothing has changed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from adapters.terraform.warm.fake_provider import FakeProvider, Terraform, entry, message

from provisioner.adapters.terraform import TerraformSettings
from provisioner.adapters.terraform.warm.pool import WarmProvider

GET_SCHEMA = "/tfplugin5.Provider/GetSchema"
USER, INSTANCE = entry(2, "aws_iam_user"), entry(2, "aws_instance")
OPTIONAL = message(6, b"\x08\x01\x10\x01")  # plan_destroy, get_provider_schema_optional
NOT_OPTIONAL = message(6, b"\x08\x01")
ERROR = message(4, b"\x08\x01")

Shown = Callable[..., bytes]


@pytest.fixture
def home(settings: TerraformSettings) -> Path:
    settings.home.mkdir()
    return settings.home


@pytest.fixture
def shown(settings: TerraformSettings) -> Shown:
    """Return what one run's Terraform is shown; a run of its own each, as by a program of its own."""

    def show(*types: str, whole_schema: bool = False) -> bytes:
        with WarmProvider(settings, types) as warm, warm.run(whole_schema=whole_schema) as lease:
            return Terraform(lease).call(GET_SCHEMA)

    return show


def asked(provider: FakeProvider) -> int:
    return len(provider.calls(GET_SCHEMA))


def kept(home: Path) -> list[Path]:
    return list(home.glob("provider-schema/*"))


@pytest.mark.usefixtures("home")
def test_a_later_run_is_shown_what_an_earlier_one_was_told(provider: FakeProvider, shown: Shown) -> None:
    provider.shows(USER + INSTANCE + OPTIONAL)
    assert [shown("aws_iam_user") for _ in range(3)] == [USER + OPTIONAL] * 3
    assert asked(provider) == 1


@pytest.mark.usefixtures("home")
def test_the_whole_is_the_provider_s_own_whatever_was_kept(provider: FakeProvider, shown: Shown) -> None:
    provider.shows(USER + INSTANCE + OPTIONAL)
    shown("aws_iam_user")
    assert shown("aws_iam_user", whole_schema=True) == USER + INSTANCE + OPTIONAL


@pytest.mark.parametrize("ends", [NOT_OPTIONAL, b"", OPTIONAL + ERROR])
def test_a_provider_that_does_not_offer_it_is_asked_every_time(
    provider: FakeProvider, home: Path, shown: Shown, ends: bytes
) -> None:
    provider.shows(USER + ends)
    assert [shown("aws_iam_user"), shown("aws_iam_user")] == [USER + ends] * 2
    assert (asked(provider), kept(home)) == (2, [])


def test_another_program_is_asked_and_takes_the_place_of_the_one_before(
    provider: FakeProvider, home: Path, shown: Shown
) -> None:
    provider.shows(USER + OPTIONAL)
    shown("aws_iam_user")
    later = provider.program.stat().st_mtime_ns + 1_000_000
    os.utime(provider.program, ns=(later, later))
    provider.shows(USER + USER + OPTIONAL)
    assert shown("aws_iam_user") == USER + USER + OPTIONAL
    assert len(kept(home)) == 1


@pytest.mark.usefixtures("home")
def test_other_types_are_asked_for(provider: FakeProvider, shown: Shown) -> None:
    provider.shows(USER + INSTANCE + OPTIONAL)
    assert shown("aws_iam_user") == USER + OPTIONAL
    assert shown("aws_iam_user", "aws_instance") == USER + INSTANCE + OPTIONAL


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 64])
def test_what_was_broken_is_asked_for_again_and_mended(
    provider: FakeProvider, home: Path, shown: Shown, damage: bytes
) -> None:
    provider.shows(USER + OPTIONAL)
    shown("aws_iam_user")
    (file,) = kept(home)
    file.write_bytes(damage)
    assert [shown("aws_iam_user"), shown("aws_iam_user")] == [USER + OPTIONAL] * 2
    assert asked(provider) == 2


def test_one_changed_byte_is_seen(provider: FakeProvider, home: Path, shown: Shown) -> None:
    provider.shows(USER + OPTIONAL)
    shown("aws_iam_user")
    (file,) = kept(home)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    assert shown("aws_iam_user") == USER + OPTIONAL


def test_nothing_is_left_behind_in_a_home_that_is_not_there(
    provider: FakeProvider, settings: TerraformSettings, shown: Shown
) -> None:
    provider.shows(USER + OPTIONAL)
    assert shown("aws_iam_user") == USER + OPTIONAL
    assert not settings.home.exists()


def test_a_file_that_cannot_be_put_in_its_place_is_not_left_behind(
    provider: FakeProvider, home: Path, shown: Shown
) -> None:
    provider.shows(USER + OPTIONAL)
    shown("aws_iam_user")
    (place,) = kept(home)
    place.unlink()
    place.mkdir()  # a directory, which no file replaces
    assert shown("aws_iam_user") == USER + OPTIONAL
    assert kept(home) == [place]


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(provider: FakeProvider, home: Path, shown: Shown) -> None:
    home.joinpath("provider-schema").write_text("somebody's file")
    provider.shows(USER + OPTIONAL)
    assert [shown("aws_iam_user"), shown("aws_iam_user")] == [USER + OPTIONAL] * 2
    assert asked(provider) == 2
