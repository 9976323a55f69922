import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.terraform.differences import Difference
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, Interrupted, ProvisionerError
from provisioner.ports.states import StatePlace
from provisioner.usecases.mail_domain.new_domain import new_domain
from provisioner.usecases.states.migrate import Move, migrate

EXAMPLE, OTHER = DomainName.parse("example.com"), DomainName.parse("example.org")
TRIAL = Path("trial")


class FakeStates:
    """The states of one place, and what was put aside there."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.kept: dict[str, str] = {}
        self.aside: list[str] = []
        self.damages = False

    def read(self, domain: DomainName) -> str | None:
        return self.kept.get(domain.ascii)

    def write(self, domain: DomainName, text: str) -> None:
        self.kept[domain.ascii] = text[:-1] + " }" if self.damages else text

    def retire(self, domain: DomainName, serial: int) -> str:
        self.aside.append(self.kept.pop(domain.ascii))
        return f"{domain}.{serial}.backup"

    def show_to(self, root: Path, domain: DomainName) -> None:
        known = json.loads(self.kept[domain.ascii])["resources"]
        self._world.terraform.state[root] = dict(known)


class Moving:
    """Two places over one fake world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.source, self.target = FakeStates(world), FakeStates(world)
        self.held: list[str] = []
        self.move = Move(self._place("here", self.source), self._place("there", self.target), self)

    def _place(self, url: str, states: FakeStates) -> StatePlace:
        @contextmanager
        def locked(domain: DomainName) -> Iterator[None]:
            self.held.append(f"{domain} {url}")
            yield

        return StatePlace(url, self.world.edges, states, locked)

    @contextmanager
    def open(self, domain: DomainName, files: Mapping[str, str]) -> Iterator[Path]:
        assert self.world.templates.last is not None
        self.world.terraform.specs[TRIAL] = self.world.templates.last
        self.world.terraform.drifted.pop(TRIAL, None)
        yield TRIAL

    def provisioned(self, *domains: DomainName) -> "Moving":
        for domain in domains:
            new_domain(self.world.edges, domain, Asked(default_region=Region.parse("us-east-1")))
            self.source.kept[domain.ascii] = self.text(domain)
        return self

    def text(self, domain: DomainName, serial: int = 3, lineage: str = "one") -> str:
        resources = list(self.world.terraform.state[Path(domain.ascii)].items())
        return json.dumps({"version": 4, "serial": serial, "lineage": lineage, "resources": resources})


@pytest.fixture
def moving(world: World) -> Moving:
    return Moving(world).provisioned(EXAMPLE)


def test_a_state_moves_as_it_is_and_the_old_one_is_put_aside(moving: Moving) -> None:
    before = moving.source.kept["example.com"]
    (found,) = migrate(moving.move, [EXAMPLE])
    assert found.error is None
    assert moving.target.kept == {"example.com": before}
    assert moving.source.kept == {}
    assert moving.source.aside == [before]
    assert found.backup == "example.com.3.backup"
    assert moving.world.terraform.backends == {Path("example.com"): TRIAL}


def test_both_places_are_held_meanwhile(moving: Moving) -> None:
    migrate(moving.move, [EXAMPLE])
    assert moving.held == ["example.com here", "example.com there"]


def test_nothing_is_applied(moving: Moving) -> None:
    applied = moving.world.terraform.applied
    migrate(moving.move, [EXAMPLE])
    assert moving.world.terraform.applied == applied


def test_every_domain_of_the_home_moves_when_none_is_named(moving: Moving) -> None:
    moving.provisioned(OTHER)
    assert [found.domain for found in migrate(moving.move, [])] == [EXAMPLE, OTHER]
    assert set(moving.target.kept) == {"example.com", "example.org"}


def test_an_unknown_domain_is_refused_before_any_moves(moving: Moving) -> None:
    with pytest.raises(InputError):
        migrate(moving.move, [EXAMPLE, OTHER])
    assert moving.target.kept == {}


def test_a_state_that_was_moved_already_needs_nothing(moving: Moving) -> None:
    migrate(moving.move, [EXAMPLE])
    (again,) = migrate(moving.move, [EXAMPLE])
    assert again.to_document() | {"resources": None} == {
        "domain": "example.com", "moved": False, "resources": None, "backup": None, "error": None
    }  # fmt: skip  # one document


