from dataclasses import replace

import pytest
from fakes.world import World
from txt_sets import GOOGLE, OWN, standing, txt

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import Spf
from provisioner.core.dns.txt import ROUTE_53, quoted
from provisioner.core.mail_domain.records import Purpose, Record
from provisioner.core.spf.merge import Part
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))


def test_other_texts_of_the_set_stay_in_order_with_their_ttl(world: World) -> None:
    world.aws.has_zone("example.com", txt("example.com", GOOGLE, '"b" "c"'))
    new_domain(world.edges, EXAMPLE, ASKED)
    merged = standing(world)
    assert merged is not None
    assert (merged.ttl, merged.raw) == (60, (GOOGLE, '"b" "c"', OWN))


def test_an_existing_spf_gets_our_include_before_all(world: World) -> None:
    world.resolver.answers("amazonses.com", "TXT", "v=spf1 ip4:192.0.2.0/24 -all")
    world.aws.has_zone("example.com", txt("example.com", '"v=spf1 ip4:192.0.2.0/24 -all"'))
    new_domain(world.edges, EXAMPLE, ASKED)
    merged = standing(world)
    assert merged is not None
    assert merged.raw == ('"v=spf1 ip4:192.0.2.0/24 include:amazonses.com -all"',)


def test_an_include_of_the_owner_is_left_alone_and_outlives_us(world: World) -> None:
    before = txt("example.com", '"v=spf1 include:amazonses.com -all"')
    world.aws.has_zone("example.com", before)
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert not any(record.purpose is Purpose.SPF for record in report.records)
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert standing(world) == before


def test_a_broken_spf_is_refused_and_can_be_skipped(world: World) -> None:
    world.aws.has_zone("example.com", txt("example.com", '"v=spf1 -all"', '"v=spf1 +all"'))
    with pytest.raises(Refused, match="SPF"):
        new_domain(world.edges, EXAMPLE, ASKED)
    assert world.terraform.applied == 0
    report = new_domain(world.edges, EXAMPLE, replace(ASKED, spf=Spf.SKIP))
    assert not any(record.purpose is Purpose.SPF for record in report.records)


def test_an_spf_at_its_lookup_limit_is_refused_with_the_numbers(world: World) -> None:
    ten = " ".join(["a"] * 10)
    world.resolver.answers("example.com", "A", "192.0.2.1")
    world.aws.has_zone("example.com", txt("example.com", f'"v=spf1 {ten} -all"'))
    with pytest.raises(Refused, match=r"11 DNS lookups \(limit 10"):
        new_domain(world.edges, EXAMPLE, ASKED)


def test_our_part_is_remembered(world: World) -> None:
    world.aws.has_zone("example.com", txt("example.com", GOOGLE))
    new_domain(world.edges, EXAMPLE, ASKED)
    kept = world.workspaces.spaces["example.com"].kept
    assert kept is not None
    assert kept.decisions is not None
    assert kept.decisions.spf_part is Part.RECORD
    assert "spf=merge/record" in world.aws.identities["example.com"].tags["Provisioner"]


ALIAS = Record("example.com", "TXT", 0, (), alias="_spf.example.com")
ROUTED = replace(txt("example.com", '"v=spf1 mx -all"'), set_identifier="a")


@pytest.mark.parametrize("theirs", [ALIAS, ROUTED], ids=["alias", "routed"])
def test_what_nothing_can_be_merged_into_is_refused_by_name_and_can_be_skipped(world: World, theirs: Record) -> None:
    world.aws.has_zone("example.com", theirs)
    with pytest.raises(Refused) as caught:
        new_domain(world.edges, EXAMPLE, ASKED)
    assert (world.terraform.applied, str(theirs) in caught.value.message) == (0, True)
    assert "--spf skip" in caught.value.hint
    new_domain(world.edges, EXAMPLE, replace(ASKED, spf=Spf.SKIP))
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert theirs in world.aws.sets["Z1"]


@pytest.mark.parametrize("theirs", [ALIAS, ROUTED], ids=["alias", "routed"])
@pytest.mark.parametrize("way", ["skip", "destroy"])
def test_what_others_put_in_the_place_of_our_set_outlives_us(world: World, theirs: Record, way: str) -> None:
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, ASKED)
    ours = standing(world)
    world.aws.sets["Z1"] = [theirs if found == ours else found for found in world.aws.sets["Z1"]]
    if way == "skip":
        assert new_domain(world.edges, EXAMPLE, replace(ASKED, spf=Spf.SKIP)).changes["destroy"] == 0
    else:
        destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert theirs in world.aws.sets["Z1"]
    assert not any('static["spf"]' in address for state in world.terraform.state.values() for address in state)


def test_a_domain_goes_although_its_spf_can_not_be_merged_any_more(world: World) -> None:
    world.aws.has_zone("example.com", txt("example.com", GOOGLE))
    new_domain(world.edges, EXAMPLE, ASKED)
    twice = txt("example.com", GOOGLE, '"v=spf1 mx -all"', OWN)
    world.aws.sets["Z1"] = [twice if found == standing(world) else found for found in world.aws.sets["Z1"]]
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    after = standing(world)
    assert after is not None
    assert after.raw == (GOOGLE, '"v=spf1 mx -all"')


@pytest.mark.parametrize("text", ["\u201cv=spf1 mx -all\u201d", "spf1 mx ~all", " v=spf1 mx -all"])
def test_what_is_meant_as_spf_is_named_and_not_doubled(world: World, text: str) -> None:
    raw = quoted(text, ROUTE_53)
    world.aws.has_zone("example.com", txt("example.com", raw))
    with pytest.raises(Refused, match="meant as SPF, but receivers do not read it") as caught:
        new_domain(world.edges, EXAMPLE, ASKED)
    assert text in caught.value.message
    assert "--spf skip" in caught.value.hint
    assert standing(world) == txt("example.com", raw)
