from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Request, Spf, ZoneMode
from provisioner.core.mail_domain.records import Record
from provisioner.core.spf.merge import Part
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError
from provisioner.usecases.mail_domain.survey import survey

EXAMPLE = DomainName.parse("example.com")
BLOG = DomainName.parse("blog.example.com")
REQUEST = Request(Region.parse("us-east-1"))
GOOGLE = '"google-site-verification=x"'


def txt(name: str, *raw: str) -> Record:
    return Record(name, "TXT", 60, tuple(value.strip('"') for value in raw), raw)


def test_a_first_look_decides_everything(world: World) -> None:
    world.aws.has_zone("example.com", txt("example.com", GOOGLE))
    seen = survey(world.edges, EXAMPLE, REQUEST, None, None)
    zone = ResolvedZone(ResolvedMode.ADOPTED, "example.com", "Z1")
    assert seen.decisions == Decisions(zone, dmarc_inherited=False, dmarc_theirs=False, spf_part=Part.RECORD)
    assert seen.remembered == Remembered(REQUEST, seen.decisions, "123456789012", "Z1")
    assert seen.spec.zone == zone
    assert seen.zone == world.aws.zones[0]


def test_what_was_decided_is_not_decided_again(world: World) -> None:
    world.aws.has_zone("example.com", txt("example.com", GOOGLE))
    first = survey(world.edges, EXAMPLE, REQUEST, None, None)
    ours = txt("example.com", GOOGLE, '"v=spf1 include:amazonses.com ~all"')
    world.aws.sets["Z1"] = [ours, txt("_dmarc.example.com", '"v=DMARC1; p=none"')]
    assert survey(world.edges, EXAMPLE, REQUEST, first.decisions, None).decisions == first.decisions


def test_what_dns_did_not_say_is_decided_by_a_later_look(world: World) -> None:
    world.resolver.times_out("_dmarc.example.com", "TXT")
    first = survey(world.edges, BLOG, REQUEST, None, None)
    assert first.decisions.dmarc_inherited is None
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")
    assert survey(world.edges, BLOG, REQUEST, first.decisions, None).decisions == replace(
        first.decisions, dmarc_inherited=True
    )


def test_spf_that_is_not_wanted_is_nobody_s_part(world: World) -> None:
    world.aws.has_zone("example.com", txt("example.com", GOOGLE))
    first = survey(world.edges, EXAMPLE, REQUEST, None, None)
    skipped = survey(world.edges, EXAMPLE, replace(REQUEST, spf=Spf.SKIP), first.decisions, None)
    assert (skipped.decisions.spf_part, skipped.spec.apex_txt, skipped.spec.publish_spf) == (None, None, False)


def test_nothing_is_looked_for_in_a_zone_that_is_elsewhere(world: World) -> None:
    world.aws.has_zone("example.com", txt("_dmarc.example.com", '"v=DMARC1; p=none"'))
    seen = survey(world.edges, EXAMPLE, replace(REQUEST, zone=ZoneMode.EXTERNAL), None, None)
    assert (seen.zone, seen.live, seen.decisions.dmarc_theirs) == (None, (), False)
    assert world.aws.asked == ["identity example.com us-east-1", "set example-com us-east-1"]


def test_looking_changes_nothing(world: World) -> None:
    world.aws.has_zone("example.com", txt("example.com", GOOGLE))
    before = list(world.aws.sets["Z1"])
    survey(world.edges, EXAMPLE, REQUEST, None, None)
    assert world.aws.sets["Z1"] == before
    assert world.terraform.applied == 0
    assert list(world.workspaces.all()) == []


def test_credentials_that_aws_refuses_end_it_before_anything_else_is_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise ProvisionerError("no_credentials", "AWS does not know these credentials")

    monkeypatch.setattr(world.aws, "check", refuse)
    with pytest.raises(ProvisionerError, match="does not know"):
        survey(world.edges, EXAMPLE, REQUEST, None, None)
    assert world.aws.asked == []
