from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import Dmarc
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
    report = new_domain(world.edges, BLOG, asked(dmarc=Dmarc.QUARANTINE))
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
        new_domain(world.edges, EXAMPLE, replace(ASKED, dmarc=Dmarc.REJECT))


def test_a_dmarc_record_that_its_owner_removed_is_replaced_by_ours(world: World) -> None:
    world.aws.has_zone("example.com", txt("_dmarc.example.com", '"v=DMARC1; p=reject"'))
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.sets["Z1"] = [r for r in world.aws.sets["Z1"] if not r.name.startswith("_dmarc.")]
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert any(record.purpose is Purpose.DMARC for record in report.records)


NAME = "_dmarc.example.com"
OF_OTHERS = {
    "cname": Record(NAME, "CNAME", 300, ("example.com.hosted.example.net",), ("example.com.hosted.example.net.",)),
    "delegation": Record(NAME, "NS", 300, ("ns1.example.net",), ("ns1.example.net.",)),
    "alias": Record(NAME, "TXT", 0, (), alias="_d.example.com"),
    "routed": replace(txt(NAME, '"v=DMARC1; p=reject"'), set_identifier="a"),
}


@pytest.mark.parametrize("theirs", OF_OTHERS.values(), ids=OF_OTHERS)
def test_whatever_answers_at_the_dmarc_name_is_theirs_and_all_else_is_made(world: World, theirs: Record) -> None:
    world.aws.has_zone("example.com", theirs)
    world.resolver.answers(NAME, "TXT", "v=DMARC1; p=reject")
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert [record.purpose for record in report.records].count(Purpose.DKIM) == 3
    assert not any(record.purpose is Purpose.DMARC for record in report.records)
    assert theirs in world.aws.sets["Z1"]
    assert f"not ours and stays as it is: {theirs}" in "".join(world.progress.notes)
    assert "receivers find there: v=DMARC1; p=reject" in "".join(world.progress.notes)
    assert not new_domain(world.edges, EXAMPLE, ASKED).changed
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert theirs in world.aws.sets["Z1"]


def test_a_dmarc_name_at_which_receivers_find_nothing_is_said(world: World) -> None:
    world.aws.has_zone("example.com", OF_OTHERS["cname"])
    new_domain(world.edges, EXAMPLE, ASKED)
    assert world.progress.warnings == [
        "example.com: receivers find no DMARC record there; those who run it have to publish one"
    ]
    assert not new_domain(world.edges, EXAMPLE, ASKED).changed
    assert len(world.progress.warnings) == 1


@pytest.mark.parametrize("theirs", OF_OTHERS.values(), ids=OF_OTHERS)
def test_a_policy_is_not_put_over_what_answers_at_the_dmarc_name_and_the_hint_helps(
    world: World, theirs: Record
) -> None:
    world.aws.has_zone("example.com", theirs)
    with pytest.raises(Refused) as caught:
        new_domain(world.edges, EXAMPLE, asked(dmarc=Dmarc.REJECT))
    assert caught.value.message == f"example.com: what stands at {NAME} is not ours: {theirs}"
    assert "--dmarc skip" in caught.value.hint
    assert new_domain(world.edges, EXAMPLE, asked(dmarc=Dmarc.SKIP)).changed


def test_a_dmarc_name_handed_to_others_after_our_record_went_is_theirs(world: World) -> None:
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, ASKED)
    others = [record for record in world.aws.sets["Z1"] if record.name != NAME]
    world.aws.sets["Z1"] = [*others, OF_OTHERS["cname"]]
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert report.changes["add"] == 0
    assert not any(record.purpose is Purpose.DMARC for record in report.records)
    assert OF_OTHERS["cname"] in world.aws.sets["Z1"]


def test_dmarc_that_is_skipped_is_not_looked_at_and_remembered(world: World) -> None:
    before = txt(NAME, '"v=DMARC1; p=reject"')
    world.aws.has_zone("example.com", before)
    new_domain(world.edges, EXAMPLE, asked(dmarc=Dmarc.SKIP))
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert not report.changed
    assert not any(record.purpose is Purpose.DMARC for record in report.records)
    assert standing(world, NAME) == before
    kept = world.workspaces.spaces["example.com"].kept
    assert kept is not None
    assert kept.request.dmarc is Dmarc.SKIP
    assert "dmarc=skip/- " in world.aws.identities["example.com"].tags["Provisioner"]


def test_a_record_of_ours_is_taken_back_when_dmarc_is_skipped(world: World) -> None:
    rua = EmailAddress.parse("d@example.com")
    new_domain(world.edges, EXAMPLE, asked(dmarc=Dmarc.REJECT, dmarc_rua=rua))
    report = new_domain(world.edges, EXAMPLE, asked(dmarc=Dmarc.SKIP))
    assert report.changes["destroy"] == 1
    assert report.spec.dmarc_rua is None
    assert not new_domain(world.edges, EXAMPLE, ASKED).changed


def test_a_policy_that_is_asked_for_after_skipping_is_published_unless_somebody_else_has_one(world: World) -> None:
    new_domain(world.edges, EXAMPLE, asked(dmarc=Dmarc.SKIP))
    report = new_domain(world.edges, EXAMPLE, asked(dmarc=Dmarc.NONE))
    assert [r.values for r in report.records if r.purpose is Purpose.DMARC] == [("v=DMARC1; p=none",)]
    new_domain(world.edges, EXAMPLE, asked(dmarc=Dmarc.SKIP))
    world.aws.sets["Z1"] = [record for record in world.aws.sets["Z1"] if record.name != NAME]
    world.aws.sets["Z1"].append(txt(NAME, '"v=DMARC1; p=reject"'))
    with pytest.raises(Refused, match="not ours stands at _dmarc"):
        new_domain(world.edges, EXAMPLE, asked(dmarc=Dmarc.NONE))


def test_a_report_address_without_a_record_of_ours_is_bad_input(world: World) -> None:
    with pytest.raises(InputError, match="--dmarc skip publishes none"):
        new_domain(world.edges, EXAMPLE, asked(dmarc=Dmarc.SKIP, dmarc_rua=EmailAddress.parse("d@example.com")))


def test_silent_dns_is_remembered_on_aws_as_undecided(world: World) -> None:
    world.resolver.times_out("_dmarc.example.com", "TXT")
    new_domain(world.edges, BLOG, ASKED)
    assert "dmarc=-/- " in world.aws.identities["blog.example.com"].tags["Provisioner"]
