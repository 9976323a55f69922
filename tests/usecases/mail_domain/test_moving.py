"""What the public would lose by being sent to a zone, and who is told so."""

from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import ZoneMode
from provisioner.core.mail_domain.move import Move
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.moving import look_at_move
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain

EXAMPLE = DomainName.parse("example.com")
BLOG = DomainName.parse("blog.example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))
OURS = ("ns-1.z1.net", "ns-2.z1.org")
THEIRS = ("ns1.host.example", "ns2.host.example")
A = Record("example.com", "A", 300, ("192.0.2.1",))


@pytest.fixture
def hosted(world: World) -> World:
    """A domain with a web site and mail at another DNS host."""
    world.resolver.answers("example.com", "NS", *THEIRS).answers("example.com", "A", "192.0.2.1")
    world.resolver.answers("example.com", "MX", "10 mail.example.com").answers("mail.example.com", "A", "192.0.2.2")
    world.resolver.answers("www.example.com", "CNAME", "example.com").answers("www.example.com", "A", "192.0.2.1")
    world.resolver.answers("example.com", "TXT", "v=spf1 mx -all", "site=1")
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")
    return world


PUBLIC = ("A example.com", "MX example.com", "TXT example.com", "TXT _dmarc.example.com")
BELOW = ("CNAME www.example.com", "A mail.example.com")


def asked(mode: ZoneMode) -> Asked:
    return replace(ASKED, zone=mode)


def move(world: World, *live: Record, domain: DomainName = EXAMPLE, zone: str = "example.com") -> Move | None:
    return look_at_move(world.edges, domain, zone, OURS, lambda: live)


def test_all_that_is_public_would_be_lost_to_an_empty_zone(hosted: World) -> None:
    assert move(hosted) == Move("example.com", THEIRS, (*PUBLIC, *BELOW))


def test_a_zone_that_holds_the_same_loses_nothing(hosted: World) -> None:
    live = [
        A,
        Record("example.com", "MX", 300, ("10 MAIL.example.com",)),
        Record("example.com", "TXT", 300, ("site=1", "v=spf1 mx include:amazonses.com -all")),
        Record("_dmarc.example.com", "TXT", 300, ("v=DMARC1; p=reject",)),
        Record("*.example.com", "CNAME", 300, ("example.com",)),
        Record("mail.example.com", "A", 0, ()),  # an alias
    ]
    found = move(hosted, *live)
    assert found == Move("example.com", THEIRS)
    assert found.is_safe


def test_a_zone_with_other_values_is_stale(hosted: World) -> None:
    found = move(hosted, replace(A, values=("198.51.100.7",)))
    assert found is not None
    assert "A example.com" in found.lost


@pytest.mark.parametrize("servers", [OURS, ("NS-2.z1.org", "ns-1.z1.net")])
def test_the_zone_in_use_is_not_moved_to(hosted: World, servers: tuple[str, ...]) -> None:
    hosted.resolver.answers("example.com", "NS", *servers)
    assert move(hosted) is None


def test_a_name_that_nobody_registered_loses_nothing(world: World) -> None:
    assert move(world) == Move("example.com")


def test_a_name_whose_servers_are_gone_loses_nothing_but_may_be_signed(world: World) -> None:
    world.resolver.times_out("example.com", "NS")
    assert move(world) == Move("example.com")
    world.resolver.answers("example.com", "DS", "12345 13 2 abc")
    assert move(world) == Move("example.com", signed=True)


def test_when_not_even_the_zone_above_answers_nothing_is_known(world: World) -> None:
    world.resolver.times_out("example.com", "NS").times_out("example.com", "DS")
    assert move(world) == Move("example.com", unknown="timed out")


def test_what_one_question_does_not_say_is_not_known(hosted: World) -> None:
    hosted.resolver.times_out("example.com", "AAAA")
    found = move(hosted, A)
    assert found is not None
    assert (found.unknown, found.is_safe) == ("timed out", False)


def test_a_ds_record_of_which_dns_says_nothing_is_not_absent(world: World) -> None:
    world.resolver.answers("example.com", "NS", *THEIRS).times_out("example.com", "DS")
    assert move(world) == Move("example.com", THEIRS, unknown="timed out")


def test_a_subdomain_in_the_zone_above_would_be_lost_too(world: World) -> None:
    world.resolver.answers("example.com", "NS", *THEIRS).answers("blog.example.com", "A", "192.0.2.1")
    found = move(world, domain=BLOG, zone="blog.example.com")
    assert found == Move("blog.example.com", THEIRS, ("A blog.example.com",))


def test_auto_refuses_to_guess_when_the_dns_is_elsewhere(hosted: World) -> None:
    for run in (plan_domain, new_domain):
        with pytest.raises(
            Refused, match=r"at ns1\.host\.example ns2\.host\.example, which answer for A exam"
        ) as caught:
            run(hosted.edges, EXAMPLE, ASKED)
        assert (caught.value.code, "for A example.com, MX" in caught.value.message) == ("dns_elsewhere", True)
        assert "--zone external" in caught.value.hint
        assert "--zone create" in caught.value.hint
    assert (hosted.terraform.applied, hosted.aws.zones) == (0, [])


def test_auto_does_not_adopt_a_zone_that_nobody_asks(hosted: World) -> None:
    hosted.aws.has_zone("example.com", replace(A, values=("198.51.100.7",)))
    with pytest.raises(Refused, match="hosted zone Z1 here would not be asked") as caught:
        new_domain(hosted.edges, EXAMPLE, ASKED)
    assert "--zone adopt" in caught.value.hint


def test_auto_goes_on_where_the_servers_elsewhere_have_nothing(world: World) -> None:
    world.resolver.answers("example.com", "NS", *THEIRS)
    assert new_domain(world.edges, EXAMPLE, ASKED).zone.mode == "created"


def test_what_was_decided_is_not_refused_later(hosted: World) -> None:
    new_domain(hosted.edges, EXAMPLE, asked(ZoneMode.CREATE))
    assert new_domain(hosted.edges, EXAMPLE, ASKED).zone.mode == "created"


def test_nobody_is_told_to_move_to_a_zone_that_holds_less(hosted: World) -> None:
    report = new_domain(hosted.edges, EXAMPLE, asked(ZoneMode.CREATE))
    assert not any(step.startswith("set the name servers") for step in report.next_steps)
    assert report.next_steps[0] == (
        "zone Z1 example.com is not the one in use; its name servers are: ns-1.z1.net ns-2.z1.org"
    )
    assert "does not hold what it finds there: A example.com, MX example.com" in report.next_steps[1]
    zone = report.to_document(with_secret=False)["zone"]
    assert zone["move"]["in_use"] == list(THEIRS)
    assert (zone["move"]["signed"], zone["move"]["unknown"]) == (False, None)


def test_nobody_is_told_to_move_under_a_ds_record(world: World) -> None:
    world.resolver.answers("example.com", "NS", *THEIRS).answers("example.com", "DS", "12345 13 2 abc")
    steps = new_domain(world.edges, EXAMPLE, asked(ZoneMode.CREATE)).next_steps
    assert not any(step.startswith("set the name servers") for step in steps)
    assert "a DS record stands above example.com" in steps[1]


def test_an_adopted_zone_that_is_not_in_use_is_said_with_its_name_servers(world: World) -> None:
    world.aws.has_zone("example.com")
    steps = new_domain(world.edges, EXAMPLE, ASKED).next_steps
    assert steps[0] == "zone Z1 example.com is not the one in use; its name servers are: ns-1.z1.net ns-2.z1.org"


def test_a_zone_of_which_dns_says_nothing_is_not_called_unused(world: World) -> None:
    world.resolver.times_out("example.com", "NS").times_out("example.com", "DS")
    first = new_domain(world.edges, EXAMPLE, ASKED).next_steps[0]
    assert first == ("DNS did not say what is public under example.com (timed out): look before it is sent elsewhere")


def test_servers_that_are_gone_are_no_reason_to_say_anything(world: World) -> None:
    world.resolver.times_out("example.com", "NS")
    steps = new_domain(world.edges, EXAMPLE, ASKED).next_steps
    assert not any("example.com is not the one" in step or "DNS did not say" in step for step in steps)
