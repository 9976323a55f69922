import re
from typing import Any

import pytest


def _servers(aws: Any, zone: str) -> list[str]:
    return list(aws.client("route53").get_hosted_zone(Id=zone)["DelegationSet"]["NameServers"])


def _names(aws: Any, zone: str) -> list[tuple[str, str]]:
    listed = aws.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return [(record_set["Name"], record_set["Type"]) for record_set in listed]


def test_every_zone_has_four_servers_of_its_own(aws: Any) -> None:
    sets = [_servers(aws, aws.zone(f"d{number}.example")) for number in range(70)]
    assert len({server for servers in sets for server in servers}) == 280
    for servers in sets:
        for server, domain in zip(servers, ("com", "net", "org", "co.uk"), strict=True):
            assert re.fullmatch(rf"ns-\d{{1,4}}\.awsdns-\d\d\.{re.escape(domain)}", server)


def test_zones_with_the_same_reusable_set_share_its_servers(aws: Any) -> None:
    client = aws.client("route53")
    made = client.create_reusable_delegation_set(CallerReference="set")["DelegationSet"]
    zones = [aws.zone(name, DelegationSetId=made["Id"]) for name in ("a.example", "b.example")]
    assert [_servers(aws, zone) for zone in zones] == [made["NameServers"]] * 2
    assert client.get_hosted_zone(Id=zones[0])["DelegationSet"]["Id"] == made["Id"]
    assert len(client.list_reusable_delegation_sets()["DelegationSets"]) == 1
    assert _servers(aws, aws.zone("c.example")) != made["NameServers"]


def test_a_reusable_set_made_from_a_zone_has_its_servers(aws: Any) -> None:
    zone = aws.zone("example.com")
    made = aws.client("route53").create_reusable_delegation_set(
        CallerReference="x", HostedZoneId=zone.rpartition("/")[2]
    )
    assert made["DelegationSet"]["NameServers"] == _servers(aws, zone)


def test_an_unknown_reusable_set_is_refused(aws: Any, refusal: Any) -> None:
    assert refusal(aws.zone, "example.com", DelegationSetId="NOSUCH")[0] == "NoSuchDelegationSet"


@pytest.mark.parametrize("name", ["com", "co", "exa mple.com", "example..com", f"{'a' * 64}.com"])
def test_a_top_level_domain_or_no_domain_name_cannot_be_a_zone(aws: Any, refusal: Any, name: str) -> None:
    code, _, status = refusal(aws.zone, name)
    assert (code, status) == ("InvalidDomainName", 400)


def test_a_caller_reference_is_used_once(aws: Any, refusal: Any) -> None:
    aws.zone("example.com")
    code, _, status = refusal(aws.zone, "example.com")
    assert (code, status) == ("HostedZoneAlreadyExists", 409)


def test_the_quota_of_zones_is_an_error_of_its_own(aws_with: Any, refusal: Any) -> None:
    aws = aws_with(hosted_zone_limit=1)
    first = aws.zone("a.example")
    code, message, _ = refusal(aws.zone, "b.example")
    assert code == "TooManyHostedZones"
    assert "MAX_HOSTED_ZONES_BY_OWNER" in message
    told = aws.client("route53").get_account_limit(Type="MAX_HOSTED_ZONES_BY_OWNER")
    assert (told["Limit"]["Value"], told["Count"]) == (1, 1)
    assert refusal(aws.client("route53").get_account_limit, Type="MAX_HEALTH_CHECKS_BY_OWNER")[0] == "InvalidInput"
    aws.client("route53").delete_hosted_zone(Id=first)
    assert aws.zone("b.example")


@pytest.mark.parametrize("value", ["v=spf1 -all", '"open', '"a"b"', "", '"a" b'])
def test_txt_strings_need_their_quotes(aws: Any, refusal: Any, value: str) -> None:
    zone = aws.zone("example.com")
    code, message, _ = refusal(aws.change, zone, "CREATE", "example.com", "TXT", value)
    assert code == "InvalidChangeBatch"
    assert "InvalidCharacterString (Value should be enclosed in quotation marks)" in message


def test_txt_strings_are_at_most_255_characters(aws: Any, refusal: Any) -> None:
    zone = aws.zone("example.com")
    code, message, _ = refusal(aws.change, zone, "CREATE", "example.com", "TXT", f'"{"x" * 256}"')
    assert code == "InvalidChangeBatch"
    assert "CharacterStringTooLong (Value is too long)" in message


@pytest.mark.parametrize(
    "value",
    [f'"{"x" * 255}" "{"y" * 255}"', f'"{"x" * 255}""y"', r'"a \"quoted\" word"', rf'"{chr(92)}303{"x" * 254}"'],
)
def test_legal_txt_values_are_kept_as_they_were_written(aws: Any, value: str) -> None:
    zone = aws.zone("example.com")
    aws.change(zone, "CREATE", "x.example.com", "TXT", value)
    listed = aws.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert [r["ResourceRecords"] for r in listed if r["Name"] == "x.example.com."] == [[{"Value": value}]]


