"""Name servers asked one by one, as somebody does who wants to know which of them is wrong."""

import dns.exception
import dns.flags
import pytest
from sandbox_net import Net, code, names, values

from provisioner.adapters.dns.authoritative import AuthoritativeServers
from provisioner.adapters.dns.resolver import DnsResolver
from provisioner.core.dns.answers import Absent, Found, PublicZone, Unreachable


def test_each_server_of_a_zone_has_an_address_of_its_own_and_knows_the_zone(net: Net) -> None:
    assert len({net.address(server) for server in net.servers}) == 4
    for server in net.servers:
        reply = net.ask(server, "example.com", "TXT")
        assert values(reply) == {'"v=spf1 include:amazonses.com ~all"'}
        assert reply.flags & dns.flags.AA
        assert not reply.flags & dns.flags.RA


def test_a_server_says_nothing_about_zones_that_it_has_not(net: Net) -> None:
    net.aws.zone("other.example")
    assert code(net.ask(net.servers[0], "other.example", "SOA")) == "REFUSED"
    assert code(net.ask(net.servers[0], "com", "NS")) == "REFUSED"


def test_what_is_not_there_is_denied_with_authority(net: Net) -> None:
    reply = net.ask(net.servers[1], "nothing.example.com", "TXT")
    assert (code(reply), bool(reply.flags & dns.flags.AA)) == ("NXDOMAIN", True)


def test_the_parent_refers_to_the_servers_and_denies_what_nobody_registered(net: Net) -> None:
    parent = sorted(values(net.resolve("com", "NS")))[0].rstrip(".")
    reply = net.ask(parent, "www.example.com", "A")
    assert (code(reply), reply.answer, bool(reply.flags & dns.flags.AA)) == ("NOERROR", [], False)
    assert tuple(names(reply)) == net.servers
    assert code(net.ask(parent, "nobody.com", "NS")) == "NXDOMAIN"


def test_a_zone_refers_to_the_servers_of_one_below_it(net: Net) -> None:
    net.aws.change(net.zone_id, "UPSERT", "_domainkey.example.com", "NS", "ns1.vendor.example.")
    reply = net.ask(net.servers[0], "t._domainkey.example.com", "CNAME")
    net.aws.change(net.zone_id, "DELETE", "_domainkey.example.com", "NS", "ns1.vendor.example.")
    assert (reply.answer, names(reply)) == ([], ["ns1.vendor.example"])


def test_a_private_zone_is_at_no_server(net: Net) -> None:
    vpc = {"HostedZoneConfig": {"PrivateZone": True}, "VPC": {"VPCRegion": "us-east-1", "VPCId": "vpc-1"}}
    inner = net.aws.zone("inner.example", **vpc)
    net.aws.change(inner, "CREATE", "inner.example", "TXT", '"secret"')
    assert code(net.resolve("inner.example", "TXT")) == "NXDOMAIN"


@pytest.mark.parametrize("fault", ["refused", "servfail"])
def test_one_server_can_refuse_and_the_others_go_on(net: Net, fault: str) -> None:
    net.knobs.server(fault, "example.com", "1")
    assert code(net.ask(net.servers[0], "example.com", "TXT")) == fault.upper()
    assert code(net.ask(net.servers[1], "example.com", "TXT")) == "NOERROR"
    assert code(net.resolve("example.com", "TXT")) == "NOERROR"


def test_a_server_can_answer_from_a_cache(net: Net) -> None:
    net.knobs.server("no-aa", "example.com", net.servers[2])
    reply = net.ask(net.servers[2], "example.com", "TXT")
    assert values(reply)
    assert not reply.flags & dns.flags.AA


def test_a_server_can_be_silent(net: Net) -> None:
    net.knobs.server("silent", "example.com", "4")
    with pytest.raises(dns.exception.Timeout):
        net.ask(net.servers[3], "example.com", "TXT", seconds=0.2)


@pytest.mark.parametrize("fault", ["refused", "servfail", "no-aa", "silent"])
def test_where_every_server_is_wrong_a_resolver_knows_nothing(net: Net, fault: str) -> None:
    net.knobs.server(fault, "example.com")
    assert code(net.resolve("www.example.com", "TXT")) == "SERVFAIL"
    assert code(net.resolve("example.com", "NS")) == "SERVFAIL"
    net.knobs.clear("example.com")
    assert code(net.resolve("example.com", "TXT")) == "NOERROR"


