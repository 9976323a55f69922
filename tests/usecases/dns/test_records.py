from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.mail_domain.records import Purpose, Record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.usecases.dns.records import records_of
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")


def txt(*texts: str) -> Record:
    return Record("example.com", "TXT", 60, texts, tuple(f'"{text}"' for text in texts))


def adopted(world: World, *texts: str) -> World:
    world.resolver.answers("amazonses.com", "TXT", "v=spf1 -all")
    world.aws.has_zone("example.com", txt(*texts))
    new_domain(world.edges, EXAMPLE, Asked(region=Region.parse("us-east-1")))
    return world


def test_the_set_that_is_shared_with_others_is_told_as_it_must_stand(world: World) -> None:
    adopted(world, "site=1", "v=spf1 -all")
    first = records_of(world.edges, EXAMPLE).records[0]
    assert (first.ttl, first.values) == (60, ("site=1", "v=spf1 include:amazonses.com -all"))
    assert first.publishing is None


def test_an_spf_record_that_was_broken_since_is_said(world: World) -> None:
    adopted(world, "site=1")
    world.aws.sets["Z1"] = [txt("v=spf1 -all", "v=spf1 mx -all")]
    found = records_of(world.edges, EXAMPLE)
    assert "2 SPF records" in found.notes[0]
    assert Purpose.SPF not in {record.purpose for record in found.records}
