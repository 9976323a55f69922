from datetime import timedelta

import pytest
from fakes.aws import TOKENS
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import DmarcPolicy, ZoneMode
from provisioner.core.checks.observed import Observed
from provisioner.core.findings import Finding, Severity, any_failed
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError
from provisioner.usecases.dns.check import check
from provisioner.usecases.dns.records import records_of
from provisioner.usecases.home import recall
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
REGION = Region.parse("us-east-1")
DKIM = f"{TOKENS[0]}._domainkey.example.com"
OURS = "v=spf1 include:amazonses.com ~all"
EXTERNAL = Asked(region=REGION, zone=ZoneMode.EXTERNAL)


def provisioned(world: World, asked: Asked = Asked(region=REGION)) -> World:  # noqa: B008 - frozen
    new_domain(world.edges, EXAMPLE, asked)
    for zone in world.aws.public_zones("example.com"):
        world.authority.delegates("example.com", *zone.name_servers)
    return world


def published(world: World, asked: Asked = Asked(region=REGION)) -> World:  # noqa: B008 - frozen
    provisioned(world, asked)
    world.resolver.answers("amazonses.com", "TXT", "v=spf1 ip4:199.255.192.0/22 -all")
    for record in records_of(world.edges, EXAMPLE).records:
        world.resolver.answers(record.name, record.type, *record.values)
    return world


def external(world: World, asked: Asked = EXTERNAL) -> World:
    world.resolver.answers("example.com", "NS", "ns1.host.example", "ns2.host.example")
    return published(world, asked)


def looked(world: World) -> tuple[Finding, ...]:
    return check(world.of_doctor, EXAMPLE)


def nobodys(world: World) -> str:
    """The label that is asked for at this moment to find wildcards."""
    return Observed(recall(world.edges, EXAMPLE).spec(), world.clock.now()).nobodys_label


def failed(world: World) -> list[tuple[str, str]]:
    return [(f.id, f.subject) for f in looked(world) if f.severity is Severity.ERROR]


def about(world: World, subject: str) -> Finding:
    return next(finding for finding in looked(world) if finding.subject == subject)


def test_a_domain_whose_records_are_public_passes(world: World) -> None:
    found = looked(published(world))
    assert not any_failed(found)
    assert [f.id for f in found].count("record.ok") == 6
    assert {"dns.delegated", "spf.ok"} <= {f.id for f in found}


def test_what_is_not_published_is_absent_and_all_of_it_together_is_one_fault(world: World) -> None:
    found = looked(provisioned(world))
    assert [one.id for one in found if one.severity is Severity.ERROR] == ["dkim.all_absent"]
    follows = {one.subject for one in found if (one.id, one.caused_by) == ("record.absent", "dkim.all_absent")}
    assert {"MX bounce.example.com", "TXT bounce.example.com", "TXT _dmarc.example.com"} <= follows
    assert "TXT example.com" not in follows


def test_what_nobody_can_say_is_neither_absent_nor_wrong(world: World) -> None:
    published(world).resolver.times_out("bounce.example.com", "MX")
    assert failed(world) == [("check.not_run", "MX bounce.example.com")]


def test_a_wrong_value_is_shown_beside_the_right_one(world: World) -> None:
    published(world).resolver.answers(DKIM, "CNAME", "elsewhere.example")
    finding = about(world, f"CNAME {DKIM}")
    assert finding.id == "record.wrong"
    assert "it is elsewhere.example; it must be aaaa" in finding.message


def test_an_spf_of_the_owner_at_the_domain_is_information(world: World) -> None:
    published(world).resolver.answers("example.com", "TXT", "v=spf1 mx -all", "site-verification=1")
    assert failed(world) == []
    assert about(world, "TXT example.com").severity is Severity.INFO


def test_what_a_wildcard_answers_is_no_record(world: World) -> None:
    published(world).resolver.answers(f"{nobodys(world)}.example.com", "TXT", "hello").answers(
        "_dmarc.example.com", "TXT", "hello"
    )
    found = {finding.id: finding for finding in looked(world)}
    assert found["dns.wildcard"].subject == "TXT *.example.com"
    assert found["record.absent"].subject == "TXT _dmarc.example.com"
    assert "wildcard" in found["record.absent"].message


def test_a_zone_that_the_registrar_does_not_know_is_not_delegated(world: World) -> None:
    published(world).authority.delegates("example.com")
    assert failed(world) == [("dns.not_delegated", "NS example.com")]
    assert "ns-1.z1.net ns-2.z1.org" in about(world, "NS example.com").remedy


def test_a_zone_delegated_elsewhere_names_both_sides(world: World) -> None:
    published(world).authority.delegates("example.com", "ns.old.example")
    assert failed(world) == [("dns.delegated_elsewhere", "NS example.com")]
    assert "refers to ns.old.example" in about(world, "NS example.com").message


def test_of_an_unknown_delegation_nothing_is_said_but_that(world: World) -> None:
    published(world).authority._delegations.clear()
    world.resolver.times_out("example.com", "NS")
    assert failed(world) == [("check.not_run", "example.com")]
    assert "record.absent" not in {finding.id for finding in looked(world)}


