"""Where credentials are kept by default."""

import stat
from pathlib import Path

import pytest

from provisioner.adapters.disk.credentials import FileCredentialStore
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError

EXAMPLE = SmtpUser(DomainName.parse("example.com"))
SHOP = SmtpUser(EXAMPLE.domain, "shop")
OTHER = SmtpUser(DomainName.parse("example.org"))


def credential(user: SmtpUser = EXAMPLE, key_id: str = "AKIAIOSFODNN7EXAMPLE") -> SmtpCredential:
    return SmtpCredential.derived(user, Region.parse("us-east-1"), key_id, Secret("some+secret+key"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> FileCredentialStore:
    return FileCredentialStore(home)


@pytest.fixture
def place(home: Path) -> Path:
    return home / "credentials" / "example.com"


def test_the_file_is_for_its_owner_only_and_so_is_its_directory(store: FileCredentialStore, place: Path) -> None:
    store.save(credential())
    assert stat.S_IMODE((place / "smtp.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_the_secret_access_key_is_not_kept(store: FileCredentialStore, place: Path) -> None:
    store.save(credential())
    assert "some+secret+key" not in (place / "smtp.json").read_text()


def test_nothing_kept_is_none(store: FileCredentialStore, home: Path) -> None:
    assert store.load(EXAMPLE) is None
    assert not home.exists()


def test_a_damaged_file_is_said_without_what_it_holds(store: FileCredentialStore, place: Path) -> None:
    place.mkdir(parents=True)
    (place / "smtp.json").write_text('{"version": 1, "password": "BMXhUYlu5Z3g')
    with pytest.raises(ProvisionerError) as caught:
        store.load(EXAMPLE)
    assert caught.value.code == "corrupt_credential"
    assert "BMXhUYlu5Z3g" not in str(caught.value.__dict__)
    assert "BMXhUYlu5Z3g" in (place / "smtp.json").read_text()


def test_the_location_is_the_path_of_the_file(store: FileCredentialStore, place: Path) -> None:
    assert store.location(EXAMPLE) == f"file:{place / 'smtp.json'}"


def test_looking_whether_it_could_be_kept_leaves_nothing_but_the_directory(
    store: FileCredentialStore, place: Path
) -> None:
    store.check_writable(EXAMPLE)
    assert list(place.iterdir()) == []


def test_a_store_that_cannot_keep_anything_says_so_beforehand(store: FileCredentialStore, home: Path) -> None:
    home.write_text("not a directory")
    with pytest.raises(ProvisionerError, match="Not a directory"):
        store.check_writable(EXAMPLE)


def test_a_credential_is_forgotten_with_its_directory(store: FileCredentialStore, place: Path) -> None:
    store.save(credential())
    store.save(credential(OTHER))
    store.remove(EXAMPLE)
    assert not place.exists()
    assert store.load(OTHER) == credential(OTHER)


def test_other_files_beside_a_credential_stay_when_it_is_forgotten(store: FileCredentialStore, place: Path) -> None:
    store.save(credential())
    (place / "notes.txt").write_text("ours")
    store.remove(EXAMPLE)
    assert [path.name for path in place.iterdir()] == ["notes.txt"]


def test_what_a_killed_run_left_half_written_is_forgotten_too(store: FileCredentialStore, place: Path) -> None:
    store.save(credential())
    (place / ".smtp.json.abcd1234").write_text("half a password")
    store.remove(EXAMPLE)
    assert not place.exists()


def test_forgetting_what_was_never_kept_is_no_error(store: FileCredentialStore, home: Path) -> None:
    store.remove(EXAMPLE)
    assert not home.exists()


@pytest.mark.parametrize("slot", [Slot.PENDING, Slot.PREVIOUS])
def test_what_is_kept_beside_the_current_one_is_for_its_owner_only(
    store: FileCredentialStore, place: Path, slot: Slot
) -> None:
    store.save(credential(), slot)
    store.save(credential(SHOP), slot)
    assert sorted(path.name for path in place.iterdir()) == [f"smtp.json.{slot}", f"smtp.shop.json.{slot}"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()} == {0o600}


def test_what_a_killed_run_left_half_written_in_a_slot_is_forgotten_with_it(
    store: FileCredentialStore, place: Path
) -> None:
    store.save(credential())
    (place / ".smtp.json.pending.abcd1234").write_text("half a password")
    store.clear(EXAMPLE, Slot.PENDING)
    assert [path.name for path in place.iterdir()] == ["smtp.json"]
