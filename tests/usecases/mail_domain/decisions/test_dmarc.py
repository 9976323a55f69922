from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dns.txt import unquoted
from provisioner.core.mail_domain.records import Purpose, Record
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, Refused
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
BLOG = DomainName.parse("blog.example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))


def txt(name: str, *raw: str, ttl: int = 60) -> Record:
    return Record(name, "TXT", ttl, tuple(map(unquoted, raw)), raw)


def standing(world: World, name: str = "example.com") -> Record | None:
    return next((r for r in world.aws.sets["Z1"] if (r.name, r.type) == (name, "TXT")), None)


def asked(**given: object) -> Asked:
    return replace(ASKED, **given)  # type: ignore[arg-type]  # the names are Asked's fields


def test_a_subdomain_inherits_the_dmarc_record_above_it(world: World) -> None:
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")
    report = new_domain(world.edges, BLOG, ASKED)
    assert not any(record.name.startswith("_dmarc.") for record in report.records)


def test_a_subdomain_without_a_dmarc_record_above_gets_its_own(world: World) -> None:
    report = new_domain(world.edges, BLOG, ASKED)
    assert any(record.name == "_dmarc.blog.example.com" for record in report.records)


def test_a_dmarc_record_that_appears_above_later_does_not_take_ours_away(world: World) -> None:
    new_domain(world.edges, BLOG, ASKED)
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")
    assert not new_domain(world.edges, BLOG, ASKED).changed


def test_an_asked_policy_is_published_whatever_is_above(world: World) -> None:
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=none")
    report = new_domain(world.edges, BLOG, asked(dmarc=DmarcPolicy.QUARANTINE))
    assert [r.values for r in report.records if r.name.startswith("_dmarc.")] == [("v=DMARC1; p=quarantine",)]


def test_a_report_address_alone_does_not_weaken_an_inherited_policy(world: World) -> None:
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")
    with pytest.raises(InputError, match="the policy is inherited"):
        new_domain(world.edges, BLOG, asked(dmarc_rua=EmailAddress.parse("d@example.com")))


def test_no_dmarc_record_is_guessed_while_dns_is_silent(world: World) -> None:
    world.resolver.times_out("_dmarc.example.com", "TXT")
    report = new_domain(world.edges, BLOG, ASKED)
    assert not any(record.name.startswith("_dmarc.") for record in report.records)
    assert any("DNS did not say" in warning for warning in world.progress.warnings)


def test_dns_that_speaks_again_lets_the_next_run_publish_dmarc(world: World) -> None:
    world.resolver.times_out("_dmarc.example.com", "TXT")
    new_domain(world.edges, BLOG, ASKED)
    world.resolver.answers("_dmarc.example.com", "TXT", "unrelated")
    report = new_domain(world.edges, BLOG, ASKED)
    assert any(record.name == "_dmarc.blog.example.com" for record in report.records)


def test_an_existing_dmarc_record_stays_as_it_is(world: World) -> None:
    before = txt("_dmarc.example.com", '"v=DMARC1; p=reject; ruf=mailto:a@example.com"')
    world.aws.has_zone("example.com", before)
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert standing(world, "_dmarc.example.com") == before
    assert not any(record.purpose is Purpose.DMARC for record in report.records)
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert standing(world, "_dmarc.example.com") == before


def test_another_policy_than_the_existing_one_is_refused(world: World) -> None:
    world.aws.has_zone("example.com", txt("_dmarc.example.com", '"v=DMARC1; p=none"'))
    with pytest.raises(Refused, match="not ours stands at _dmarc"):
        new_domain(world.edges, EXAMPLE, replace(ASKED, dmarc=DmarcPolicy.REJECT))


def test_a_dmarc_record_that_its_owner_removed_is_replaced_by_ours(world: World) -> None:
    world.aws.has_zone("example.com", txt("_dmarc.example.com", '"v=DMARC1; p=reject"'))
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.sets["Z1"] = [r for r in world.aws.sets["Z1"] if not r.name.startswith("_dmarc.")]
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert any(record.purpose is Purpose.DMARC for record in report.records)