def test_two_zones_of_one_name_are_said_and_which_one_is_public(world: World) -> None:
    published(world).aws.has_zone("example.com", zone_id="ZOTHER")
    finding = next(f for f in looked(world) if f.id == "dns.zone_twice")
    assert finding.severity is Severity.WARNING
    assert "ours is Z1, the public sees Z1" in finding.message
    world.authority.delegates("example.com", "ns-1.zother.net", "ns-2.zother.org")
    assert {code for code, _ in failed(world)} == {"dns.zone_twice"}


def test_a_zone_that_is_gone_is_an_error(world: World) -> None:
    published(world).aws.zones.clear()
    assert ("dns.no_zone", "NS example.com") in failed(world)


def test_without_an_identity_the_dkim_records_are_not_known(world: World) -> None:
    published(world).aws.identities.clear()
    assert failed(world) == [("ses.no_identity", "example.com")]


def test_an_unknown_domain_is_bad_input(world: World) -> None:
    with pytest.raises(InputError, match="knows nothing"):
        looked(world)


def test_an_external_zone_is_asked_at_its_own_servers(world: World) -> None:
    assert failed(external(world)) == []
    assert ("ns1.host.example", "bounce.example.com", "MX") in world.authority.asked
    assert ("ns2.host.example", "_dmarc.example.com", "TXT") in world.authority.asked


def test_a_server_that_lags_behind_is_named(world: World) -> None:
    external(world).authority.answers("ns2.host.example", DKIM, "CNAME")
    finding = about(world, f"CNAME {DKIM}")
    assert finding.id == "record.absent"
    assert finding.message.startswith("at 1 of 2 name servers (ns2.host.example): there is none")


def test_a_server_that_is_silent_is_a_warning_when_another_answers(world: World) -> None:
    external(world).authority.times_out("ns2.host.example", "example.com", "SOA")
    world.authority.times_out("ns2.host.example", DKIM, "CNAME")
    assert about(world, f"CNAME {DKIM}").id == "record.ok"
    silent = next(f for f in looked(world) if f.id == "dns.silent_server")
    assert (silent.severity, silent.evidence["server"]) == (Severity.WARNING, "ns2.host.example")


def test_a_name_that_the_host_has_doubled_is_recognized(world: World) -> None:
    external(world).resolver.answers(f"{DKIM}.example.com", "CNAME", "x.dkim.amazonses.com")
    for server in ("ns1.host.example", "ns2.host.example"):
        world.authority.answers(server, DKIM, "CNAME")
    assert f"there is one at {DKIM}.example.com" in about(world, f"CNAME {DKIM}").message


def test_an_external_domain_that_nobody_registered_is_said_once(world: World) -> None:
    provisioned(world, EXTERNAL)
    assert failed(world) == [("dns.not_delegated", "NS example.com")]


def test_an_external_domain_while_dns_is_silent_is_not_known(world: World) -> None:
    provisioned(world, EXTERNAL).resolver.times_out("example.com", "NS")
    assert failed(world) == [("check.not_run", "example.com")]


def test_a_dmarc_record_of_the_owner_will_do_in_an_external_zone(world: World) -> None:
    external(world).resolver.answers(
        "_dmarc.example.com", "TXT", "v=DMARC1; p=reject; pct=50; rua=mailto:a@example.com"
    )
    assert failed(world) == []
    assert "dmarc.removed_tag" in {finding.id for finding in looked(world)}


def test_a_policy_that_was_asked_for_must_be_there(world: World) -> None:
    external(world, Asked(region=REGION, zone=ZoneMode.EXTERNAL, dmarc=DmarcPolicy.REJECT))
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=none")
    assert failed(world) == [("record.wrong", "TXT _dmarc.example.com")]


def test_a_domain_without_any_dmarc_record_is_an_error(world: World) -> None:
    published(world).resolver.answers("_dmarc.example.com", "TXT", "hello")
    assert failed(world) == [("record.absent", "TXT _dmarc.example.com")]
    assert "what stands there is other: hello" in about(world, "TXT _dmarc.example.com").message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("v=DMARC1 p=reject", "dmarc.broken"),
        ("v=DMARC1; p=rejct", "dmarc.no_policy"),
        (" v=DMARC1; p=none", "dmarc.broken"),
    ],
)
def test_a_broken_dmarc_record_is_one_error(world: World, text: str, code: str) -> None:
    published(world).resolver.answers("_dmarc.example.com", "TXT", text)
    assert failed(world) == [(code, "TXT _dmarc.example.com")]


def test_a_dmarc_record_that_differs_at_one_server_names_it(world: World) -> None:
    external(world).authority.answers("ns2.host.example", "_dmarc.example.com", "TXT", "v=DMARC1 p=none")
    finding = about(world, "TXT _dmarc.example.com")
    assert (finding.id, finding.message[:40]) == ("dmarc.broken", "at 1 of 2 name servers (ns2.host.example")