def test_where_every_server_is_wrong_the_parent_refers_to_them_all_the_same(net: Net) -> None:
    net.knobs.server("refused", "example.com")
    assert tuple(names(net.ask("a.gtld-servers.net", "example.com", "NS"))) == net.servers
    assert code(net.ask(net.servers[0], "example.com", "SOA")) == "REFUSED"


def test_one_name_can_be_all_that_servers_fail_at(net: Net) -> None:
    net.knobs.server("servfail", "_dmarc.example.com")
    for reply in (net.resolve("_dmarc.example.com", "TXT"), net.ask(net.servers[0], "_dmarc.example.com", "TXT")):
        assert code(reply) == "SERVFAIL"
    assert values(net.resolve("example.com", "TXT"))
    assert values(net.ask(net.servers[0], "example.com", "TXT"))


def test_one_server_can_have_the_zone_of_yesterday(net: Net) -> None:
    net.knobs.records("example.com", "example.com", "TXT", '"old"', ttl=60, server="2")
    assert [values(net.ask(server, "example.com", "TXT")) == {'"old"'} for server in net.servers] == [
        False, True, False, False
    ]  # fmt: skip
    assert values(net.resolve("example.com", "TXT")) != {'"old"'}


def test_the_parent_can_refer_to_nobody_to_others_and_to_some_of_ours(net: Net) -> None:
    net.knobs.delegated("example.com")
    assert code(net.resolve("example.com", "NS")) == "NXDOMAIN"
    assert code(net.ask(net.servers[0], "example.com", "TXT")) == "NOERROR"
    net.knobs.delegated("example.com", "ns1.parking.example", "ns2.parking.example")
    assert names(net.ask("a.gtld-servers.net", "example.com", "NS")) == ["ns1.parking.example", "ns2.parking.example"]
    assert code(net.ask("ns1.parking.example", "example.com", "TXT")) == "REFUSED"
    assert code(net.resolve("example.com", "TXT")) == "SERVFAIL"
    net.knobs.delegated("example.com", "ns1.old.example", net.servers[0], net.servers[1])
    assert code(net.resolve("example.com", "TXT")) == "NOERROR"


def test_the_parent_can_refer_to_a_second_zone_of_the_name(net: Net) -> None:
    second = net.aws.client("route53").create_hosted_zone(Name="example.com", CallerReference="again")
    assert values(net.resolve("example.com", "TXT"))
    net.knobs.delegated("example.com", *second["DelegationSet"]["NameServers"])
    assert not values(net.resolve("example.com", "TXT"))
    assert values(net.ask(net.servers[0], "example.com", "TXT"))


def test_the_parents_servers_can_fail_for_one_domain(net: Net) -> None:
    net.knobs.server("servfail", "example.com", "parent")
    assert code(net.ask("a.gtld-servers.net", "example.com", "NS")) == "SERVFAIL"
    assert code(net.ask("b.gtld-servers.net", "example.net", "NS")) in ("NXDOMAIN", "REFUSED")


def test_names_of_servers_in_the_zone_itself_are_given_with_their_addresses(net: Net) -> None:
    address = net.address(net.servers[0])
    net.knobs.records("example.com", "ns1.example.com", "A", address)
    net.knobs.records("example.com", "example.com", "NS", "ns1.example.com.")
    net.aws.change(net.zone_id, "UPSERT", "ns1.example.com", "A", address)
    net.aws.change(net.zone_id, "UPSERT", "example.com", "NS", "ns1.example.com.")
    net.knobs.delegated("example.com", "ns1.example.com")
    glue = net.ask("a.gtld-servers.net", "example.com", "NS").additional
    assert [str(record) for rrset in glue for record in rrset] == [address]
    assert values(net.ask("ns1.example.com", "example.com", "TXT"))
    assert values(net.resolve("example.com", "TXT"))
    net.aws.change(net.zone_id, "UPSERT", "example.com", "NS", *(f"{server}." for server in net.servers), ttl=172800)
    net.aws.change(net.zone_id, "DELETE", "ns1.example.com", "A", address)


def test_a_server_can_close_its_tcp_port(net: Net) -> None:
    long = " ".join(f'"{"x" * 250}"' for _ in range(6))
    net.knobs.records("example.com", "example.com", "TXT", long)
    assert values(net.ask(net.servers[0], "example.com", "TXT"))
    net.knobs.server("no-tcp", "example.com")
    with pytest.raises(ConnectionRefusedError):
        net.ask(net.servers[0], "example.com", "TXT")
    assert code(net.ask(net.servers[0], "example.com", "MX")) == "NOERROR"
    net.knobs.clear("example.com")
    net.knobs.records("example.com", "example.com", "TXT", long)
    assert values(net.ask(net.servers[0], "example.com", "TXT"))


