from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.world import World
from txt_sets import GOOGLE, OWN, standing, txt

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import Spf
from provisioner.core.terraform.plan import Plan
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.ports.terraform import Event
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))


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
    assert said.actions[-1].after == {"records": list(after.values)}
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


def test_terraform_shuffles_the_values_of_a_set_and_they_are_put_back_in_order(world: World) -> None:
    world.aws.has_zone("example.com", txt("example.com", '"c"', '"a"', '"b"'))
    apply = world.terraform.apply

    def shuffling(root: Path, plan: Plan, on_event: Callable[[Event], None]) -> None:
        apply(root, plan, on_event)
        world.aws.sets["Z1"] = [replace(r, raw=tuple(sorted(r.raw))) for r in world.aws.sets["Z1"]]

    world.terraform.apply = shuffling  # type: ignore[method-assign]  # what the provider does with a set
    new_domain(world.edges, EXAMPLE, ASKED)
    merged = standing(world)
    assert merged is not None
    assert merged.raw == ('"c"', '"a"', '"b"', OWN)


def test_a_run_that_dies_between_terraform_and_the_order_leaves_it_to_the_next_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.aws.has_zone("example.com", txt("example.com", '"c"', '"a"', '"b"'))
    apply = world.terraform.apply

    def dying(root: Path, plan: Plan, on_event: Callable[[Event], None]) -> None:
        apply(root, plan, on_event)
        world.aws.sets["Z1"] = [replace(r, raw=tuple(sorted(r.raw))) for r in world.aws.sets["Z1"]]
        raise KeyboardInterrupt

    monkeypatch.setattr(world.terraform, "apply", dying)
    with pytest.raises(KeyboardInterrupt):
        new_domain(world.edges, EXAMPLE, ASKED)
    monkeypatch.setattr(world.terraform, "apply", apply)
    shuffled = standing(world)
    assert shuffled is not None
    assert shuffled.raw == tuple(sorted(('"c"', '"a"', '"b"', OWN)))
    again = new_domain(world.edges, EXAMPLE, ASKED)
    merged = standing(world)
    assert merged is not None
    assert merged.raw == ('"c"', '"a"', '"b"', OWN)
    assert again.changes["change"] == 0
    assert world.workspaces.spaces["example.com"].order_intent() is None


def test_an_order_is_not_forced_upon_a_set_that_others_have_changed(world: World) -> None:
    world.aws.has_zone("example.com", txt("example.com", '"c"', '"a"'))
    new_domain(world.edges, EXAMPLE, ASKED)
    before = standing(world)
    world.workspaces.spaces["example.com"].intend_order(('"a"', '"c"'))
    new_domain(world.edges, EXAMPLE, ASKED)
    assert standing(world) == before
    assert world.workspaces.spaces["example.com"].order_intent() is None
