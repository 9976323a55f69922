from dataclasses import replace

import pytest
from fakes.world import World
from txt_sets import txt

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import Spf, ZoneMode
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
BLOG = DomainName.parse("blog.example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))


def record(name: str, rtype: str, *values: str) -> Record:
    return Record(name, rtype, 60, values, values)


def refused(world: World, domain: DomainName, *standing: Record, asked: Asked = ASKED) -> Refused:
    """Return the refusal of a domain in whose zone these record sets stand; nothing was touched."""
    world.aws.has_zone("example.com", *standing)
    with pytest.raises(Refused) as caught:
        new_domain(world.edges, domain, asked)
    assert (world.terraform.applied, caught.value.exit_code) == (0, 5)
    return caught.value


def test_a_cname_at_the_domain_is_in_the_way_of_spf_only_and_the_hint_helps(world: World) -> None:
    error = refused(world, BLOG, record("blog.example.com", "CNAME", "host.example.net"))
    assert error.hint == (
        "nothing was touched; mail of SES passes SPF at its MAIL FROM domain, go on without SPF at the domain itself: "
        "give --spf skip"
    )
    assert new_domain(world.edges, BLOG, replace(ASKED, spf=Spf.SKIP)).changed


def test_a_cname_at_the_domain_and_a_label_in_use_are_both_gone_around(world: World) -> None:
    cname = record("blog.example.com", "CNAME", "host.example.net")
    error = refused(world, BLOG, cname, record("bounce.blog.example.com", "A", "192.0.2.1"))
    assert "--spf skip; " in error.hint
    assert error.hint.endswith("--mail-from mail")
    assert new_domain(world.edges, BLOG, replace(ASKED, spf=Spf.SKIP, mail_from="mail")).changed


def test_a_label_below_which_dns_is_delegated_is_not_proposed(world: World) -> None:
    taken = record("bounce.example.com", "TXT", '"x"')
    error = refused(world, EXAMPLE, taken, record("mail.example.com", "NS", "ns1.example.net"))
    assert error.hint.endswith("--mail-from bounces")


ROUTED = [
    replace(record("bounce.example.com", rtype, value), set_identifier=identifier)
    for rtype, value in (("MX", "10 mx.example.net"), ("TXT", '"v=spf1 -all"'))
    for identifier in ("a", "b")
]


@pytest.mark.parametrize("standing", [ROUTED[:2], ROUTED[2:], ROUTED], ids=["MX", "TXT", "both"])
def test_sets_with_a_routing_policy_at_the_mail_from_host_are_refused_by_name(
    world: World, standing: list[Record]
) -> None:
    error = refused(world, EXAMPLE, *standing)
    assert all(str(found) in error.message for found in standing)
    assert "(set a of a routing policy)" in error.message
    assert error.hint.endswith("--mail-from mail")
    assert new_domain(world.edges, EXAMPLE, replace(ASKED, mail_from="mail")).changed


def test_delegated_dkim_names_are_refused_with_the_host_that_has_to_get_the_records(world: World) -> None:
    error = refused(world, EXAMPLE, record("_domainkey.example.com", "NS", "ns1.example.net", "ns2.example.net"))
    assert "NS _domainkey.example.com = ns1.example.net | ns2.example.net" in error.message
    assert "what lies at or below _domainkey.example.com is answered by ns1.example.net ns2" in error.message
    assert error.hint == (
        "nothing was touched; remove NS _domainkey.example.com, or use --zone external and publish the records below "
        "_domainkey.example.com at ns1.example.net ns2.example.net"
    )
    assert new_domain(world.edges, EXAMPLE, replace(ASKED, zone=ZoneMode.EXTERNAL)).changed


@pytest.mark.parametrize("cut", ["shop.example.com", "a.shop.example.com", "_domainkey.a.shop.example.com"])
def test_every_delegation_between_the_zone_and_a_name_of_ours_is_refused(world: World, cut: str) -> None:
    error = refused(world, DomainName.parse("a.shop.example.com"), record(cut, "NS", "ns1.example.net"))
    assert f"at or below {cut} is answered by ns1.example.net" in error.message
    assert f"remove NS {cut}" in error.hint


def test_delegated_dkim_names_are_refused_when_ses_has_given_its_tokens_too(world: World) -> None:
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, ASKED)
    world.terraform.state.clear()
    world.aws.sets["Z1"] = [found for found in world.aws.sets["Z1"] if "_domainkey" not in found.name]
    world.aws.sets["Z1"].append(record("_domainkey.example.com", "NS", "ns1.example.net"))
    with pytest.raises(Refused) as caught:
        new_domain(world.edges, EXAMPLE, ASKED)
    assert caught.value.hint == "nothing was touched; remove NS _domainkey.example.com"  # external is not possible now


def test_a_delegation_that_came_later_is_said_in_every_run(world: World) -> None:
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.sets["Z1"].append(record("_domainkey.example.com", "NS", "ns1.example.net"))
    assert not new_domain(world.edges, EXAMPLE, ASKED).changed
    assert world.progress.warnings == [
        "example.com: what lies at or below _domainkey.example.com is answered by ns1.example.net, not by this zone, "
        "so records of ours are not seen"
    ]


def test_something_else_at_the_name_of_a_dkim_token_is_refused(world: World) -> None:
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, ASKED)
    token = next(found for found in world.aws.sets["Z1"] if found.name.startswith("a" * 32))
    world.terraform.state.clear()
    others = [found for found in world.aws.sets["Z1"] if found != token]
    world.aws.sets["Z1"] = [*others, txt(token.name, '"p=x"')]
    with pytest.raises(Refused, match=r"TXT a{32}\._domainkey\.example\.com = p=x"):
        new_domain(world.edges, EXAMPLE, ASKED)