def test_a_domain_without_any_state_is_no_failure(moving: Moving) -> None:
    moving.source.kept.clear()
    (found,) = migrate(moving.move, [EXAMPLE])
    assert (found.error, found.resources, found.backup) == (None, None, None)


def test_a_state_that_arrives_damaged_leaves_the_old_one_in_use(moving: Moving) -> None:
    moving.target.damages = True
    (found,) = migrate(moving.move, [EXAMPLE])
    assert found.error is not None
    assert found.error.code in {"state_damaged", "corrupt_state"}
    assert "example.com" in moving.source.kept
    assert moving.world.terraform.backends == {}


def test_a_plan_that_differs_at_the_new_place_leaves_the_old_one_in_use(moving: Moving) -> None:
    moving.source.kept["example.com"] = json.dumps({"serial": 3, "lineage": "one", "resources": []})
    (found,) = migrate(moving.move, [EXAMPLE])
    assert found.error is not None
    assert found.error.code == "state_differs"
    assert "example.com" in moving.source.kept
    assert moving.world.terraform.backends == {}


def test_what_differs_from_aws_at_both_places_alike_does_not_keep_a_state_from_moving(
    moving: Moving, monkeypatch: pytest.MonkeyPatch
) -> None:
    drifted = [Difference("a", "aws_iam_user", "x", "path", "/a/", "/b/", outside=True)]
    monkeypatch.setattr(moving.world.terraform, "drift", lambda root, on_event: list(drifted))
    (found,) = migrate(moving.move, [EXAMPLE])
    assert found.error is None
    assert moving.source.kept == {}


@pytest.mark.parametrize("cut", ["write", "drift", "take_over_backend", "retire"])
def test_a_move_that_is_cut_short_leaves_a_usable_state_and_can_be_repeated(
    moving: Moving, cut: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = moving.source.kept["example.com"]
    owner = {"write": moving.target, "retire": moving.source}.get(cut, moving.world.terraform)
    with monkeypatch.context() as patch:
        patch.setattr(owner, cut, _interrupted)
        with pytest.raises(Interrupted):
            migrate(moving.move, [EXAMPLE])
    assert moving.source.kept["example.com"] == text
    (found,) = migrate(moving.move, [EXAMPLE])
    assert found.error is None
    assert moving.target.kept == {"example.com": text}
    assert moving.source.kept == {}


def _interrupted(*_args: object, **_kwargs: object) -> None:
    raise Interrupted("interrupted", "interrupted")


def test_a_copy_that_an_interrupted_move_left_is_replaced_by_the_newer_state(moving: Moving) -> None:
    moving.target.kept["example.com"] = moving.text(EXAMPLE, serial=2)
    migrate(moving.move, [EXAMPLE])
    assert json.loads(moving.target.kept["example.com"])["serial"] == 3


def test_a_newer_state_at_the_target_is_not_overwritten(moving: Moving) -> None:
    moving.target.kept["example.com"] = moving.text(EXAMPLE, serial=4)
    (found,) = migrate(moving.move, [EXAMPLE])
    assert found.error is None
    assert json.loads(moving.target.kept["example.com"])["serial"] == 4
    assert moving.source.kept == {}


@pytest.mark.parametrize(("serial", "lineage"), [(9, "another"), (1, "another")])
def test_another_state_at_the_target_is_never_overwritten(moving: Moving, serial: int, lineage: str) -> None:
    theirs = moving.text(EXAMPLE, serial, lineage)
    moving.target.kept["example.com"] = theirs
    (found,) = migrate(moving.move, [EXAMPLE])
    assert found.error is not None
    assert found.error.code == "state_exists"
    assert moving.target.kept["example.com"] == theirs
    assert "example.com" in moving.source.kept


def test_two_states_of_one_version_that_differ_are_not_decided_between(moving: Moving) -> None:
    moving.target.kept["example.com"] = moving.text(EXAMPLE) + " "
    (found,) = migrate(moving.move, [EXAMPLE])
    assert found.error is not None
    assert found.error.code == "state_exists"


def test_one_domain_that_fails_does_not_stop_the_others(moving: Moving) -> None:
    moving.provisioned(OTHER).source.kept["example.com"] = "{"
    failed, moved = migrate(moving.move, [])
    assert isinstance(failed.error, ProvisionerError)
    assert failed.error.code == "corrupt_state"
    assert moved.error is None
    assert moving.source.kept == {"example.com": "{"}
