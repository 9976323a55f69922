"""The servers of a zone, asked one by one: a real name server, NSD, on loopback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from fakes.dns import FakeResolver
from fakes.nsd import FIRST, HOST, SECOND, Serve, free_port
from fakes.world import World

from provisioner.adapters.dns.authoritative import AuthoritativeServers
from provisioner.adapters.dns.questions import DnsQuestions
from provisioner.adapters.dns.resolver import DnsResolver
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import ZoneMode
from provisioner.core.dns.answers import Absent, Found, PublicZone, Unreachable
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.zonefile import zone_file
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError
from provisioner.ports.doctor import DoctorEdges
from provisioner.usecases.dns.check import check
from provisioner.usecases.dns.records import records_of
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
COM = HOST + "example IN NS ns1.host.example.\n"


@pytest.fixture
def external(world: World) -> str:
    """Provision a domain whose DNS is elsewhere, and return what `dns zonefile` writes for it."""
    new_domain(world.edges, EXAMPLE, Asked(region=Region.parse("us-east-1"), zone=ZoneMode.EXTERNAL))
    return zone_file("example.com", records_of(world.edges, EXAMPLE).records)


def seen(world: World, port: int, seconds: float = 6) -> DoctorEdges:
    server = f"{FIRST}:{port}"
    resolver = DnsResolver(server, seconds)
    edges = replace(world.edges, resolver=resolver, authority=AuthoritativeServers(resolver, server, seconds=seconds))
    return replace(world.of_doctor, edges=edges, questions=DnsQuestions(resolver, server, seconds=seconds))


def failed(found: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(finding.id, finding.subject) for finding in found if finding.severity is Severity.ERROR]


def direct(port: int, **addresses: str) -> tuple[AuthoritativeServers, FakeResolver]:
    resolver = FakeResolver()
    for host, address in addresses.items():
        resolver.answers(f"{host}.host.example", "A", address)
    return AuthoritativeServers(resolver, None, port), resolver


def test_a_zone_file_of_ours_served_by_nsd_passes_the_check(world: World, external: str, serve: Serve) -> None:
    found = check(seen(world, serve(com=COM, **{"example.com": HOST + external})), EXAMPLE)
    assert failed(found) == []
    assert [f.id for f in found].count("record.ok") == 6
    assert "dns.delegated" in {f.id for f in found}


def test_a_record_left_out_or_mistyped_at_the_host_is_found(world: World, external: str, serve: Serve) -> None:
    lines = [line for line in external.splitlines() if "\tMX\t" not in line]
    broken = "\n".join(lines).replace("p=none", "p=nine").replace("a.dkim.amazonses.com", "a.dkim.amazonaws.com") + "\n"
    found = check(seen(world, serve(com=COM, **{"example.com": HOST + broken})), EXAMPLE)
    dkim = f"CNAME {'a' * 32}._domainkey.example.com"
    assert {("record.absent", "MX bounce.example.com"), ("record.wrong", dkim)} <= set(failed(found))
    assert ("dmarc.no_policy", "TXT _dmarc.example.com") in failed(found)


def test_a_wildcard_at_the_host_hides_no_absent_record(world: World, external: str, serve: Serve) -> None:
    lines = [line for line in external.splitlines() if not line.startswith("_dmarc")]
    wild = "\n".join([*lines, '*\t300\tIN\tTXT\t"catch all"\n'])
    found = check(seen(world, serve(com=COM, **{"example.com": HOST + wild})), EXAMPLE)
    assert ("record.absent", "TXT _dmarc.example.com") in failed(found)
    assert "dns.wildcard" in {f.id for f in found}


def test_a_name_server_that_is_not_there_leaves_nothing_known(world: World, external: str) -> None:
    assert failed(check(seen(world, free_port(), seconds=0.5), EXAMPLE)) == [("check.not_run", "example.com")]


def test_every_server_of_a_zone_is_asked_and_may_differ(serve: Serve) -> None:
    port = serve(**{"example.com": HOST + 'x IN TXT "old" " and joined"\n'})
    serve(SECOND, port, **{"example.com": HOST})
    authority, _ = direct(port, ns1=FIRST, ns2=SECOND)
    zone = PublicZone("example.com", ("ns1.host.example", "ns2.host.example"))
    assert authority.lookup(zone, "x.example.com", "TXT") == {
        "ns1.host.example": Found(("old and joined",)),
        "ns2.host.example": Absent(nxdomain=True),
    }
    assert authority.lookup(zone, "example.com", "MX")["ns1.host.example"] == Absent(nxdomain=False)


def test_a_name_that_is_handed_on_is_asked_where_it_was_handed_to(serve: Serve) -> None:
    port = serve(**{"example.com": HOST + "_domainkey IN NS ns2.host.example.\n"})
    serve(SECOND, port, **{"_domainkey.example.com": HOST + "a IN CNAME a.dkim.amazonses.com.\n"})
    authority, _ = direct(port, ns1=FIRST, ns2=SECOND)
    zone = PublicZone("example.com", ("ns1.host.example",))
    answers = authority.lookup(zone, "a._domainkey.example.com", "CNAME")
    assert answers == {"ns2.host.example": Found(("a.dkim.amazonses.com",))}


def test_an_alias_out_of_the_zone_is_followed_by_the_resolver(serve: Serve) -> None:
    port = serve(**{"example.com": HOST + "_dmarc IN CNAME example-com.vendor.example.\n"})
    authority, resolver = direct(port, ns1=FIRST)
    resolver.answers("example-com.vendor.example", "TXT", "v=DMARC1; p=none")
    zone = PublicZone("example.com", ("ns1.host.example",))
    assert authority.lookup(zone, "_dmarc.example.com", "TXT") == {"ns1.host.example": Found(("v=DMARC1; p=none",))}


def test_a_server_that_does_not_know_the_zone_says_nothing_about_it(serve: Serve) -> None:
    port = serve(**{"example.com": HOST})
    authority, _ = direct(port, ns1=FIRST)
    answer = authority.lookup(PublicZone("other.org", ("ns1.host.example",)), "other.org", "TXT")["ns1.host.example"]
    assert isinstance(answer, Unreachable)
    assert "REFUSED" in answer.reason


def test_the_delegation_is_read_from_the_zone_above(serve: Serve) -> None:
    port = serve(test=HOST + "example IN NS ns7.host.example.\n")
    authority, resolver = direct(port, ns1=FIRST)
    resolver.answers("test", "NS", "ns1.host.example").answers("example.test", "NS", "stale.cache.example")
    assert authority.delegation("example.test") == Found(("ns7.host.example",))
    assert authority.delegation("unknown.test") == Absent(nxdomain=True)


def test_servers_without_an_address_leave_nothing_known() -> None:
    authority, _ = direct(53)
    answers = authority.lookup(PublicZone("example.com", ("ns9.host.example",)), "example.com", "TXT")
    assert list(answers) == ["(none)"]
    assert isinstance(answers["(none)"], Unreachable)
    assert isinstance(authority.delegation("example.com"), Unreachable)


def test_the_zone_of_a_name_is_the_nearest_one_above() -> None:
    authority, resolver = direct(53)
    resolver.answers("example.com", "NS", "ns1.host.example").answers("com", "NS", "a.gtld.example")
    assert authority.zone_of("a.b.example.com") == PublicZone("example.com", ("ns1.host.example",))
    assert authority.zone_of("example.org") == Absent(nxdomain=True)
    resolver.times_out("example.net", "NS")
    assert isinstance(authority.zone_of("example.net"), Unreachable)


def test_a_fallback_that_is_no_address_is_bad_input() -> None:
    with pytest.raises(InputError, match="not an IP address and a port"):
        AuthoritativeServers(FakeResolver(), "nonsense")
