from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.world import World
from txt_sets import GOOGLE, OWN, standing, txt

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import Spf
from provisioner.core.mail_domain.records import Record
from provisioner.core.terraform.plan import Change, Plan
from provisioner.core.terraform.shared_txt import ADDRESS
from provisioner.core.terraform.tfvars import raw_txt
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.ports.terraform import Event
from provisioner.usecases.drift import drift
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain
from provisioner.usecases.parallel.stopping import Stop
from provisioner.usecases.parallel.workers import Workers

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))


def raw(world: World) -> tuple[str, ...]:
    found = standing(world)
    return found.raw if found else ()


def put(world: World, *values: str) -> None:
    """Somebody else writes the TXT set at the domain."""
    others = [r for r in world.aws.sets["Z1"] if r != standing(world)]
    world.aws.sets["Z1"] = [*others, txt("example.com", *values)]


@pytest.mark.parametrize("raw", [(GOOGLE,), ('"v=spf1 a -all"', GOOGLE), ('"v=spf1 redirect=_spf.example.net"',)])
def test_destroying_gives_the_set_back_as_it_was(world: World, raw: tuple[str, ...]) -> None:
    world.resolver.answers("example.com", "A", "192.0.2.1").answers("_spf.example.net", "TXT", "v=spf1 -all")
    world.resolver.answers("amazonses.com", "TXT", "v=spf1 ip4:192.0.2.0/24 -all")
    world.aws.has_zone("example.com", txt("example.com", *raw))
    new_domain(world.edges, EXAMPLE, ASKED)
    said = destroy_domain(world.edges, EXAMPLE, ASKED, Consent(dry_run=True))
    assert destroy_domain(world.edges, EXAMPLE, ASKED, Consent()) == said
    assert (said.changes["change"], said.actions[-1].summary) == (1, "TXT example.com")
    after = standing(world)
    assert after is not None
    assert said.actions[-1].after == {"records": [raw_txt(value) for value in after.raw]}
    assert (after.ttl, after.raw) == (60, raw)


def test_what_others_add_later_stays_too(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    added = txt("example.com", OWN, GOOGLE, ttl=300)
    world.aws.sets["Z1"] = [added if r.name == "example.com" and r.type == "TXT" else r for r in world.aws.sets["Z1"]]
    again = new_domain(world.edges, EXAMPLE, ASKED)
    assert again.changes["destroy"] == 0
    with pytest.raises(Refused, match="TXT example"):
        destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent(keep_zone=True))
    after = standing(world)
    assert after is not None
    assert after.raw == (GOOGLE,)


def test_provenance_survives_a_lost_workspace(world: World) -> None:
    before = txt("example.com", GOOGLE)
    world.aws.has_zone("example.com", before)
    new_domain(world.edges, EXAMPLE, ASKED)
    world.workspaces.spaces.clear()
    world.terraform.state.clear()
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert standing(world) == before


def test_skipping_spf_later_gives_the_set_back(world: World) -> None:
    before = txt("example.com", GOOGLE)
    world.aws.has_zone("example.com", before)
    new_domain(world.edges, EXAMPLE, ASKED)
    new_domain(world.edges, EXAMPLE, replace(ASKED, spf=Spf.SKIP))
    assert standing(world) == before


@pytest.fixture
def shared(world: World) -> World:
    """A domain whose TXT set others share."""
    world.aws.has_zone("example.com", txt("example.com", '"c"', '"a"', '"b"'))
    return world


def test_terraform_is_not_told_of_a_set_that_others_share(shared: World) -> None:
    report = new_domain(shared.edges, EXAMPLE, ASKED)
    assert not any(ADDRESS in state for state in shared.terraform.state.values())
    assert raw(shared) == ('"c"', '"a"', '"b"', OWN)
    assert report.changes["change"] == 1
    assert not new_domain(shared.edges, EXAMPLE, ASKED).changed


def test_what_is_added_while_terraform_works_stays(shared: World, monkeypatch: pytest.MonkeyPatch) -> None:
    apply = shared.terraform.apply

    def slowly(root: Path, plan: Plan, on_event: Callable[[Event], None]) -> None:
        apply(root, plan, on_event)
        put(shared, '"c"', GOOGLE, '"a"')

    monkeypatch.setattr(shared.terraform, "apply", slowly)
    new_domain(shared.edges, EXAMPLE, ASKED)
    assert raw(shared) == ('"c"', GOOGLE, '"a"', OWN)