def test_what_exists_cannot_be_created(aws: Any, refusal: Any) -> None:
    zone = aws.zone("example.com")
    aws.change(zone, "CREATE", "www.example.com", "A", "192.0.2.1")
    code, message, status = refusal(aws.change, zone, "CREATE", "WWW.example.com.", "A", "192.0.2.2")
    assert (code, status) == ("InvalidChangeBatch", 400)
    expected = "Tried to create resource record set [name='www.example.com.', type='A'] but it already exists"
    assert message == f"[{expected}]"


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("absent.example.com", "192.0.2.1", "but it was not found"),
        ("www.example.com", "192.0.2.2", "but the values provided do not match the current values"),
    ],
)
def test_only_exactly_what_exists_can_be_deleted(aws: Any, refusal: Any, name: str, value: str, fault: str) -> None:
    zone = aws.zone("example.com")
    aws.change(zone, "CREATE", "www.example.com", "A", "192.0.2.1")
    code, message, _ = refusal(aws.change, zone, "DELETE", name, "A", value)
    assert code == "InvalidChangeBatch"
    assert fault in message
    assert ("www.example.com.", "A") in _names(aws, zone)


def test_a_deletion_must_name_the_ttl_too(aws: Any, refusal: Any) -> None:
    zone = aws.zone("example.com")
    aws.change(zone, "CREATE", "www.example.com", "A", "192.0.2.1")
    message = refusal(aws.change, zone, "DELETE", "www.example.com", "A", "192.0.2.1", ttl=60)[1]
    assert "do not match the current values" in message


def test_a_cname_stands_alone_and_never_at_the_apex(aws: Any, refusal: Any) -> None:
    zone = aws.zone("example.com")
    aws.change(zone, "CREATE", "www.example.com", "CNAME", "example.net")
    assert "conflicts with other records" in refusal(aws.change, zone, "CREATE", "www.example.com", "A", "192.0.2.1")[1]
    assert "not permitted at apex" in refusal(aws.change, zone, "CREATE", "example.com", "CNAME", "example.net")[1]


def test_a_record_outside_the_zone_is_refused(aws: Any, refusal: Any) -> None:
    zone = aws.zone("example.com")
    message = refusal(aws.change, zone, "CREATE", "www.notexample.com", "A", "192.0.2.1")[1]
    assert message == "[RRSet with DNS name www.notexample.com. is not permitted in zone example.com.]"


def test_the_zone_s_own_ns_and_soa_cannot_be_deleted(aws: Any, refusal: Any) -> None:
    zone = aws.zone("example.com")
    servers = [f"{server}." for server in _servers(aws, zone)]
    message = refusal(aws.change, zone, "DELETE", "example.com", "NS", *servers, ttl=172800)[1]
    assert "at least one NS record for the zone itself" in message


def test_a_batch_is_applied_completely_or_not_at_all(aws: Any, refusal: Any) -> None:
    zone = aws.zone("example.com")
    sets = [
        {"Name": "good.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]},
        {"Name": "bad.example.com", "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": "unquoted"}]},
    ]
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record_set} for record_set in sets]}
    change = aws.client("route53").change_resource_record_sets
    assert refusal(change, HostedZoneId=zone, ChangeBatch=batch)[0] == "InvalidChangeBatch"
    assert _names(aws, zone) == [("example.com.", "NS"), ("example.com.", "SOA")]


def test_a_replacement_in_one_batch_is_possible(aws: Any) -> None:
    zone = aws.zone("example.com")
    aws.change(zone, "CREATE", "www.example.com", "CNAME", "example.net")
    old = {"Name": "www.example.com", "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": "example.net"}]}
    new = {"Name": "www.example.com", "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    changes = [{"Action": "DELETE", "ResourceRecordSet": old}, {"Action": "CREATE", "ResourceRecordSet": new}]
    aws.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    assert ("www.example.com.", "A") in _names(aws, zone)


def test_weighted_records_of_one_name_live_side_by_side(aws: Any) -> None:
    zone = aws.zone("example.com")
    change = aws.client("route53").change_resource_record_sets
    for identifier in ("blue", "green"):
        weighted = {"SetIdentifier": identifier, "Weight": 1, "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
        record_set = {"Name": "www.example.com", "Type": "A", **weighted}
        change(HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record_set}]})
    assert _names(aws, zone).count(("www.example.com.", "A")) == 2


