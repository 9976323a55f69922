"""What every credential store does, wherever it keeps them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.vaults.secretsmanager import SecretsManager
from provisioner.adapters.aws.vaults.ssm import ParameterStore
from provisioner.adapters.aws.vaults.vault import VaultCredentialStore
from provisioner.adapters.disk.credentials import FileCredentialStore
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.ports.credentials import CredentialStore

EXAMPLE, OTHER = SmtpUser(DomainName.parse("example.com")), SmtpUser(DomainName.parse("example.org"))
SHOP = SmtpUser(EXAMPLE.domain, "shop")
LONGEST = SmtpUser(DomainName.of_ascii(".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 57, "com"])), "s" * 32)
HYPHEN_AND_SIX = SmtpUser(
    DomainName.parse("例子.中国")
)  # A-label: what Secrets Manager puts at the end of an ARN looks like it
DAMAGED = '{"version": 1, "password": "BMXhUYlu5Z3g'
ACCESS_KEY = "some+secret+key"


def credential(user: SmtpUser = EXAMPLE, key_id: str = "AKIAIOSFODNN7EXAMPLE") -> SmtpCredential:
    return SmtpCredential.derived(user, Region.parse("us-east-1"), key_id, Secret(ACCESS_KEY))


@dataclass
class Kept:
    """A store, and the way around it to what it keeps: everything under a name, as text."""

    store: CredentialStore
    read: Callable[[str], str]
    damage: Callable[[str], Any]


def in_files(home: Path) -> Kept:
    def path(location: str) -> Path:
        return Path(location.removeprefix("file:"))

    def damage(location: str) -> None:
        path(location).parent.mkdir(parents=True, exist_ok=True)
        path(location).write_text(DAMAGED)

    return Kept(FileCredentialStore(home), lambda location: path(location).read_text(), damage)


def in_secrets_manager(session: AwsSession) -> Kept:
    store, client = VaultCredentialStore(SecretsManager(session)), session.client("secretsmanager")

    def damage(location: str) -> None:
        store.check_writable(EXAMPLE)
        client.put_secret_value(SecretId=location.removeprefix("secretsmanager:"), SecretString=DAMAGED)

    def read(location: str) -> str:
        return str(client.get_secret_value(SecretId=location.removeprefix("secretsmanager:"))["SecretString"])

    return Kept(store, read, damage)


def in_parameters(session: AwsSession) -> Kept:
    store, client = VaultCredentialStore(ParameterStore(session)), session.client("ssm")

    def damage(location: str) -> None:
        store.check_writable(EXAMPLE)
        client.put_parameter(Name=location.removeprefix("ssm:"), Value=DAMAGED, Type="SecureString", Overwrite=True)

    def read(location: str) -> str:
        name = location.removeprefix("ssm:")
        return str(client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    return Kept(store, read, damage)


@pytest.fixture(params=["file", "secretsmanager", "ssm"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    if request.param == "file":
        return in_files(tmp_path / "home")
    session = request.getfixturevalue("emulated")
    return in_secrets_manager(session) if request.param == "secretsmanager" else in_parameters(session)


@pytest.fixture
def store(kept: Kept) -> CredentialStore:
    return kept.store


def test_nothing_kept_is_none(store: CredentialStore) -> None:
    assert store.load(EXAMPLE) is None


@pytest.mark.parametrize(
    "user", [EXAMPLE, SHOP, LONGEST, HYPHEN_AND_SIX], ids=["usual", "sender", "longest", "hyphen and six"]
)
def test_a_credential_is_read_back_as_it_was_kept(store: CredentialStore, user: SmtpUser) -> None:
    store.check_writable(user)
    store.save(credential(user))
    assert store.load(user) == credential(user)


def test_the_credentials_of_a_domain_and_of_its_senders_do_not_touch_each_other(store: CredentialStore) -> None:
    users = [EXAMPLE, SHOP, SmtpUser(EXAMPLE.domain, "json"), SmtpUser(EXAMPLE.domain, "corrupt-1")]
    for number, user in enumerate(users):
        store.check_writable(user)
        store.save(credential(user, f"AKIA{number}"))
    assert [store.load(user) for user in users] == [credential(u, f"AKIA{n}") for n, u in enumerate(users)]
    for user in users:
        store.remove(user)
        assert [store.load(one) is None for one in users] == [one in users[: users.index(user) + 1] for one in users]


def test_a_newer_credential_replaces_the_older_one(store: CredentialStore) -> None:
    store.save(credential())
    store.save(credential(key_id="AKIANEWNEWNEWNEW"))
    assert store.load(EXAMPLE) == credential(key_id="AKIANEWNEWNEWNEW")


def test_what_is_kept_is_the_document_of_the_credential_without_the_secret_access_key(kept: Kept) -> None:
    kept.store.save(credential())
    text = kept.read(kept.store.location(EXAMPLE))
    assert json.loads(text) == credential().to_document()
    assert ACCESS_KEY not in text


def test_looking_whether_it_could_be_kept_keeps_nothing(store: CredentialStore) -> None:
    store.check_writable(EXAMPLE)
    store.check_writable(EXAMPLE)
    assert store.load(EXAMPLE) is None


def test_looking_whether_it_could_be_kept_leaves_an_older_credential_alone(store: CredentialStore) -> None:
    store.save(credential())
    store.check_writable(EXAMPLE)
    assert store.load(EXAMPLE) == credential()


def test_a_forgotten_credential_is_gone_and_its_place_can_be_taken_at_once(store: CredentialStore) -> None:
    store.save(credential())
    store.save(credential(OTHER))
    store.remove(EXAMPLE)
    assert store.load(EXAMPLE) is None
    assert store.load(OTHER) == credential(OTHER)
    store.check_writable(EXAMPLE)
    store.save(credential(key_id="AKIANEWNEWNEWNEW"))
    assert store.load(EXAMPLE) == credential(key_id="AKIANEWNEWNEWNEW")


def test_forgetting_is_no_error_when_there_is_nothing(store: CredentialStore) -> None:
    store.remove(EXAMPLE)
    store.save(credential())
    store.remove(EXAMPLE)
    store.remove(EXAMPLE)
    assert store.load(EXAMPLE) is None


def test_what_was_only_claimed_is_forgotten_too(store: CredentialStore) -> None:
    store.check_writable(EXAMPLE)
    store.remove(EXAMPLE)
    assert store.load(EXAMPLE) is None


def test_a_damaged_credential_is_said_with_its_place_and_without_what_it_holds(kept: Kept) -> None:
    kept.damage(kept.store.location(EXAMPLE))
    with pytest.raises(ProvisionerError, match="not a JSON object") as caught:
        kept.store.load(EXAMPLE)
    assert caught.value.code == "corrupt_credential"
    assert kept.store.location(EXAMPLE).removeprefix("file:") in caught.value.message
    assert "BMXhUYlu5Z3g" not in str(caught.value.__dict__)
    assert caught.value.hint
    assert kept.read(kept.store.location(EXAMPLE)) == DAMAGED


def test_damaged_credentials_are_put_aside_each_in_a_place_of_its_own(kept: Kept) -> None:
    store, places = kept.store, []
    for _ in range(2):
        kept.damage(store.location(EXAMPLE))
        places.append(store.set_aside(EXAMPLE))
        assert store.load(EXAMPLE) is None
    assert len({store.location(EXAMPLE), *places}) == 3
    assert [kept.read(place) for place in places] == [DAMAGED, DAMAGED]


def test_where_a_damaged_credential_was_a_new_one_can_be_kept(kept: Kept) -> None:
    kept.damage(kept.store.location(EXAMPLE))
    aside = kept.store.set_aside(EXAMPLE)
    kept.store.check_writable(EXAMPLE)
    kept.store.save(credential())
    assert kept.store.load(EXAMPLE) == credential()
    kept.store.remove(EXAMPLE)
    assert kept.read(aside) == DAMAGED


def test_no_password_is_in_what_a_store_shows_of_itself(store: CredentialStore) -> None:
    store.save(credential())
    assert credential().password.reveal() not in repr(store) + repr(vars(store))


def test_what_is_pending_and_what_is_previous_are_kept_beside_what_is_current(store: CredentialStore) -> None:
    ids = {Slot.CURRENT: "AKIACURRENT", Slot.PREVIOUS: "AKIAPREVIOUS", Slot.PENDING: "AKIAPENDING"}
    users = [EXAMPLE, SHOP, SmtpUser(EXAMPLE.domain, "pending"), SmtpUser(EXAMPLE.domain, "previous")]
    for user in users:
        for slot, key_id in ids.items():
            store.check_writable(user, slot)
            store.save(credential(user, f"{key_id}OF{user.sender}"), slot)
    for user in users:
        for slot, key_id in ids.items():
            assert store.load(user, slot) == credential(user, f"{key_id}OF{user.sender}")


@pytest.mark.parametrize("slot", [Slot.PENDING, Slot.PREVIOUS])
def test_a_slot_that_was_never_taken_holds_nothing(store: CredentialStore, slot: Slot) -> None:
    assert store.load(EXAMPLE, slot) is None
    store.clear(EXAMPLE, slot)
    store.save(credential())
    assert store.load(EXAMPLE, slot) is None
    store.clear(EXAMPLE, slot)
    assert store.load(EXAMPLE) == credential()


@pytest.mark.parametrize("slot", [Slot.PENDING, Slot.PREVIOUS])
def test_a_slot_is_taken_anew_and_cleared_while_the_current_credential_stays(
    store: CredentialStore, slot: Slot
) -> None:
    store.save(credential())
    for key_id in ("AKIAFIRST", "AKIASECOND"):
        store.save(credential(key_id=key_id), slot)
        assert store.load(EXAMPLE, slot) == credential(key_id=key_id)
    store.clear(EXAMPLE, slot)
    store.clear(EXAMPLE, slot)
    assert store.load(EXAMPLE, slot) is None
    assert store.load(EXAMPLE) == credential()
    store.save(credential(key_id="AKIATHIRD"), slot)
    assert store.load(EXAMPLE, slot) == credential(key_id="AKIATHIRD")


def test_what_is_pending_becomes_current_and_what_was_current_previous(store: CredentialStore) -> None:
    old, new = credential(key_id="AKIAOLD"), credential(key_id="AKIANEW")
    store.save(old)
    store.save(new, Slot.PENDING)
    store.save(old, Slot.PREVIOUS)
    store.save(new)
    store.clear(EXAMPLE, Slot.PENDING)
    held = [store.load(EXAMPLE, slot) for slot in (Slot.CURRENT, Slot.PENDING, Slot.PREVIOUS)]
    assert held == [new, None, old]


def test_looking_whether_a_pending_one_could_be_kept_changes_nothing(store: CredentialStore) -> None:
    store.check_writable(EXAMPLE, Slot.PENDING)
    assert store.load(EXAMPLE, Slot.PENDING) is None
    store.save(credential())
    store.save(credential(key_id="AKIANEW"), Slot.PENDING)
    store.check_writable(EXAMPLE, Slot.PENDING)
    assert store.load(EXAMPLE) == credential()
    assert store.load(EXAMPLE, Slot.PENDING) == credential(key_id="AKIANEW")


def test_forgetting_a_user_forgets_every_slot(store: CredentialStore) -> None:
    for user in (EXAMPLE, SHOP):
        for slot in Slot:
            store.save(credential(user), slot)
    store.remove(EXAMPLE)
    store.remove(EXAMPLE)
    assert [store.load(EXAMPLE, slot) for slot in Slot] == [None, None, None]
    assert [store.load(SHOP, slot) for slot in Slot] == [credential(SHOP)] * 3
