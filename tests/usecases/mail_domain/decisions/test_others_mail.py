from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.request import Request, Spf
from provisioner.core.mail_domain.records import Record
from provisioner.core.spf.merge import Part
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.usecases.mail_domain.survey import Survey, survey

EXAMPLE = DomainName.parse("example.com")
REQUEST = Request(Region.parse("us-east-1"))
GOOGLE = Record("example.com", "MX", 300, ("1 aspmx.l.google.com",))
TEXT = Record("example.com", "TXT", 300, ("site-verification=x",), ('"site-verification=x"',))


def seen(world: World, *records: Record, request: Request = REQUEST, before: Survey | None = None) -> Survey:
    if before is None:
        world.aws.has_zone("example.com", *records)
    return survey(world.edges, EXAMPLE, request, before.decisions if before else None, None)


@pytest.mark.parametrize("records", [(GOOGLE,), (GOOGLE, TEXT)])
def test_no_spf_record_is_put_over_mail_of_others_and_it_is_said_why(world: World, records: tuple[Record, ...]) -> None:
    found = seen(world, *records)
    assert (found.decisions.spf_part, found.spec.publish_spf, found.spec.apex_txt) == (Part.NOTHING, False, None)
    assert "its mail is received by 1 aspmx.l.google.com" in world.progress.notes[-1]
    said = len(world.progress.notes)
    assert seen(world, before=found).decisions == found.decisions
    assert len(world.progress.notes) == said


def test_it_is_published_when_it_is_asked_for(world: World) -> None:
    found = seen(world, GOOGLE, TEXT, request=replace(REQUEST, spf=Spf.PUBLISH))
    assert (found.decisions.spf_part, found.spec.publish_spf) == (Part.RECORD, True)


def test_it_is_published_when_it_is_asked_for_later(world: World) -> None:
    first = seen(world, GOOGLE)
    asked = replace(REQUEST, spf=Spf.PUBLISH)
    later = seen(world, request=asked, before=first)
    assert (later.decisions.spf_part, later.spec.publish_spf) == (Part.SET, True)
    assert seen(world, before=later).decisions == later.decisions


def test_an_spf_record_of_theirs_gets_our_include_all_the_same(world: World) -> None:
    world.resolver.answers("amazonses.com", "TXT", "v=spf1 -all").answers("example.com", "MX", "1 aspmx.l.google.com")
    theirs = Record("example.com", "TXT", 300, ("v=spf1 mx -all",), ('"v=spf1 mx -all"',))
    assert seen(world, GOOGLE, theirs).decisions.spf_part is Part.TERM


def test_a_record_that_was_decided_on_stays_when_others_take_over_the_mail(world: World) -> None:
    first = seen(world)
    world.aws.sets["Z1"].append(GOOGLE)
    assert seen(world, before=first).decisions.spf_part is Part.SET


@pytest.mark.parametrize("mx", ["0 ", "10 inbound-smtp.eu-west-1.amazonaws.com"])
def test_no_mail_and_mail_at_ses_are_nobody_else_s(world: World, mx: str) -> None:
    assert seen(world, replace(GOOGLE, values=(mx,))).decisions.spf_part is Part.SET


def test_the_mail_of_another_name_of_the_zone_does_not_count(world: World) -> None:
    assert seen(world, replace(GOOGLE, name="sub.example.com")).decisions.spf_part is Part.SET
