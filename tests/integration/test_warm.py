"""The differential test: the shared provider leaves exactly what Terraform's own would have left."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import grpc
import pytest
from adapters.terraform.warm.schema import types_of
from integration.harness import Site
from integration.roots import Roots, another_account, at_once

from provisioner.adapters.assets import find_assets
from provisioner.adapters.templates import Backend
from provisioner.adapters.terraform import TerraformRunner
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.adapters.terraform.warm.schema_types import schema_types_in
from provisioner.adapters.terraform.warm.wire import fields, prune
from provisioner.core.asked.decisions import ResolvedMode
from provisioner.ports.terraform import Event
from provisioner.sandbox.settings import SandboxSettings

pytestmark = pytest.mark.timeout(900)

MODES: dict[str, ResolvedMode] = {
    "example.com": ResolvedMode.CREATED,
    "example.org": ResolvedMode.ADOPTED,
    "xn--mnchen-3ya.example": ResolvedMode.EXTERNAL,
}
UNCHANGED = {"add": 0, "change": 0, "destroy": 0, "import": 0}


class Side:
    """One account in which the domains were provisioned one way."""

    def __init__(self, roots: Roots, warm: WarmProvider | None) -> None:
        self.roots = roots
        runner = TerraformRunner(roots.settings, warm)
        folders = {name: roots.render(name, mode) for name, mode in MODES.items()}
        works = [partial(roots.converge, runner, root) for root in folders.values()]
        self.planned = dict(zip(folders, at_once(*works), strict=True))
        # A cold plan after a cold apply: test_a_root_that_was_planned_warm_can_be_applied_cold_and_the_other_way_round.
        self.again = [runner.plan(root, roots.said.append).counts for root in folders.values() if warm]
        self.account = roots.account()
        self.states = {name: roots.state(root) for name, root in folders.items()}
        self.destroyed = roots.destroy(runner, folders.pop("example.com"))  # it has every kind of resource
        self.left = roots.account()
        if warm:
            at_once(*(partial(roots.destroy, runner, root) for root in folders.values()))
            self.left_at_last = roots.account()


@pytest.fixture(scope="module")
def settings() -> SandboxSettings:
    return SandboxSettings(verification_delay=0)


@pytest.fixture(scope="module")
def roots(site: Site) -> Roots:
    """With a key that may do anything: one test makes what our operator has no business with."""
    return Roots(site.environment(AWS_ACCESS_KEY_ID="AKIAEXAMPLE"), site.home)


@pytest.fixture(scope="module")
def warm(roots: Roots) -> Iterator[WarmProvider]:
    with roots.warm() as warm:
        yield warm


@pytest.fixture(scope="module")
def sides(roots: Roots, warm: WarmProvider, tmp_path_factory: pytest.TempPathFactory) -> tuple[Side, Side]:
    """Both ways at the same time, each in an account of its own: warm, cold."""
    with another_account(tmp_path_factory.mktemp("cold") / "home") as other:
        first, second = at_once(partial(Side, roots, warm), partial(Side, other, None))
        return first, second


def test_the_plans_are_the_same(sides: tuple[Side, Side]) -> None:
    warm, cold = sides
    assert warm.planned == cold.planned
    assert warm.planned["example.com"]["add"] == 13
    assert warm.planned["xn--mnchen-3ya.example"]["add"] == 5


def test_no_run_of_either_left_its_way(sides: tuple[Side, Side]) -> None:
    assert [side.roots.ways_said for side in sides] == [[], []]


def test_the_account_holds_the_same(sides: tuple[Side, Side]) -> None:
    warm, cold = sides
    assert set(warm.account["identities"]) == set(MODES)
    assert warm.account == cold.account


@pytest.mark.parametrize("name", MODES)
def test_the_state_is_the_same_attribute_for_attribute(sides: tuple[Side, Side], name: str) -> None:
    warm, cold = sides
    assert len(warm.states[name]["resources"]) >= 5
    assert warm.states[name] == cold.states[name]


def test_the_next_plan_is_empty(sides: tuple[Side, Side]) -> None:
    warm, _ = sides
    assert warm.again == [UNCHANGED] * len(MODES)


def test_destroying_leaves_the_same(sides: tuple[Side, Side]) -> None:
    warm, cold = sides
    assert warm.destroyed == cold.destroyed
    assert warm.left == cold.left
    assert set(warm.left["identities"]) == set(MODES) - {"example.com"}
    assert warm.left_at_last["identities"] == {}
    assert list(warm.left_at_last["zones"]) == ["example.org."]


def test_a_root_that_was_planned_warm_can_be_applied_cold_and_the_other_way_round(
    roots: Roots, warm: WarmProvider
) -> None:
    ways = TerraformRunner(roots.settings, warm), TerraformRunner(roots.settings)
    for name, (planner, applier) in {"warm-cold.example": ways, "cold-warm.example": ways[::-1]}.items():
        root = roots.render(name)
        applier.apply(root, planner.plan(root, roots.said.append), roots.said.append)
        assert planner.plan(root, roots.said.append).empty
        assert applier.plan(root, roots.said.append).empty


def test_eight_domains_at_once_share_one_provider(roots: Roots, warm: WarmProvider) -> None:
    runner = TerraformRunner(roots.settings, warm)
    folders = [roots.render(f"parallel-{number}.example") for number in range(8)]
    planned = at_once(*(partial(roots.converge, runner, root) for root in folders))
    assert [counts["add"] for counts in planned] == [5] * 8
    assert set(roots.account()["identities"]) >= {root.name for root in folders}
    assert len({json.dumps(sorted(one["type"] for one in roots.state(root)["resources"])) for root in folders}) == 1
    assert roots.ways_said == []


def test_terraform_installs_no_provider_for_a_run(roots: Roots, warm: WarmProvider) -> None:
    root = roots.render("uninstalled.example")
    roots.converge(TerraformRunner(roots.settings, warm), root)
    assert not (root / ".terraform/providers").exists()
    assert not (root / ".terraform.lock.hcl").exists()


def test_states_in_s3_work_the_same(roots: Roots, warm: WarmProvider) -> None:
    s3 = roots.client("s3")
    s3.create_bucket(Bucket="states")
    backend = Backend("states", "mail", "us-east-1", emulated=True)
    root = roots.render("s3.example", backend=backend)
    runner = TerraformRunner(roots.settings, warm)
    assert roots.converge(runner, root)["add"] == 5
    assert roots.converge(runner, root) == UNCHANGED
    assert not (root / "terraform.tfstate").exists()
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket="states")["Contents"]]
    assert keys == ["mail/domains/s3.example/terraform.tfstate"]


def test_a_state_with_other_types_is_planned_with_the_whole_schema(roots: Roots, warm: WarmProvider) -> None:
    theirs = '\nresource "aws_ssm_parameter" "other" {\n  name = "other"\n  type = "String"\n  value = "x"\n}\n'
    assert "aws_ssm_parameter" not in schema_types_in(find_assets().modules)
    said: list[Event] = []
    root = roots.render("other-types.example", more=theirs)
    runner = TerraformRunner(roots.settings, warm)
    plan = runner.plan(root, said.append)
    assert plan.counts["add"] == 6
    runner.apply(root, plan, said.append)
    roots.render("other-types.example")
    fresh = TerraformRunner(roots.settings, warm)  # knows nothing of this root
    assert fresh.plan(root, said.append).counts == UNCHANGED | {"destroy": 1}
    assert roots.destroy(fresh, root)["destroy"] == 6
    ways = [event.text for event in said if event.kind == "warm_provider"]
    assert len(ways) == 2
    assert all("whole schema" in way for way in ways)


def test_the_real_schema_shrinks_to_what_is_used_and_nothing_in_it_is_changed(warm: WarmProvider) -> None:
    types = schema_types_in(find_assets().modules)
    pruned, whole = (schema_of(warm, whole_schema=which) for which in (False, True))
    assert set(_raw(pruned)) == set(_raw(prune(whole, types)))
    assert len(_raw(pruned)) == len(set(_raw(pruned)))  # the order is the provider's, another one each time
    assert types_of(pruned) == types
    assert len(types_of(whole)) > 1500
    assert (len(whole) > 4_000_000, len(pruned) < 100_000) == (True, True)
    assert set(_raw(pruned)) <= set(_raw(whole))


def _raw(schema: bytes) -> list[bytes]:
    return [bytes(field.raw) for field in fields(schema)]


def schema_of(warm: WarmProvider, *, whole_schema: bool) -> bytes:
    with warm.run(whole_schema=whole_schema) as lease:
        (plugin,) = json.loads(lease.environment["TF_REATTACH_PROVIDERS"]).values()
        options: list[tuple[str, Any]] = [("grpc.max_receive_message_length", -1)]
        with grpc.insecure_channel(f"unix:{plugin['Addr']['String']}", options=options) as channel:
            answer: bytes = channel.unary_unary("/tfplugin5.Provider/GetSchema")(b"")
            return answer