@pytest.mark.parametrize("keys", [(), ("257 3 13 " + "A" * 86 + "==",)])
def test_a_chain_of_trust_can_be_broken(net: Net, keys: tuple[str, ...]) -> None:
    net.knobs.bogus("example.com", keys=keys)
    assert code(net.resolve("example.com", "TXT")) == "SERVFAIL"
    assert code(net.resolve("example.com", "TXT", unchecked=True)) == "NOERROR"
    assert len(values(net.resolve("example.com", "DS"))) == 1
    assert len(values(net.ask("a.gtld-servers.net", "example.com", "DS"))) == 1
    assert len(values(net.resolve("example.com", "DNSKEY", unchecked=True))) == len(keys)
    assert code(net.ask(net.servers[0], "example.com", "TXT")) == "NOERROR"


def test_the_resolver_can_lie_about_names_that_do_not_exist(net: Net) -> None:
    net.knobs.lie("example.com", "A", "198.51.100.1")
    assert values(net.resolve("xj5w.example.com", "A")) == {"198.51.100.1"}
    assert code(net.ask(net.servers[0], "xj5w.example.com", "A")) == "NXDOMAIN"
    assert code(net.resolve("xj5w.example.net", "A")) == "NXDOMAIN"


def test_the_resolver_can_remember_what_is_no_longer_so(net: Net) -> None:
    net.knobs.records("example.com", "example.com", "TXT", server="resolver")
    assert not values(net.resolve("example.com", "TXT"))
    assert values(net.ask(net.servers[0], "example.com", "TXT"))


@pytest.mark.parametrize("fault", ["refused", "servfail"])
def test_the_resolver_itself_can_refuse_a_zone(net: Net, fault: str) -> None:
    net.knobs.server(fault, "example.com", "resolver")
    assert code(net.resolve("example.com", "TXT")) == fault.upper()
    assert code(net.ask(net.servers[0], "example.com", "TXT")) == "NOERROR"


def test_servers_without_addresses_are_where_the_machine_has_one_only(
    net: Net, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(net.sandbox.dns._name_servers, "_usable", False)
    net.aws.zone("late.example")
    late = net.aws.client("route53").list_hosted_zones_by_name(DNSName="late.example")["HostedZones"][0]
    servers = net.aws.client("route53").get_hosted_zone(Id=late["Id"])["DelegationSet"]["NameServers"]
    assert code(net.resolve(servers[0], "A")) == "NXDOMAIN"
    assert code(net.resolve("late.example", "SOA")) == "NOERROR"


def test_the_program_finds_each_of_the_servers_and_the_parents(net: Net) -> None:
    place = f"127.0.0.1:{net.sandbox.dns.port}"
    authority, zone = AuthoritativeServers(DnsResolver(place), place), PublicZone("example.com", net.servers)
    net.knobs.records("example.com", "example.com", "TXT", '"old"', server="2")
    net.knobs.records("example.com", "example.com", "TXT", server="3")
    net.knobs.server("refused", "example.com", "4")
    found = authority.lookup(zone, "example.com", "TXT")
    assert list(found) == list(net.servers)
    assert list(found.values())[:3] == [
        Found(("v=spf1 include:amazonses.com ~all",)), Found(("old",)), Absent(nxdomain=False)
    ]  # fmt: skip
    assert isinstance(found[net.servers[3]], Unreachable)
    net.knobs.delegated("example.com", "ns1.parking.example")
    assert authority.delegation("example.com") == Found(("ns1.parking.example",))
    net.knobs.delegated("example.com")
    assert authority.delegation("example.com") == Absent(nxdomain=True)


def test_the_program_takes_a_connection_that_ends_for_no_answer(net: Net) -> None:
    place, long = f"127.0.0.1:{net.sandbox.dns.port}", " ".join(f'"{"x" * 250}"' for _ in range(6))
    net.knobs.records("example.com", "example.com", "TXT", long)
    net.knobs.server("no-tcp", "example.com", "1")
    zone = PublicZone("example.com", net.servers[:2])
    first, second = AuthoritativeServers(DnsResolver(place), place).lookup(zone, "example.com", "TXT").values()
    assert isinstance(first, Unreachable)
    assert isinstance(second, Found)