def _weighted(identifier: str, value: str = '"x"') -> dict[str, Any]:
    weighted = {"SetIdentifier": identifier, "Weight": 1, "TTL": 60, "ResourceRecords": [{"Value": value}]}
    return {"Name": "example.com", "Type": "TXT", **weighted}


@pytest.mark.parametrize("size", ["1", "2", "300"])
def test_pages_of_a_listing_go_on_at_the_set_identifier(aws: Any, size: str) -> None:
    zone, client = aws.zone("example.com"), aws.client("route53")
    changes = [{"Action": "CREATE", "ResourceRecordSet": _weighted(name)} for name in ("c", "a", "b")]
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    pages = client.get_paginator("list_resource_record_sets").paginate(
        HostedZoneId=zone, PaginationConfig={"PageSize": int(size)}
    )
    sets = [record_set for page in pages for record_set in page["ResourceRecordSets"]]
    assert [(found["Type"], found.get("SetIdentifier")) for found in sets] == [
        ("NS", None),
        ("SOA", None),
        ("TXT", "a"),
        ("TXT", "b"),
        ("TXT", "c"),
    ]


def test_a_listing_begins_at_a_name_and_type_and_names_sort_with_their_last_dot(aws: Any, refusal: Any) -> None:
    zone, client = aws.zone("example.com"), aws.client("route53")
    for name in ("b.example.com", "x.b.example.com", "b-c.example.com"):
        aws.change(zone, "CREATE", name, "TXT", '"x"')
    assert [name for name, _ in _names(aws, zone)][2:] == ["b-c.example.com.", "b.example.com.", "x.b.example.com."]
    page = client.list_resource_record_sets(
        HostedZoneId=zone, StartRecordName="example.com", StartRecordType="P", MaxItems="1"
    )
    assert [found["Type"] for found in page["ResourceRecordSets"]] == ["SOA"]
    assert (page["IsTruncated"], page["NextRecordName"], page["NextRecordType"]) == (True, "b-c.example.com.", "TXT")
    assert "NextRecordIdentifier" not in page
    assert refusal(client.list_resource_record_sets, HostedZoneId=zone, StartRecordType="TXT")[0] == "InvalidInput"


def test_a_simple_set_and_sets_with_a_routing_policy_exclude_each_other(aws: Any, refusal: Any) -> None:
    zone, change = aws.zone("example.com"), aws.client("route53").change_resource_record_sets
    weighted = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": _weighted("a")}]}
    change(HostedZoneId=zone, ChangeBatch=weighted)
    message = refusal(aws.change, zone, "CREATE", "example.com", "TXT", '"y"')[1]
    assert "SetIdentifier null cannot be created as other RRSets exist with the same name and type." in message
    other = aws.zone("example.org")
    aws.change(other, "CREATE", "example.org", "TXT", '"y"')
    moved = {**_weighted("a"), "Name": "example.org"}
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": moved}]}
    assert refusal(change, HostedZoneId=other, ChangeBatch=batch)[0] == "InvalidChangeBatch"


@pytest.mark.parametrize("rtype", ["TXT", "NS"])
def test_a_zone_with_other_records_cannot_be_deleted(aws: Any, refusal: Any, rtype: str) -> None:
    zone = aws.zone("example.com")
    value = '"x"' if rtype == "TXT" else "ns.example.net."
    aws.change(zone, "CREATE", "news.example.com", rtype, value)
    code, _, status = refusal(aws.client("route53").delete_hosted_zone, Id=zone)
    assert (code, status) == ("HostedZoneNotEmpty", 400)
    aws.change(zone, "DELETE", "news.example.com", rtype, value)
    aws.client("route53").delete_hosted_zone(Id=zone)
    assert refusal(aws.client("route53").get_hosted_zone, Id=zone)[0] == "NoSuchHostedZone"


def test_zones_are_listed_by_name_from_a_name_on(aws: Any) -> None:
    for name in ("b.example", "a.example", "www.a.example", "example.com"):
        aws.zone(name)
    client = aws.client("route53")
    page = client.list_hosted_zones_by_name(DNSName="a.example", MaxItems="2")
    assert [zone["Name"] for zone in page["HostedZones"]] == ["a.example.", "www.a.example."]
    assert (page["IsTruncated"], page["NextDNSName"]) == (True, "b.example.")
    rest = client.list_hosted_zones_by_name(DNSName=page["NextDNSName"], HostedZoneId=page["NextHostedZoneId"])
    assert [zone["Name"] for zone in rest["HostedZones"]] == ["b.example."]
    assert rest["IsTruncated"] is False


def test_a_change_is_in_sync_at_once(aws: Any) -> None:
    client = aws.client("route53")
    created = client.create_hosted_zone(Name="example.com", CallerReference="x")
    change = client.get_change(Id=created["ChangeInfo"]["Id"].rpartition("/")[2])
    assert change["ChangeInfo"]["Status"] == "INSYNC"
