from typing import Any

import pytest

from provisioner.sandbox.internet import amazon_zone, public_view
from provisioner.sandbox.knobs.dns import DnsFaults
from provisioner.sandbox.zones import PublicView, RecordSet, Zone, hosted_zones, plain


def _zone(name: str) -> Zone:
    return next(zone for zone in hosted_zones() if zone.name == name)


def _servers(name: str) -> list[str]:
    return [f"{server}." for server in _zone(name).name_servers]


def test_a_zone_shows_its_records_by_plain_name_and_type(aws: Any) -> None:
    zone_id = aws.zone("Example.com.")
    aws.change(zone_id, "CREATE", "WWW.example.com.", "TXT", '"Hello" "World"', ttl=60)
    zone = _zone("example.com")
    assert zone.id == zone_id.removeprefix("/hostedzone/")
    assert zone.records["www.example.com", "TXT"] == RecordSet("www.example.com", "TXT", 60, ('"Hello" "World"',))
    assert not zone.private


def test_a_new_zone_has_its_own_ns_and_soa(aws: Any) -> None:
    aws.zone("example.com")
    zone = _zone("example.com")
    ns, soa = zone.records["example.com", "NS"], zone.records["example.com", "SOA"]
    assert (ns.ttl, soa.ttl) == (172800, 900)
    assert [plain(value) for value in ns.values] == list(zone.name_servers)
    assert soa.values[0] == f"{zone.name_servers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"


def test_an_alias_shows_its_target_and_no_values(aws: Any) -> None:
    zone_id = aws.zone("example.com")
    alias = {"HostedZoneId": zone_id.rpartition("/")[2], "DNSName": "WWW.example.com.", "EvaluateTargetHealth": False}
    change = {"Action": "CREATE", "ResourceRecordSet": {"Name": "example.com", "Type": "A", "AliasTarget": alias}}
    aws.client("route53").change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": [change]})
    assert _zone("example.com").records["example.com", "A"] == RecordSet("example.com", "A", 0, (), "www.example.com")


def test_zones_come_oldest_first(aws: Any) -> None:
    for name in ("b.example", "a.example", "c.example"):
        aws.zone(name)
    assert [zone.name for zone in hosted_zones()] == ["b.example", "a.example", "c.example"]


def test_a_zone_at_the_top_is_delegated_unless_told_otherwise(aws: Any) -> None:
    aws.zone("example.com")
    assert set(public_view(DnsFaults()).zones) == {"example.com"}
    assert set(public_view(DnsFaults(undelegated=True)).zones) == set()


def test_of_two_zones_of_one_name_the_oldest_is_delegated(aws: Any) -> None:
    first = aws.zone("example.com")
    aws.client("route53").create_hosted_zone(Name="example.com", CallerReference="second")
    assert public_view(DnsFaults()).zones["example.com"].id == first.rpartition("/")[2]


def test_a_private_zone_is_not_public(aws: Any) -> None:
    private = {"HostedZoneConfig": {"PrivateZone": True}, "VPC": {"VPCRegion": "us-east-1", "VPCId": "vpc-1"}}
    aws.zone("example.com", **private)
    assert _zone("example.com").private
    assert public_view(DnsFaults()).zone_for("example.com") is None


def test_a_zone_below_another_needs_its_own_servers_in_the_parent(aws: Any) -> None:
    parent = aws.zone("example.com")
    aws.zone("news.example.com")
    assert set(public_view(DnsFaults()).zones) == {"example.com"}
    aws.change(parent, "CREATE", "news.example.com", "NS", *_servers("news.example.com"))
    assert set(public_view(DnsFaults()).zones) == {"example.com", "news.example.com"}
    aws.change(parent, "UPSERT", "news.example.com", "NS", *_servers("example.com"))
    assert set(public_view(DnsFaults()).zones) == {"example.com"}


def test_the_parent_decides_which_of_two_zones_of_one_name_is_public(aws: Any) -> None:
    parent = aws.zone("example.com")
    aws.zone("news.example.com")
    created = aws.client("route53").create_hosted_zone(Name="news.example.com", CallerReference="second")
    aws.change(parent, "CREATE", "news.example.com", "NS", *created["DelegationSet"]["NameServers"])
    visible = public_view(DnsFaults()).zones["news.example.com"]
    assert visible.id == created["HostedZone"]["Id"].rpartition("/")[2]


def test_a_delegation_hides_what_lies_below_it_in_the_parent(aws: Any) -> None:
    parent = aws.zone("example.com")
    aws.change(parent, "CREATE", "news.example.com", "NS", "ns.example.net.")
    aws.change(parent, "CREATE", "a.news.example.com", "TXT", '"hidden"')
    aws.zone("deep.news.example.com")
    aws.change(parent, "CREATE", "deep.news.example.com", "NS", *_servers("deep.news.example.com"))
    view = public_view(DnsFaults())
    assert view.find("a.news.example.com", "TXT") is None
    assert set(view.zones) == {"example.com"}


def test_a_name_is_answered_by_the_deepest_visible_zone(aws: Any) -> None:
    parent = aws.zone("example.com")
    child = aws.zone("news.example.com")
    aws.change(child, "CREATE", "a.news.example.com", "TXT", '"child"')
    assert public_view(DnsFaults()).find("a.news.example.com", "TXT") is None
    aws.change(parent, "CREATE", "news.example.com", "NS", *_servers("news.example.com"))
    found = public_view(DnsFaults()).find("A.news.example.com.", "TXT")
    assert found is not None
    assert found.values == ('"child"',)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("Example.COM.", "example.com"), (r"\052.example.com.", "*.example.com"), ("example.com", "example.com")],
)
def test_names_are_compared_in_one_form(written: str, expected: str) -> None:
    assert plain(written) == expected


def test_a_wildcard_is_stored_escaped_and_shown_as_a_star(aws: Any) -> None:
    zone_id = aws.zone("example.com")
    aws.change(zone_id, "CREATE", "*.example.com", "TXT", '"any"')
    listed = aws.client("route53").list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    assert r"\052.example.com." in [record_set["Name"] for record_set in listed]
    assert ("*.example.com", "TXT") in _zone("example.com").records


def test_a_change_is_dated(aws: Any) -> None:
    zone_id = aws.zone("example.com")
    before = public_view(DnsFaults()).changed("www.example.com")
    aws.change(zone_id, "CREATE", "www.example.com", "A", "192.0.2.1")
    assert public_view(DnsFaults()).changed("www.example.com") > before > 0
    assert public_view(DnsFaults()).changed("example.net") == 0


def test_what_amazon_publishes_for_spf_is_there() -> None:
    found = PublicView({"amazonses.com": amazon_zone()}).find("amazonses.com", "TXT")
    assert found is not None
    assert found.values[0].startswith('"v=spf1 ')
