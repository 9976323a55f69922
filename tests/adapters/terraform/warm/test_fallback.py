"""Which way a run goes, and what is said of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from provisioner.adapters.terraform.warm.fallback import WarmOrCold, configuration_of
from provisioner.adapters.terraform.way import COLD
from provisioner.errors import Interrupted, ProvisionerError
from provisioner.ports.terraform import Event

MAIN = 'provider "aws" {\n  region = var.region\n}\n\nvariable "region" {\n  type = string\n}\n'
PRUNED, WHOLE = {"way": "pruned"}, {"way": "whole"}


class FakeWarm:
    """A warm provider that only keeps books."""

    def __init__(self) -> None:
        self.configurations: list[str] = []
        self.discarded = 0
        self._lost = ""
        self._absent = ""
        self._interrupted = False
        self.environment: Mapping[str, str] = PRUNED

    def is_absent(self, why: str) -> "FakeWarm":
        self._absent = why
        return self

    def is_interrupted(self) -> None:
        self._interrupted = True

    def dies(self) -> None:
        self._lost = "the provider's process has ended"

    def lost(self) -> str:
        return self._lost

    def discard_after_use(self) -> None:
        self.discarded += 1

    @contextmanager
    def run(self, configuration: str, *, whole_schema: bool) -> "Iterator[FakeWarm]":
        if self._interrupted:
            raise Interrupted("interrupted", "terraform init was interrupted")
        if self._absent:
            raise ProvisionerError("provider_not_started", self._absent)
        self.configurations.append(configuration)
        self.environment = WHOLE if whole_schema else PRUNED
        yield self


class Work:
    """What is run: it notes which way it went, and fails as told."""

    def __init__(self, *outcomes: "str | ProvisionerError | Callable[[], None]") -> None:
        self._outcomes = list(outcomes)
        self.went: list[Mapping[str, str]] = []

    def __call__(self, way: Mapping[str, str], tell: Callable[[Event], None]) -> str:
        self.went.append(way)
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, ProvisionerError):
            raise outcome
        return str(outcome)


class Begun(Work):
    """Work that had begun to change something when it failed."""

    def __call__(self, way: Mapping[str, str], tell: Callable[[Event], None]) -> str:
        tell(Event("apply_start", "aws_iam_user.this", "Creating..."))
        return super().__call__(way, tell)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return rendered(tmp_path / "example.com")


@pytest.fixture
def warm() -> FakeWarm:
    return FakeWarm()


@pytest.fixture
def choice(warm: FakeWarm) -> WarmOrCold:
    return WarmOrCold(warm)  # type: ignore[arg-type]  # it has what is used


def rendered(root: Path, main: str = MAIN, values: str = '{"region": "us-east-1"}') -> Path:
    root.mkdir()
    (root / "main.tf").write_text(main)
    (root / "terraform.tfvars.json").write_text(values)
    return root


def failed(vendor: str, code: str = "terraform_failed") -> ProvisionerError:
    return ProvisionerError(code, f"terraform plan failed: see its own words\n{vendor}", "hint")


def ignore(event: Event) -> None:
    """Take an event and do nothing."""


def test_without_a_warm_provider_there_is_one_way(root: Path) -> None:
    work = Work("done")
    assert WarmOrCold(None).go(root, ignore, work) == "done"
    assert work.went == [COLD]


def test_a_run_goes_warm_and_nothing_is_said(choice: WarmOrCold, root: Path) -> None:
    said: list[Event] = []
    work = Work("done")
    assert choice.go(root, said.append, work) == "done"
    assert work.went == [PRUNED]
    assert said == []


def test_events_are_handed_on(choice: WarmOrCold, root: Path) -> None:
    said: list[Event] = []
    choice.go(root, said.append, Begun("done"))
    assert [event.kind for event in said] == ["apply_start"]


def test_without_a_provider_a_run_goes_cold_and_says_why(warm: FakeWarm, choice: WarmOrCold, root: Path) -> None:
    warm.is_absent("no memory left")
    said: list[Event] = []
    work = Work("done")
    assert choice.go(root, said.append, work) == "done"
    assert work.went == [COLD]
    assert [(event.kind, "no memory left" in event.text) for event in said] == [("warm_provider", True)]


@pytest.mark.parametrize(
    "vendor",
    [
        "Plugin did not respond",
        "provider[...]: Plugin error\nrpc error: code = FailedPrecondition desc = configured otherwise",
        "Could not load the schema: Reattachment process not found.",
        "rpc error: code = Unavailable desc = connection refused",
        "something that nobody has seen before",
    ],
)
def test_when_the_warm_way_fails_the_run_goes_cold_and_says_so(choice: WarmOrCold, root: Path, vendor: str) -> None:
    said: list[Event] = []
    work = Work(failed(vendor), "done")
    assert choice.go(root, said.append, work) == "done"
    assert work.went == [PRUNED, COLD]
    assert [event.kind for event in said] == ["warm_provider"]


def test_a_provider_that_was_lost_is_not_used_again(warm: FakeWarm, choice: WarmOrCold, root: Path) -> None:
    choice.go(root, ignore, Work(failed("Plugin did not respond"), "done"))
    assert warm.discarded == 1


def test_once_something_was_begun_there_is_no_second_try(warm: FakeWarm, choice: WarmOrCold, root: Path) -> None:
    work = Begun(failed("Plugin did not respond", code="apply_failed"))
    with pytest.raises(ProvisionerError) as raised:
        choice.go(root, ignore, work)
    assert raised.value.code == "provider_lost"
    assert "Plugin did not respond" in raised.value.message
    assert "same command" in raised.value.hint
    assert work.went == [PRUNED]
    assert warm.discarded == 1


def test_an_unknown_failure_after_something_was_begun_is_told_as_it_is(choice: WarmOrCold, root: Path) -> None:
    error = failed("something else")
    with pytest.raises(ProvisionerError) as raised:
        choice.go(root, ignore, Begun(error))
    assert raised.value is error


@pytest.mark.parametrize("code", ["access_denied", "throttled", "state_locked", "apply_failed", "endpoint_unreachable"])
def test_what_is_not_the_providers_fault_is_not_tried_again(
    warm: FakeWarm, choice: WarmOrCold, root: Path, code: str
) -> None:
    work = Work(failed("AWS says no", code=code))
    with pytest.raises(ProvisionerError) as raised:
        choice.go(root, ignore, work)
    assert raised.value.code == code
    assert work.went == [PRUNED]
    assert warm.discarded == 0


@pytest.mark.parametrize("code", ["credentials_expired", "credentials_invalid", "terraform_timeout"])
def test_after_bad_credentials_or_a_hang_the_next_run_has_a_new_provider(
    warm: FakeWarm, choice: WarmOrCold, root: Path, code: str
) -> None:
    with pytest.raises(ProvisionerError):
        choice.go(root, ignore, Work(failed("no", code=code)))
    assert warm.discarded == 1


def test_an_interrupt_ends_the_run_even_when_the_provider_is_lost(
    warm: FakeWarm, choice: WarmOrCold, root: Path
) -> None:
    warm.dies()
    work = Work(Interrupted("interrupted", "terraform plan was interrupted"))
    with pytest.raises(Interrupted):
        choice.go(root, ignore, work)
    assert work.went == [PRUNED]


def test_an_interrupt_while_the_provider_starts_ends_the_run(warm: FakeWarm, choice: WarmOrCold, root: Path) -> None:
    warm.is_interrupted()
    work = Work("done")
    with pytest.raises(Interrupted):
        choice.go(root, ignore, work)
    assert work.went == []


@pytest.mark.parametrize(
    "vendor",
    [
        "no schema available for aws_sns_topic.x while reading state; this is a bug in Terraform",
        'Invalid resource type\nThe provider hashicorp/aws does not support resource type "aws_sns_topic".',
        'Invalid data source\nThe provider hashicorp/aws does not support data source "aws_ami".',
    ],
)
def test_a_type_outside_the_schema_brings_the_whole_schema_and_it_is_remembered(
    choice: WarmOrCold, root: Path, vendor: str
) -> None:
    said: list[Event] = []
    work = Work(failed(vendor), "planned", "applied")
    assert choice.go(root, said.append, work) == "planned"
    assert choice.go(root, said.append, work) == "applied"
    assert work.went == [PRUNED, WHOLE, WHOLE]
    assert [event.kind for event in said] == ["warm_provider"]
    assert "whole schema" in said[0].text


def test_only_the_root_that_needs_it_gets_the_whole_schema(choice: WarmOrCold, root: Path, tmp_path: Path) -> None:
    other = rendered(tmp_path / "example.org")
    work = Work(failed("no schema available for x"), "planned", "planned")
    choice.go(root, ignore, work)
    choice.go(other, ignore, work)
    assert work.went == [PRUNED, WHOLE, PRUNED]


def test_a_type_that_even_the_whole_schema_lacks_is_left_to_terraform_alone(choice: WarmOrCold, root: Path) -> None:
    missing = failed('does not support resource type "aws_nonsense"')
    work = Work(missing, missing, missing)
    with pytest.raises(ProvisionerError) as raised:
        choice.go(root, ignore, work)
    assert raised.value is missing
    assert work.went == [PRUNED, WHOLE, COLD]


def test_roots_share_a_provider_exactly_when_their_region_is_the_same(tmp_path: Path) -> None:
    here, there = '{"region": "us-east-1"}', '{"region": "eu-west-1"}'
    first = configuration_of(rendered(tmp_path / "a", MAIN + "# example.com\n", here))
    assert configuration_of(rendered(tmp_path / "b", MAIN + "# example.org\n", here)) == first
    assert configuration_of(rendered(tmp_path / "c", MAIN, there)) != first


@pytest.mark.parametrize("values", ["", "[", "[]", "{}"])
def test_values_that_cannot_be_read_are_left_to_terraform(tmp_path: Path, values: str) -> None:
    root = rendered(tmp_path / "a", MAIN, values)
    before = configuration_of(root)
    (root / "terraform.tfvars.json").unlink()
    assert configuration_of(root) == before