@pytest.mark.parametrize("way", ["join", "skip", "destroy"])
def test_what_is_added_in_the_last_moment_stays(shared: World, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """AWS refuses an edit of a set that is not there any more; it is made again on what is."""
    if way != "join":
        new_domain(shared.edges, EXAMPLE, ASKED)
    replace_set, faster = shared.aws.replace, [GOOGLE, '"x"']

    def overtaken(zone_id: str, before: Record, after: Record) -> None:
        if faster:
            put(shared, *raw(shared), faster.pop())
        replace_set(zone_id, before, after)

    monkeypatch.setattr(shared.aws, "replace", overtaken)
    if way == "destroy":
        destroy_domain(shared.edges, EXAMPLE, ASKED, Consent())
    else:
        new_domain(shared.edges, EXAMPLE, replace(ASKED, spf=Spf.SKIP) if way == "skip" else ASKED)
    assert [value for value in raw(shared) if value != OWN] == ['"c"', '"a"', '"b"', '"x"', GOOGLE]
    assert (OWN in raw(shared)) is (way == "join")


def test_an_edit_that_somebody_always_overtakes_ends(shared: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtaken(_zone_id: str, before: Record, _after: Record) -> None:
        put(shared, *before.raw, f'"{len(before.raw)}"')
        raise Refused("record_changed", "it was changed meanwhile")

    monkeypatch.setattr(shared.aws, "replace", overtaken)
    with pytest.raises(Refused, match="changed meanwhile"):
        new_domain(shared.edges, EXAMPLE, ASKED)
    assert len(raw(shared)) == 3 + 5


def test_a_text_that_comes_to_our_own_set_between_the_look_and_the_plan_is_not_written_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, ASKED)
    plan, told = world.terraform.plan, Change(ADDRESS, "aws_route53_record", ("update",), False, "TXT example.com")

    def refreshed(root: Path, on_event: Callable[[Event], None], *, destroy: bool = False) -> Plan:
        if raw(world) == (OWN,):
            put(world, OWN, GOOGLE)
            return Plan("plan", (told,))
        return plan(root, on_event, destroy=destroy)

    monkeypatch.setattr(world.terraform, "plan", refreshed)
    assert new_domain(world.edges, EXAMPLE, ASKED).changes["change"] == 0
    assert raw(world) == (OWN, GOOGLE)
    assert "somebody changed the TXT set at the domain meanwhile" in "".join(world.progress.steps)


def test_a_set_that_an_earlier_version_gave_to_terraform_leaves_its_state(shared: World) -> None:
    new_domain(shared.edges, EXAMPLE, ASKED)
    state = next(iter(shared.terraform.state.values()))
    state[ADDRESS] = "example.com"
    planned = plan_domain(shared.edges, EXAMPLE, ASKED)
    assert (planned.plan.empty, ADDRESS in state) == (True, True)
    assert not new_domain(shared.edges, EXAMPLE, ASKED).changed
    assert (raw(shared), ADDRESS in state) == (('"c"', '"a"', '"b"', OWN), False)


def test_a_plan_shows_the_change_of_a_shared_set_with_its_values(shared: World) -> None:
    planned = plan_domain(shared.edges, EXAMPLE, ASKED).plan
    change = next(change for change in planned.changes if change.address == ADDRESS)
    before, after = ["c", "a", "b"], ["c", "a", "b", OWN.strip('"')]
    assert (change.kind, change.summary) == ("update", "TXT example.com")
    assert (change.before, change.after) == ({"records": before}, {"records": after})
    new_domain(shared.edges, EXAMPLE, ASKED)
    skipped = plan_domain(shared.edges, EXAMPLE, replace(ASKED, spf=Spf.SKIP)).plan
    assert skipped.counts == {"add": 0, "change": 1, "destroy": 0, "import": 0}
    assert [(c.before, c.after) for c in skipped.changes] == [({"records": after}, {"records": before})]


def test_drift_sees_that_our_part_is_gone_from_a_shared_set_and_the_next_run_puts_it_back(shared: World) -> None:
    new_domain(shared.edges, EXAMPLE, ASKED)
    assert drift(shared.edges, [EXAMPLE], Workers(1, Stop()))[0].differences == ()
    put(shared, '"c"', GOOGLE)
    (found,) = drift(shared.edges, [EXAMPLE], Workers(1, Stop()))[0].differences
    assert (found.what, found.attribute, found.outside) == ("TXT example.com", "records", True)
    assert (found.expected, found.found) == (
        ["c", "google-site-verification=x", OWN.strip('"')],
        ["c", "google-site-verification=x"],
    )
    assert new_domain(shared.edges, EXAMPLE, ASKED).changes["change"] == 1
    assert raw(shared) == ('"c"', GOOGLE, OWN)


def test_what_is_added_to_our_own_set_while_the_user_thinks_is_not_destroyed_with_it(world: World) -> None:
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, ASKED)
    keys = world.aws.keys("example.com")
    with pytest.raises(Refused, match=r"somebody has added to the TXT set .*google-site-verification=x"):
        destroy_domain(world.edges, EXAMPLE, ASKED, Consent(), lambda _: put(world, OWN, GOOGLE))
    assert (raw(world), world.aws.keys("example.com")) == ((OWN, GOOGLE), keys)
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert (raw(world), world.workspaces.peek(EXAMPLE)) == ((GOOGLE,), None)


def test_what_is_added_to_our_own_set_while_spf_is_given_up_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, ASKED)
    plan = world.terraform.plan

    def slowly(root: Path, on_event: Callable[[Event], None], *, destroy: bool = False) -> Plan:
        put(world, OWN, GOOGLE)
        return plan(root, on_event, destroy=destroy)

    monkeypatch.setattr(world.terraform, "plan", slowly)
    with pytest.raises(Refused, match="somebody has added to the TXT set"):
        new_domain(world.edges, EXAMPLE, replace(ASKED, spf=Spf.SKIP))
    monkeypatch.setattr(world.terraform, "plan", plan)
    new_domain(world.edges, EXAMPLE, replace(ASKED, spf=Spf.SKIP))
    assert raw(world) == (GOOGLE,)
