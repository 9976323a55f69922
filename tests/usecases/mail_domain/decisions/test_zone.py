from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.request import Request, ZoneMode
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, Refused
from provisioner.usecases.mail_domain.decisions.zone import choose_zone, find_zone
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
BLOG = DomainName.parse("blog.example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))


def asked(**given: object) -> Asked:
    return replace(ASKED, **given)  # type: ignore[arg-type]  # the names are Asked's fields


def test_auto_adopts_the_zone_of_exactly_this_name(world: World) -> None:
    world.aws.has_zone("example.com").has_zone("blog.example.com")
    assert new_domain(world.edges, BLOG, ASKED).zone.name == "blog.example.com"


def test_auto_adopts_the_nearest_parent_zone(world: World) -> None:
    world.aws.has_zone("example.com")
    report = new_domain(world.edges, BLOG, ASKED)
    assert (report.zone.mode, report.zone.name, report.zone.id) == ("adopted", "example.com", "Z1")


def test_create_refuses_a_second_zone_of_the_same_name(world: World) -> None:
    world.aws.has_zone("example.com")
    with pytest.raises(Refused, match="Z1 of this name exists"):
        new_domain(world.edges, EXAMPLE, asked(zone=ZoneMode.CREATE))
    assert world.terraform.applied == 0


def test_adopt_without_any_zone_is_bad_input(world: World) -> None:
    with pytest.raises(InputError, match="no public hosted zone"):
        new_domain(world.edges, EXAMPLE, asked(zone=ZoneMode.ADOPT))


def test_two_zones_of_one_name_are_refused_and_named(world: World) -> None:
    world.aws.has_zone("example.com").has_zone("example.com")
    with pytest.raises(Refused, match="Z1, Z2"):
        new_domain(world.edges, EXAMPLE, ASKED)


def test_a_remembered_zone_does_not_change_its_mode(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    with pytest.raises(Refused, match="--zone external would replace"):
        new_domain(world.edges, EXAMPLE, asked(zone=ZoneMode.EXTERNAL))


# What follows asks for the choice alone.


def choose(world: World, mode: ZoneMode, before: Decisions | None = None, domain: DomainName = EXAMPLE) -> ResolvedZone:
    return choose_zone(world.edges, domain, Request(Region.parse("us-east-1"), zone=mode), before)


def refused(world: World, mode: ZoneMode, before: Decisions | None = None, domain: DomainName = EXAMPLE) -> Refused:
    with pytest.raises(Refused) as caught:
        choose(world, mode, before, domain)
    assert caught.value.hint
    return caught.value


def decided(mode: ResolvedMode, zone_id: str | None = None) -> Decisions:
    return Decisions(ResolvedZone(mode, "example.com", zone_id))


def test_external_asks_nothing_of_route_53(world: World) -> None:
    assert choose(world, ZoneMode.EXTERNAL) == ResolvedZone(ResolvedMode.EXTERNAL, "example.com", None)
    assert world.aws.asked == []


def test_auto_and_create_make_a_zone_where_there_is_none(world: World) -> None:
    for mode in (ZoneMode.AUTO, ZoneMode.CREATE):
        assert choose(world, mode) == ResolvedZone(ResolvedMode.CREATED, "example.com", None)


def test_create_makes_a_zone_below_one_that_is_there(world: World) -> None:
    world.aws.has_zone("example.com")
    assert choose(world, ZoneMode.CREATE, domain=BLOG) == ResolvedZone(ResolvedMode.CREATED, "blog.example.com", None)


def test_create_beside_a_zone_of_the_name_is_refused_with_its_id(world: World) -> None:
    world.aws.has_zone("example.com", zone_id="ZTHEIRS")
    error = refused(world, ZoneMode.CREATE)
    assert (error.code, "ZTHEIRS" in error.message, "--zone adopt" in error.hint) == ("zone_exists", True, True)


@pytest.mark.parametrize("mode", [ZoneMode.AUTO, ZoneMode.ADOPT])
@pytest.mark.parametrize("domain", [EXAMPLE, BLOG])
def test_two_zones_to_choose_from_are_refused_with_both_ids(world: World, mode: ZoneMode, domain: DomainName) -> None:
    world.aws.has_zone("example.com", zone_id="ZONE").has_zone("example.com", zone_id="ZTWO")
    error = refused(world, mode, domain=domain)
    assert (error.code, "ZONE, ZTWO" in error.message) == ("zone_ambiguous", True)


def test_nothing_to_adopt_is_bad_input_with_two_ways_out(world: World) -> None:
    with pytest.raises(InputError) as caught:
        choose(world, ZoneMode.ADOPT, domain=BLOG)
    assert caught.value.code == "zone_not_found"
    assert "--zone create" in caught.value.hint
    assert "--zone external" in caught.value.hint


@pytest.mark.parametrize(
    ("mode", "before"),
    [
        (ZoneMode.EXTERNAL, ResolvedMode.ADOPTED),
        (ZoneMode.CREATE, ResolvedMode.ADOPTED),
        (ZoneMode.ADOPT, ResolvedMode.EXTERNAL),
        (ZoneMode.CREATE, ResolvedMode.EXTERNAL),
    ],
)
def test_another_mode_than_the_decided_one_is_refused(world: World, mode: ZoneMode, before: ResolvedMode) -> None:
    error = refused(world, mode, decided(before))
    assert (error.code, f"the zone is {before}" in error.message) == ("zone_mode_changed", True)


def test_a_zone_of_ours_that_exists_is_not_given_up_for_another_mode(world: World) -> None:
    world.aws.has_zone("example.com")
    assert refused(world, ZoneMode.EXTERNAL, decided(ResolvedMode.CREATED)).code == "zone_mode_changed"


def test_a_zone_of_ours_that_was_never_made_leaves_the_choice_open(world: World) -> None:
    assert choose(world, ZoneMode.EXTERNAL, decided(ResolvedMode.CREATED)).is_elsewhere


@pytest.mark.parametrize("mode", list(ResolvedMode))
def test_what_was_decided_stays_without_a_question(world: World, mode: ResolvedMode) -> None:
    before = decided(mode, "Z1")
    assert choose(world, ZoneMode.AUTO, before) is before.zone
    assert world.aws.asked == []


def test_of_several_zones_of_one_name_ours_is_the_one_with_the_id_else_with_our_tags(world: World) -> None:
    world.aws.has_zone("example.com", zone_id="ZA").has_zone(
        "example.com", zone_id="ZB", tags={"ManagedBy": "provisioner"}
    )

    def found(zone_id: str | None) -> str | None:
        zone = find_zone(world.edges, ResolvedZone(ResolvedMode.CREATED, "example.com", zone_id))
        return zone and zone.id

    assert (found(None), found("ZA"), found("ZGONE")) == ("ZB", "ZA", None)


def test_a_zone_that_is_elsewhere_is_not_looked_for(world: World) -> None:
    world.aws.has_zone("example.com")
    assert find_zone(world.edges, decided(ResolvedMode.EXTERNAL).zone) is None
    assert world.aws.asked == []