def test_servers_that_turn_their_answers_round_agree(world: World) -> None:
    external(world).resolver.answers("example.com", "TXT", OURS, "site=1")
    world.authority.answers("ns2.host.example", "example.com", "TXT", "site=1", OURS)
    assert about(world, "TXT example.com").id == "spf.ok"


def test_a_dmarc_record_that_nobody_can_say_fails_once(world: World) -> None:
    published(world).resolver.times_out("_dmarc.example.com", "TXT")
    assert failed(world) == [("check.not_run", "TXT _dmarc.example.com")]


def test_waiting_looks_again_until_all_is_well(world: World) -> None:
    provisioned(world)
    records = records_of(world.edges, EXAMPLE).records
    slept = world.clock.sleep

    def publish(seconds: float) -> None:
        slept(seconds)
        for record in records:
            world.resolver.answers(record.name, record.type, *record.values)

    world.clock.sleep = publish  # type: ignore[method-assign]  # time passing is what publishes here
    assert not any_failed(check(world.of_doctor, EXAMPLE, timedelta(minutes=5)))
    assert 0 < world.clock.seconds < 10


def test_waiting_ends(world: World) -> None:
    provisioned(world)
    assert any_failed(check(world.of_doctor, EXAMPLE, timedelta(minutes=5)))
    assert world.clock.seconds == 300


def test_a_record_that_is_missing_in_our_zone_names_the_command_that_makes_it(world: World) -> None:
    authority = published(world).authority
    authority.answers("ns-1.z1.net", "bounce.example.com", "MX").answers("ns-2.z1.org", "bounce.example.com", "MX")
    (missing,) = [f for f in looked(world) if f.id == "record.absent"]
    assert (missing.command, missing.repairable) == (("new-domain", "example.com"), True)


def test_no_command_is_named_where_none_would_help(world: World) -> None:
    elsewhere = external(world)
    elsewhere.authority.answers("ns1.host.example", DKIM, "CNAME").answers("ns2.host.example", DKIM, "CNAME")
    missing = next(f for f in looked(elsewhere) if f.id == "record.absent")
    assert (missing.command, missing.repairable, missing.caused_by) == (None, False, None)


def test_of_a_zone_that_is_not_delegated_nothing_else_is_said(world: World) -> None:
    new_domain(world.edges, EXAMPLE, Asked(region=REGION))
    assert [(f.id, f.severity) for f in looked(world)] == [("dns.not_delegated", Severity.ERROR)]


def test_a_zone_that_holds_less_than_what_is_public_is_not_to_be_pointed_to(world: World) -> None:
    published(world).authority.delegates("example.com", "ns.old.example")
    world.resolver.answers("example.com", "NS", "ns.old.example").answers("example.com", "MX", "10 mx.old.example")
    cause = about(world, "NS example.com")
    assert cause.id == "dns.delegated_elsewhere"
    assert "does not hold what it finds there: MX example.com" in cause.remedy
    assert "set the name servers" not in cause.remedy


def test_nobody_is_told_to_set_name_servers_under_a_ds_record(world: World) -> None:
    published(world).authority.delegates("example.com", "ns.old.example")
    world.resolver.answers("example.com", "NS", "ns.old.example").answers("example.com", "DS", "1 13 2 abc")
    remedy = about(world, "NS example.com").remedy
    assert "a DS record stands above example.com" in remedy
    assert "set the name servers" not in remedy


def test_a_zone_of_others_whose_parent_names_other_servers_is_the_host_s_business(world: World) -> None:
    external(world).authority.delegates("example.com", "ns9.host.example")
    finding = about(world, "NS example.com")
    assert (finding.severity, finding.remedy[:16]) == (Severity.WARNING, "ask the DNS host")


def test_a_delegation_that_is_wrong_shows_both_sides(world: World) -> None:
    published(world).authority.delegates("example.com", "ns2.other.example", "ns1.other.example")
    evidence = about(world, "NS example.com").evidence
    assert evidence == {
        "expected": ["ns-1.z1.net", "ns-2.z1.org"],
        "found": ["ns1.other.example", "ns2.other.example"],
    }


def test_a_domain_without_an_identity_names_the_command_that_makes_one(world: World) -> None:
    published(world).aws.identities.clear()
    missing = next(f for f in looked(world) if f.id == "ses.no_identity")
    assert missing.command == ("new-domain", "example.com")


def test_an_external_domain_is_judged_by_what_its_owner_was_told_to_publish(world: World) -> None:
    world.resolver.answers("example.com", "NS", "ns1.host.example")
    world.resolver.answers("example.com", "TXT", "v=spf1 mx -all").answers("_dmarc.example.com", "CNAME", "d.host.net")
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")
    world.resolver.answers("amazonses.com", "TXT", "v=spf1 ip4:199.255.192.0/22 -all")
    provisioned(world, EXTERNAL)
    for record in records_of(world.edges, EXAMPLE).records:
        world.resolver.answers(record.name, record.type, *record.values)
    assert failed(world) == []
    assert {"spf.ok", "dns.delegated"} <= {finding.id for finding in looked(world)}
    assert about(world, "CNAME _dmarc.example.com").id == "record.ok"
