from dataclasses import replace

import pytest
from fakes.world import World
from txt_sets import standing, txt

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import Dmarc
from provisioner.core.mail_domain.records import Purpose, Record
from provisioner.core.terraform.addresses import record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))
SKIP = replace(ASKED, dmarc=Dmarc.SKIP)
NAME = "_dmarc.example.com"
OURS = record(Purpose.DMARC)
OF_OTHERS = {
    "edited": txt(NAME, '"v=DMARC1; p=reject"'),
    "extended": txt(NAME, '"v=DMARC1; p=none"', '"theirs"'),
    "alias": Record(NAME, "TXT", 0, (), alias="_d.example.com"),
    "routed": replace(txt(NAME, '"v=DMARC1; p=none"'), set_identifier="a"),
}


def changed_by_others(world: World, theirs: Record) -> World:
    """Somebody has put something of their own where our DMARC record was."""
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.sets["Z1"] = [theirs if stands.name == NAME else stands for stands in world.aws.sets["Z1"]]
    return world


@pytest.mark.parametrize("theirs", OF_OTHERS.values(), ids=OF_OTHERS)
def test_skipping_dmarc_leaves_what_others_have_made_of_our_record(world: World, theirs: Record) -> None:
    changed_by_others(world, theirs)
    planned = plan_domain(world.edges, EXAMPLE, SKIP)
    assert (planned.plan.counts["destroy"], OURS in next(iter(world.terraform.state.values()))) == (0, True)
    report = new_domain(world.edges, EXAMPLE, SKIP)
    assert report.changes["destroy"] == 0
    assert OURS not in next(iter(world.terraform.state.values()))
    assert standing(world, NAME) == theirs


def test_a_record_as_we_made_it_goes_and_is_announced(world: World) -> None:
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, ASKED)
    assert plan_domain(world.edges, EXAMPLE, SKIP).plan.counts["destroy"] == 1
    assert new_domain(world.edges, EXAMPLE, SKIP).changes["destroy"] == 1


@pytest.mark.parametrize(("standing_now", "goes"), [('"v=DMARC1; p=none"', 1), ('"v=DMARC1; p=none; sp=none"', 0)])
def test_a_run_that_died_before_our_record_was_gone_is_completed(world: World, standing_now: str, goes: int) -> None:
    changed_by_others(world, txt(NAME, standing_now))
    workspace = world.workspaces.spaces["example.com"]
    assert workspace.kept is not None
    workspace.kept = replace(workspace.kept, request=replace(workspace.kept.request, dmarc=Dmarc.SKIP))
    assert new_domain(world.edges, EXAMPLE, ASKED).changes["destroy"] == goes
