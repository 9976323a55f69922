"""Credentials from one store to another: compared, deleted last, and held by one of them whenever the run dies."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import count

import pytest
from fakes.dying import Died, Fault, Run
from fakes.stores import FakeStore
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.senders import SenderChange
from provisioner.core.credentials.credential import Replaced, SmtpCredential
from provisioner.core.credentials.slot import Slot
from provisioner.core.credentials.store_kind import StoreKind
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError, Refused
from provisioner.ports.credentials import CredentialStore
from provisioner.usecases.credentials.move import Moved, Route, move
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE, OTHER = DomainName.parse("example.com"), DomainName.parse("example.org")
MAIN, SHOP = SmtpUser(EXAMPLE), SmtpUser(EXAMPLE, "shop")
REGION = Region.parse("us-east-1")
KINDS = StoreKind.FILE, StoreKind.SSM

Held = dict[tuple[SmtpUser, Slot], SmtpCredential]


def credential(user: SmtpUser, key_id: str) -> SmtpCredential:
    return SmtpCredential.derived(user, REGION, key_id, Secret(f"secret of {key_id}"))


def route(source: CredentialStore, target: CredentialStore, chosen: StoreKind = StoreKind.FILE) -> Route:
    return Route(source, target, KINDS, chosen, "us-east-1")


def held(stores: Iterable[CredentialStore]) -> Held:
    """Return what is in any of the stores."""
    found = [(user, slot, store.load(user, slot)) for store in stores for user in (MAIN, SHOP) for slot in Slot]
    return {(user, slot): one for user, slot, one in found if one}


@pytest.fixture
def target() -> FakeStore:
    return FakeStore("ssm")


@pytest.fixture
def rotating(world: World) -> World:
    """A domain with a sender, of which both are in the middle of a rotation, and another without any."""
    new_domain(world.edges, EXAMPLE, Asked(default_region=REGION, senders=SenderChange.parse(["shop=orders"], ())))
    new_domain(world.edges, OTHER, Asked(default_region=REGION))
    replaced = Replaced("AKIAPREVIOUS", world.clock.now())
    world.store.save(replace(world.store.kept["example.com"], replaces=replaced))
    world.store.save(credential(MAIN, "AKIAPREVIOUS"), Slot.PREVIOUS)
    world.store.save(credential(SHOP, "AKIAPENDING"), Slot.PENDING)
    return world


def moved(done: Moved) -> list[str]:
    return [str(transfer.user) for transfer in done.moved]


def test_all_of_a_domain_goes_with_its_senders_and_what_a_rotation_needs(rotating: World, target: FakeStore) -> None:
    before = held([rotating.store])
    assert len(before) == 4
    done = move(rotating.edges, route(rotating.store, target), [EXAMPLE])
    assert moved(done) == ["example.com", "example.com (sender shop)"]
    assert (held([target]), held([rotating.store])) == (before, {})
    assert rotating.store.load(SmtpUser(OTHER)) is not None
    assert rotating.progress.steps[-1].startswith("example.com (sender shop): moving AKIA")
    assert rotating.progress.steps[-1].endswith(" to ssm:credentials/example.com/smtp.shop.json")


def test_without_a_name_every_domain_of_the_home_goes_and_a_second_time_nothing(
    rotating: World, target: FakeStore
) -> None:
    assert len(move(rotating.edges, route(rotating.store, target), []).moved) == 3
    assert not rotating.store.kept
    again = move(rotating.edges, route(rotating.store, target), [])
    assert (again.moved, len(again.there), again.absent) == ((), 3, ())


def test_what_a_store_keeps_of_earlier_passwords_by_itself_does_not_go_along(
    rotating: World, target: FakeStore
) -> None:
    rotating.store.save(credential(SHOP, "AKIALONGGONE"), Slot.PREVIOUS)
    move(rotating.edges, route(rotating.store, target), [EXAMPLE])
    assert (target.load(SHOP, Slot.PREVIOUS), rotating.store.load(SHOP, Slot.PREVIOUS)) == (None, None)


def test_a_dry_run_says_what_would_go_and_moves_nothing(rotating: World, target: FakeStore) -> None:
    done = move(rotating.edges, route(rotating.store, target), [EXAMPLE], dry_run=True)
    assert done.to_document()["moved"][0] == {
        "domain": "example.com",
        "sender": None,
        "user_name": rotating.store.kept["example.com"].user_name,
        "slots": ["current", "previous"],
        "from": "file:credentials/example.com/smtp.json",
        "to": "ssm:credentials/example.com/smtp.json",
    }
    assert (len(held([rotating.store])), held([target])) == (4, {})


@pytest.mark.parametrize(("user", "slot"), [(SHOP, Slot.CURRENT), (SHOP, Slot.PENDING), (MAIN, Slot.PREVIOUS)])
def test_another_credential_at_the_target_is_refused_by_name_and_nothing_moves(
    rotating: World, target: FakeStore, user: SmtpUser, slot: Slot
) -> None:
    target.save(credential(user, "AKIATHEIRS"), slot)
    before = held([rotating.store])
    with pytest.raises(Refused) as caught:
        move(rotating.edges, route(rotating.store, target), [])
    assert caught.value.code == "credential_differs"
    for told in (f"{user}: ssm:", "access key AKIATHEIRS", before[user, slot].user_name):
        assert told in caught.value.message
    assert f"`aws iam list-access-keys --user-name {user.iam_user}`" in caught.value.hint
    assert (held([rotating.store]), target.load(user, slot)) == (before, credential(user, "AKIATHEIRS"))


def test_the_same_key_with_another_password_differs_too_and_no_password_is_told(
    rotating: World, target: FakeStore
) -> None:
    current = rotating.store.kept["example.com"]
    target.save(replace(current, password=Secret("another")))
    with pytest.raises(Refused, match="holds the same access key with another password or server") as caught:
        move(rotating.edges, route(rotating.store, target), [EXAMPLE])
    assert current.password.reveal() not in str(caught.value.to_document())


def test_what_the_target_does_not_give_back_stays_where_it_was(rotating: World, target: FakeStore) -> None:
    began = rotating.clock.seconds
    target.save = lambda *_: None  # type: ignore[method-assign]  # it says that it did
    with pytest.raises(ProvisionerError) as caught:
        move(rotating.edges, route(rotating.store, target), [EXAMPLE])
    assert caught.value.code == "not_copied"
    assert len(held([rotating.store])) == 4
    assert rotating.clock.seconds - began == 7


def test_what_is_seen_late_is_waited_for(rotating: World, target: FakeStore) -> None:
    load, looks = target.load, count()
    target.load = lambda user, slot=Slot.CURRENT: None if next(looks) < 10 else load(user, slot)  # type: ignore[method-assign]  # late
    assert len(move(rotating.edges, route(rotating.store, target), [EXAMPLE]).moved) == 2


def test_a_credential_that_cannot_be_read_is_named_and_stays(rotating: World, target: FakeStore) -> None:
    rotating.store.is_corrupt()
    with pytest.raises(ProvisionerError) as caught:
        move(rotating.edges, route(rotating.store, target), [EXAMPLE])
    assert caught.value.code == "corrupt_credential"
    assert caught.value.message.startswith("example.com, file:credentials/example.com/smtp.json: a stored credential")
    assert not target.kept


def test_a_domain_that_neither_store_has_is_an_error_by_name_and_else_a_warning(
    world: World, target: FakeStore
) -> None:
    with pytest.raises(ProvisionerError) as caught:
        move(world.edges, route(world.store, target), [EXAMPLE])
    assert (caught.value.code, "nor at ssm:" in caught.value.message) == ("no_credential", True)
    new_domain(world.edges, EXAMPLE, Asked(default_region=REGION))
    world.store.kept.clear()
    done = move(world.edges, route(world.store, target), [])
    assert (done.moved, done.absent) == ((), (MAIN,))
    assert world.progress.warnings == [
        "example.com: no SMTP credential is stored at file:credentials/example.com/smtp.json"
    ]


def test_the_next_step_is_the_environment_and_what_was_left_behind(rotating: World, target: FakeStore) -> None:
    first, second = move(rotating.edges, route(rotating.store, target), [EXAMPLE]).next_steps
    assert first.startswith("set PROVISIONER_STORE=ssm and AWS_REGION=us-east-1 wherever provisioner works with these")
    assert second == "a run looks in one store only: move those of example.org too"
    assert move(rotating.edges, route(rotating.store, target, StoreKind.SSM), []).next_steps == ()


def test_whoever_works_on_the_domain_is_waited_for(rotating: World, target: FakeStore) -> None:
    opened: list[str] = []
    was = rotating.workspaces.open
    rotating.workspaces.open = lambda domain: opened.append(domain.ascii) or was(domain)  # type: ignore[method-assign,func-returns-value]  # noted
    move(rotating.edges, route(rotating.store, target), [])
    assert opened == ["example.com", "example.org"]


@pytest.mark.parametrize("fault", Fault)
def test_a_run_that_dies_or_loses_an_answer_at_any_call_loses_nothing_and_can_be_repeated(
    rotating: World, fault: Fault
) -> None:
    everything, undisturbed = held([rotating.store]), Run()
    for number in count():
        source, target, run = FakeStore(), FakeStore("ssm"), Run(number, fault)
        for (_, slot), one in everything.items():
            source.save(one, slot)
        with suppress(Died, ProvisionerError):
            move(rotating.edges, route(run.watched("store", source), run.watched("store", target)), [EXAMPLE])
        assert held([source, target]) == everything, run.calls[-1]
        move(rotating.edges, route(source, target), [EXAMPLE])
        assert (held([target]), held([source])) == (everything, {}), run.calls[-1]
        if len(run.calls) == number:  # it came to its end before there was a fault
            undisturbed = run
            break
    assert {"store: save current", "store: save pending", "store: save previous"} < set(undisturbed.calls)
    assert "store: remove current" in undisturbed.calls
