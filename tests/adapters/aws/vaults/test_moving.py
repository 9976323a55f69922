"""Moving between the real stores: files, Secrets Manager, Parameter Store; and dying at each of their own steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations, count
from pathlib import Path

import pytest
from fakes.dying import Died, Fault, Run
from fakes.vaults import EXAMPLE, SHOP, VAULTS, MemoryVault, credential
from fakes.world import World

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.vaults.vault import VaultCredentialStore
from provisioner.adapters.disk.credentials import FileCredentialStore
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.senders import SenderChange
from provisioner.core.credentials.credential import Replaced, SmtpCredential
from provisioner.core.credentials.slot import Slot
from provisioner.core.credentials.store_kind import StoreKind
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.ports.credentials import CredentialStore
from provisioner.usecases.credentials.move import Route, move
from provisioner.usecases.mail_domain.new_domain import new_domain

ASKED = Asked(default_region=Region.parse("us-east-1"), senders=SenderChange.parse(["shop=orders"], ()))
NOW = datetime(2026, 11, 28, tzinfo=UTC)
HELD = {
    (EXAMPLE, Slot.CURRENT): replace(credential(EXAMPLE, "AKIANEW"), replaces=Replaced("AKIAOLD", NOW)),
    (EXAMPLE, Slot.PREVIOUS): credential(EXAMPLE, "AKIAOLD"),
    (SHOP, Slot.CURRENT): credential(SHOP, "AKIASHOP"),
    (SHOP, Slot.PENDING): credential(SHOP, "AKIANEXT"),
}

Held = dict[tuple[SmtpUser, Slot], SmtpCredential]


def held(*stores: CredentialStore) -> Held:
    found = [(user, slot, store.load(user, slot)) for store in stores for user in (EXAMPLE, SHOP) for slot in Slot]
    return {(user, slot): one for user, slot, one in found if one}


def fill(store: CredentialStore) -> CredentialStore:
    for (_, slot), one in HELD.items():
        store.save(one, slot)
    return store


def carry(world: World, source: CredentialStore, target: CredentialStore) -> None:
    move(world.edges, Route(source, target, (StoreKind.FILE, StoreKind.SSM), StoreKind.FILE), [EXAMPLE.domain])


@pytest.fixture
def known(world: World) -> World:
    """A home that knows the domain and its sender."""
    new_domain(world.edges, EXAMPLE.domain, ASKED)
    return world


@pytest.mark.parametrize("way", list(combinations(["file", *VAULTS], 2)), ids="-".join)
def test_every_slot_arrives_there_and_back_and_nothing_is_left(
    known: World, emulated: AwsSession, tmp_path: Path, way: tuple[str, str]
) -> None:
    def store(kind: str) -> CredentialStore:
        return FileCredentialStore(tmp_path) if kind == "file" else VaultCredentialStore(VAULTS[kind](emulated))

    source, target = map(store, way)
    carry(known, fill(source), target)
    assert (held(target), held(source)) == (HELD, {})
    carry(known, source, target)
    carry(known, target, source)
    assert (held(source), held(target)) == (HELD, {})


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("to_file", [False, True], ids=["file to vault", "vault to file"])
def test_whenever_a_run_dies_one_of_the_stores_holds_each_and_the_next_run_goes_on(
    known: World, tmp_path: Path, to_file: bool, fault: Fault
) -> None:
    for number in count():
        files, vault = FileCredentialStore(tmp_path / str(number)), MemoryVault()
        secrets, run = VaultCredentialStore(vault, lambda _: None), Run(number, fault)
        source, target = (secrets, files) if to_file else (files, secrets)
        fill(source)
        watched = VaultCredentialStore(run.watched("vault", vault), lambda _: None)
        with dying_disk(run), suppress(Died, ProvisionerError):
            carry(known, *((watched, files) if to_file else (files, watched)))
        assert held(source, target) == HELD, run.calls[-1]
        carry(known, source, target)
        assert (held(target), held(source)) == (HELD, {}), run.calls[-1]
        if len(run.calls) == number:  # it came to its end before there was a fault
            break
    writes = {"disk: replace", "vault: delete"} if to_file else {"disk: unlink", "vault: create", "vault: replace"}
    assert {"disk: read_text", "vault: look", *writes} <= set(run.calls)


@contextmanager
def dying_disk(run: Run) -> Iterator[None]:
    """Let what is done to a path be calls of the run."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("unlink", "replace", "read_text"):
            patch.setattr(Path, name, _counted(run, name, getattr(Path, name)))
        yield


def _counted(run: Run, name: str, method: Callable[..., object]) -> Callable[..., object]:
    return lambda *arguments, **named: run.call(f"disk: {name}", lambda: method(*arguments, **named))
