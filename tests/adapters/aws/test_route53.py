"""Hosted zones and their record sets: the emulated ones, and stubbed answers for what the emulation cannot say."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.stub import Stubber

from provisioner.adapters.aws.route53 import Route53Zones
from provisioner.adapters.aws.session import AwsSession
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.mail_domain.records import Record
from provisioner.errors import ProvisionerError

VPC = {"VPCRegion": "us-east-1", "VPCId": "vpc-0123456789"}
Stub = Callable[..., Stubber]


def make_zone(session: AwsSession, name: str, reference: str = "1", **options: Any) -> str:
    created = session.client("route53").create_hosted_zone(Name=name, CallerReference=f"{name} {reference}", **options)
    return str(created["HostedZone"]["Id"].rpartition("/")[2])


def change(session: AwsSession, zone: str, *record_sets: dict[str, Any]) -> None:
    changes = [{"Action": "UPSERT", "ResourceRecordSet": record_set} for record_set in record_sets]
    session.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def record_set(name: str, rtype: str, *values: str) -> dict[str, Any]:
    return {"Name": name, "Type": rtype, "TTL": 300, "ResourceRecords": [{"Value": value} for value in values]}


def found(session: AwsSession, zone: str, rtype: str) -> list[Record]:
    return [record for record in Route53Zones(session).record_sets(zone) if record.type == rtype]


def test_a_zone_is_found_with_its_name_servers_and_tags(emulated: AwsSession) -> None:
    zone_id = make_zone(emulated, "Example.com.")
    emulated.client("route53").change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=zone_id, AddTags=[{"Key": "ManagedBy", "Value": "provisioner"}]
    )
    (zone,) = Route53Zones(emulated).public_zones("example.com")
    assert (zone.id, zone.name, zone.tags) == (zone_id, "example.com", {"ManagedBy": "provisioner"})
    assert len(zone.name_servers) == 4
    assert not any(server.endswith(".") for server in zone.name_servers)


def test_neither_a_zone_above_nor_one_below_is_a_zone_of_the_name(emulated: AwsSession) -> None:
    make_zone(emulated, "example.com")
    make_zone(emulated, "a.blog.example.com")
    make_zone(emulated, "zzz.example")
    assert Route53Zones(emulated).public_zones("blog.example.com") == []


def test_a_private_zone_of_the_name_does_not_count(emulated: AwsSession) -> None:
    make_zone(emulated, "example.com", "private", VPC=VPC, HostedZoneConfig={"PrivateZone": True})
    assert Route53Zones(emulated).public_zones("example.com") == []


def test_every_public_zone_of_the_name_is_found(emulated: AwsSession) -> None:
    make_zone(emulated, "example.com", "private", VPC=VPC, HostedZoneConfig={"PrivateZone": True})
    make_zone(emulated, "a.example.com")
    expected = {make_zone(emulated, "example.com", f"{number}") for number in range(12)}
    assert {zone.id for zone in Route53Zones(emulated).public_zones("example.com")} == expected


def test_a_new_zone_holds_its_ns_and_soa(emulated: AwsSession) -> None:
    zone = make_zone(emulated, "example.com")
    assert {(record.name, record.type) for record in Route53Zones(emulated).record_sets(zone)} == {
        ("example.com", "NS"),
        ("example.com", "SOA"),
    }


def test_txt_values_come_unquoted_with_their_strings_joined(emulated: AwsSession) -> None:
    zone = make_zone(emulated, "example.com")
    change(emulated, zone, record_set("example.com", "TXT", '"v=DKIM1; p=" "abc"', '"say \\"hi\\""'))
    (txt,) = found(emulated, zone, "TXT")
    assert set(txt.values) == {"v=DKIM1; p=abc", 'say "hi"'}
    assert txt.ttl == 300


def test_hosts_come_without_their_trailing_dot(emulated: AwsSession) -> None:
    zone = make_zone(emulated, "example.com")
    change(emulated, zone, record_set("WWW.example.com.", "CNAME", "host.example.net."))
    (cname,) = found(emulated, zone, "CNAME")
    assert (cname.name, cname.values) == ("www.example.com", ("host.example.net",))


def test_record_sets_of_all_pages_are_read(session: AwsSession, stub: Stub) -> None:
    first = {
        "ResourceRecordSets": [record_set("a.example.com.", "A", "192.0.2.1")],
        "IsTruncated": True,
        "NextRecordName": "b.example.com.",
        "NextRecordType": "A",
        "MaxItems": "1",
    }
    last = {
        "ResourceRecordSets": [record_set("b.example.com.", "A", "192.0.2.2")],
        "IsTruncated": False,
        "MaxItems": "1",
    }
    route53 = stub("route53")
    route53.add_response("list_resource_record_sets", first, {"HostedZoneId": "Z1"})
    expected = {"HostedZoneId": "Z1", "StartRecordName": "b.example.com.", "StartRecordType": "A"}
    route53.add_response("list_resource_record_sets", last, expected)
    assert [r.name for r in Route53Zones(session).record_sets("Z1")] == ["a.example.com", "b.example.com"]


def test_more_record_sets_than_a_page_holds_are_read_from_the_emulated_route_53_too(emulated: AwsSession) -> None:
    zone = make_zone(emulated, "example.com")
    change(emulated, zone, *(record_set(f"host-{n}.example.com", "A", "192.0.2.1") for n in range(310)))
    assert len(found(emulated, zone, "A")) == 310


def test_an_alias_has_no_values_and_a_wildcard_its_star(session: AwsSession, stub: Stub) -> None:
    target = {"HostedZoneId": "Z2", "DNSName": "lb.example.net.", "EvaluateTargetHealth": False}
    alias = {"Name": "\\052.example.com.", "Type": "A", "AliasTarget": target}
    page = {"ResourceRecordSets": [alias], "IsTruncated": False, "MaxItems": "300"}
    stub("route53").add_response("list_resource_record_sets", page)
    assert Route53Zones(session).record_sets("Z1") == [Record("*.example.com", "A", 0, (), alias="lb.example.net")]


def test_every_set_of_a_routing_policy_is_read_with_its_identifier(emulated: AwsSession) -> None:
    zone = make_zone(emulated, "example.com")
    policy = {"Weight": 1, "TTL": 60, "ResourceRecords": [{"Value": '"x"'}]}
    sets = [{"Name": "example.com", "Type": "TXT", "SetIdentifier": f"{n:03d}", **policy} for n in range(305)]
    change(emulated, zone, *sets)
    assert [txt.set_identifier for txt in found(emulated, zone, "TXT")] == [f"{n:03d}" for n in range(305)]
    assert not any(txt.is_simple for txt in found(emulated, zone, "TXT"))


def test_the_key_signing_keys_of_a_zone_are_named(session: AwsSession, stub: Stub) -> None:
    keys = [{"Name": "first", "Status": "ACTIVE"}, {"Status": "INACTIVE"}]
    answer = {"Status": {"ServeSignature": "SIGNING"}, "KeySigningKeys": keys}
    stub("route53").add_response("get_dnssec", answer, {"HostedZoneId": "Z1"})
    assert Route53Zones(session).key_signing_keys("Z1") == ["first", "without a name"]


@pytest.mark.parametrize("code", ["InvalidArgument", "DNSSECNotFound", "NoSuchHostedZone"])
def test_a_zone_that_cannot_be_signed_has_no_keys(session: AwsSession, stub: Stub, code: str) -> None:
    stub("route53").add_client_error("get_dnssec", code)
    assert Route53Zones(session).key_signing_keys("Z1") == []


def test_keys_that_nobody_may_look_at_are_not_taken_for_absent(session: AwsSession, stub: Stub) -> None:
    stub("route53").add_client_error("get_dnssec", "AccessDenied")
    with pytest.raises(ProvisionerError, match="route53:GetDNSSEC"):
        Route53Zones(session).key_signing_keys("Z1")


def test_a_zone_that_was_never_signed_has_no_keys(emulated: AwsSession) -> None:
    assert Route53Zones(emulated).key_signing_keys(make_zone(emulated, "example.com")) == []


def test_around_a_name_stand_its_own_sets_those_below_and_those_between_it_and_the_zone(emulated: AwsSession) -> None:
    zone_id = make_zone(emulated, "example.com")
    near = ("b.example.com", "a.b.example.com", "x.a.b.example.com", "*.a.b.example.com", "_dmarc.a.b.example.com")
    far = ("a-x.b.example.com", "ab.b.example.com", "a.example.com", "bb.example.com", "c.b.example.com")
    change(emulated, zone_id, *(record_set(name, "TXT", '"x"') for name in (*near, *far)))
    (zone,) = Route53Zones(emulated).public_zones("example.com")
    assert {r.name for r in Route53Zones(emulated).record_sets_around(zone, "a.b.example.com")} == set(near)
    assert len(Route53Zones(emulated).record_sets_around(zone, "example.com")) == 12


def test_around_a_name_in_a_large_zone_one_page_is_read(session: AwsSession, stub: Stub) -> None:
    zone = HostedZone("Z1", "example.com", (), {})
    page = {
        "ResourceRecordSets": [record_set(f"{name}.example.com.", "A", "192.0.2.1") for name in ("blog", "c")],
        "IsTruncated": True,
        "NextRecordName": "d.example.com.",
        "NextRecordType": "A",
        "MaxItems": "2",
    }
    expected = {"HostedZoneId": "Z1", "StartRecordName": "blog.example.com."}
    stub("route53").add_response("list_resource_record_sets", page, expected)
    assert [r.name for r in Route53Zones(session).record_sets_around(zone, "blog.example.com")] == ["blog.example.com"]
