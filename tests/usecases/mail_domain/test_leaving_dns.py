from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import Dmarc, Spf, ZoneMode
from provisioner.core.mail_domain.records import Action, Purpose
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.usecases.dns.records import records_of
from provisioner.usecases.mail_domain.leaving_dns import DnsLeft, leave_dns
from provisioner.usecases.mail_domain.new_domain import new_domain
from provisioner.usecases.mail_domain.survey import Survey, survey

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))
EXTERNAL = replace(ASKED, zone=ZoneMode.EXTERNAL)
OURS = ("ns-1.z1.net", "ns-2.z1.org")
GOOGLE = "v=spf1 include:_spf.google.com -all"


def seen(world: World) -> Survey:
    """Return what a destroy sees of a domain that was provisioned."""
    kept = world.workspaces.spaces["example.com"].kept
    assert kept is not None
    return survey(world.edges, EXAMPLE, kept.request, kept.decisions, None)


def left(world: World, kept: str | None = None) -> DnsLeft:
    return leave_dns(world.edges, seen(world), kept)


def published(world: World, asked: Asked = EXTERNAL) -> World:
    """Publish at the other DNS host what `new-domain` gave."""
    world.resolver.answers("amazonses.com", "TXT", "v=spf1 -all").answers("_spf.google.com", "TXT", "v=spf1 -all")
    world.resolver.answers("example.com", "NS", "ns1.host.example")
    new_domain(world.edges, EXAMPLE, asked)
    for record in records_of(world.edges, EXAMPLE).records:
        world.resolver.answers(record.name, record.type, *record.values)
    return world


def by_purpose(found: DnsLeft) -> dict[Purpose, tuple[Action, tuple[str, ...], tuple[str, ...]]]:
    told = [(r, r.publishing) for r in found.records]
    return {r.purpose: (how.action, r.values, how.replaces) for r, how in told if how}


def test_a_signed_zone_is_refused_with_the_order_in_which_it_is_taken_apart(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.signing_keys["Z1"] = ["first", "second"]
    with pytest.raises(Refused, match=r"zone Z1 is signed \(key-signing keys first, second\)") as caught:
        left(world)
    steps = ["remove the DS record", "wait", "disable DNSSEC signing", "key-signing keys", "--keep-zone"]
    places = [caught.value.hint.index(step) for step in steps]
    assert places == sorted(places)
    assert left(world, kept="Z1") == DnsLeft()


def test_an_adopted_zone_may_be_signed_it_stays(world: World) -> None:
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.signing_keys["Z1"] = ["first"]
    assert left(world) == DnsLeft()


def test_a_delegation_that_still_points_to_the_zone_is_told(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    assert left(world) == DnsLeft()
    world.authority.delegates("example.com", "NS-2.Z1.org", "ns.elsewhere.example")
    [step] = left(world).steps
    assert "refers example.com to ns-2.z1.org, which hold it no more once it is deleted" in step


def test_a_delegation_of_which_dns_says_nothing_is_told_too(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.resolver.times_out("example.com", "NS")
    [step] = left(world).steps
    assert "DNS did not say whether" in step
    assert " ".join(OURS) in step


def test_what_stands_at_another_dns_host_because_of_us_is_listed(world: World) -> None:
    found = left(published(world))
    assert {how.action for r in found.records if (how := r.publishing)} == {Action.REMOVE}
    assert len(found.records) == 7
    assert found.steps == ("take the 7 records out at the DNS host of example.com: nothing here can",)
    document = found.to_document()
    assert {record["action"] for record in document["records"]} == {"remove"}


def test_of_their_spf_record_only_our_term_goes(world: World) -> None:
    world.resolver.answers("example.com", "TXT", GOOGLE).answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")
    found = by_purpose(left(published(world)))
    merged = "v=spf1 include:_spf.google.com include:amazonses.com -all"
    assert found[Purpose.SPF] == (Action.REPLACE, (GOOGLE,), (merged,))
    assert Purpose.DMARC not in found


def test_an_include_that_was_theirs_stays(world: World) -> None:
    world.resolver.answers("example.com", "TXT", "v=spf1 include:amazonses.com -all")
    assert Purpose.SPF not in by_purpose(left(published(world)))


def test_a_dmarc_record_that_is_not_as_we_gave_it_stays(world: World) -> None:
    published(world, replace(EXTERNAL, dmarc=Dmarc.REJECT))
    assert by_purpose(left(world))[Purpose.DMARC][0] is Action.REMOVE
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject; rua=mailto:a@example.com")
    assert Purpose.DMARC not in by_purpose(left(world))


def test_what_was_never_published_needs_nobody(world: World) -> None:
    new_domain(world.edges, EXAMPLE, replace(EXTERNAL, spf=Spf.SKIP))
    assert left(world) == DnsLeft()


def test_when_dns_is_silent_all_that_may_stand_there_is_listed(world: World) -> None:
    published(world).resolver.times_out("example.com", "NS")
    found = left(world)
    assert {r.purpose for r in found.records} == {Purpose.MAIL_FROM_MX, Purpose.MAIL_FROM_SPF, Purpose.DKIM}
    assert "remove those that do" in found.steps[0]
