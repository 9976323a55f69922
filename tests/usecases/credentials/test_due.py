"""A step of a rotation for everybody whose key is old: resumable, and one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fakes.dying import Died, Fault, Run
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.senders import SenderChange
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, LoggedOut, ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.due import Turns, rotate_due, users_of
from provisioner.usecases.credentials.rotate import Step, Wish, rotate
from provisioner.usecases.mail_domain.new_domain import new_domain

A, B, YOUNG = (DomainName.parse(f"{name}.com") for name in ("a", "b", "young"))
REGION = Region.parse("us-east-1")
AGE = timedelta(days=90)
PREPARE, CONFIRM, RETIRE, CANCEL = Step


@pytest.fixture
def fleet(world: World) -> World:
    """Two domains of a hundred days, one of them with a sender, and one of today."""
    world.aws.now = world.clock.now
    shop = SenderChange.parse(["shop=orders"], [])
    new_domain(world.edges, A, Asked(default_region=REGION, senders=shop))
    new_domain(world.edges, B, Asked(default_region=REGION))
    world.clock.sleep(timedelta(days=100).total_seconds())
    new_domain(world.edges, YOUNG, Asked(default_region=REGION))
    return world


def due(world: World, step: Step | None, edges: Edges | None = None, **wish: object) -> Turns:
    edges = edges or world.edges
    return rotate_due(edges, users_of(edges, [], None), AGE, Wish(step, **wish))  # type: ignore[arg-type]


def stages(turns: Turns) -> dict[str, str]:
    return {str(turn.user): str(turn.rotated.rotation.stage) if turn.rotated else "failed" for turn in turns.turns}


def test_whose_key_is_older_takes_the_step_and_senders_are_among_them(fleet: World) -> None:
    turns = due(fleet, PREPARE)
    assert stages(turns) == dict.fromkeys(("a.com", "a.com (sender shop)", "b.com"), "prepared")
    assert turns.counts == {"changed": 3, "unchanged": 0, "failed": 0, "not_due": 1}
    assert [entry["smtp"]["user_name"] for entry in turns.to_document(with_secret=False)["rotations"]] == [
        "AKIA0000000000000002"
    ] * 3


def test_a_whole_rotation_of_a_fleet_ends_with_nothing_that_is_due(fleet: World) -> None:
    for step in (PREPARE, CONFIRM, RETIRE):
        assert due(fleet, step).counts["changed"] == 3
    fleet.clock.sleep(timedelta(days=1).total_seconds())
    assert stages(due(fleet, RETIRE)) == dict.fromkeys(("a.com", "a.com (sender shop)", "b.com"), "done")
    assert due(fleet, PREPARE).counts == {"changed": 0, "unchanged": 0, "failed": 0, "not_due": 4}


def test_without_a_step_it_is_said_who_is_due(fleet: World) -> None:
    assert stages(due(fleet, None)) == dict.fromkeys(("a.com", "a.com (sender shop)", "b.com"), "none")


def test_who_is_past_a_step_or_not_there_yet_stays_as_it_is(fleet: World) -> None:
    rotate(fleet.edges, SmtpUser(A), Wish(PREPARE))
    rotate(fleet.edges, SmtpUser(A), Wish(CONFIRM))
    rotate(fleet.edges, SmtpUser(B), Wish(PREPARE))
    assert stages(due(fleet, CONFIRM)) == {"a.com": "confirmed", "a.com (sender shop)": "none", "b.com": "confirmed"}
    assert due(fleet, CONFIRM).counts["changed"] == 0
    turns = due(fleet, PREPARE)
    assert stages(turns)["a.com (sender shop)"] == "prepared"
    assert turns.counts["changed"] == 1


def test_one_that_fails_is_named_and_the_others_go_on(fleet: World) -> None:
    fleet.aws.has_key("a.com", "AKIATHEIRS")
    turns = due(fleet, PREPARE)
    assert stages(turns) == {"a.com": "failed", "a.com (sender shop)": "prepared", "b.com": "prepared"}
    (failed,) = (turn for turn in turns.turns if turn.error)
    assert failed.to_document(with_secret=False)["error"]["code"] == "two_keys"
    assert turns.counts["failed"] == 1
    assert any("a.com" in warning for warning in fleet.progress.warnings)


def test_credentials_of_aws_that_are_over_end_it_for_all(fleet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    def keys(user: str) -> object:
        asked.append(user)
        raise LoggedOut("logged_out", "the token is expired")

    monkeypatch.setattr(fleet.aws, "keys", keys)
    assert due(fleet, PREPARE).counts["failed"] == 4
    assert asked == ["a.com"]


def test_a_key_of_unknown_age_is_not_due(fleet: World) -> None:
    fleet.aws.access_keys["b.com"] = []
    fleet.aws.has_key("b.com", "AKIA0000000000000001")
    assert "b.com" not in stages(due(fleet, PREPARE))


@pytest.mark.parametrize("step", [PREPARE, CONFIRM, RETIRE])
def test_a_run_that_died_anywhere_goes_on_where_it_was(fleet: World, step: Step) -> None:
    for before in (PREPARE, CONFIRM, RETIRE)[: (PREPARE, CONFIRM, RETIRE).index(step)]:
        due(fleet, before)
    with pytest.raises(Died):
        due(fleet, step, Run(30, Fault.KILLED_AFTER).of(fleet.edges))
    assert due(fleet, step).counts["failed"] == 0
    ended = {PREPARE: "prepared", CONFIRM: "confirmed", RETIRE: "retiring"}[step]
    assert stages(due(fleet, None)) == dict.fromkeys(("a.com", "a.com (sender shop)", "b.com"), ended)
    assert all(len(keys) <= 2 for keys in fleet.aws.access_keys.values())


def test_domains_and_a_sender_may_be_named(fleet: World) -> None:
    assert users_of(fleet.edges, [B], None) == [SmtpUser(B)]
    assert users_of(fleet.edges, [A], None) == [SmtpUser(A), SmtpUser(A, "shop")]
    assert users_of(fleet.edges, [], "shop") == [SmtpUser(A, "shop")]
    assert users_of(fleet.edges, [A], "shop") == [SmtpUser(A, "shop")]


@pytest.mark.parametrize(("domain", "sender"), [("unknown.com", None), ("b.com", "shop")])
def test_who_is_not_there_is_bad_input(fleet: World, domain: str, sender: str | None) -> None:
    with pytest.raises(InputError):
        users_of(fleet.edges, [DomainName.parse(domain)], sender)


def test_a_user_without_a_credential_is_told_among_the_failures(fleet: World) -> None:
    fleet.store.kept.pop("b.com")
    (failed,) = (turn for turn in due(fleet, PREPARE).turns if turn.error)
    assert isinstance(failed.error, ProvisionerError)
    assert (str(failed.user), failed.error.code) == ("b.com", "no_credential")


def test_a_dry_run_of_a_fleet_makes_nothing(fleet: World, make_nothing: Callable[[World], object]) -> None:
    before = make_nothing(fleet)
    assert due(fleet, PREPARE, dry_run=True).counts["changed"] == 3
    assert make_nothing(fleet) == before


@pytest.fixture
def make_nothing() -> Callable[[World], object]:
    def state(world: World) -> object:
        return {user: list(keys) for user, keys in world.aws.access_keys.items()}, dict(
            world.store.beside[Slot.PENDING]
        )

    return state


def test_a_defect_at_one_user_does_not_end_the_others(fleet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    load = fleet.store.load

    def broken(user: SmtpUser, *slot: Slot) -> object:
        if user == SmtpUser(A):
            raise ZeroDivisionError
        return load(user, *slot)

    monkeypatch.setattr(fleet.store, "load", broken)
    turns = due(fleet, PREPARE)
    assert [turn.error.code for turn in turns.turns if turn.error] == ["defect"]
    assert stages(turns)["b.com"] == "prepared"


def test_an_interrupt_ends_it_and_says_how_far_it_came(fleet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    load = fleet.store.load

    def interrupted(user: SmtpUser, *slot: Slot) -> object:
        if user == SmtpUser(B):
            raise KeyboardInterrupt
        return load(user, *slot)

    monkeypatch.setattr(fleet.store, "load", interrupted)
    with pytest.raises(KeyboardInterrupt):
        due(fleet, PREPARE)
    assert fleet.progress.notes[-1] == "2 of 4 users were looked at; the same command does the others"
