"""Who is asked for a name, and what is made of the answers: over zones on name servers in memory."""

import pytest
from fakes.internet import SERVERS, FakeInternet, settled

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, PublicZone, Unreachable
from provisioner.core.dns.public_dns import PublicDns
from provisioner.core.dns.questions import Question

ZONE = PublicZone("example.com", SERVERS)
DKIM = "a._domainkey.example.com"


@pytest.fixture
def internet() -> FakeInternet:
    return (
        FakeInternet()
        .zone("example.com", {(DKIM, "CNAME"): ["a.dkim.amazonses.com"], ("example.com", "TXT"): ["one", "two"]})
        .zone("amazonses.com", {("a.dkim.amazonses.com", "TXT"): ["p=key"]}, ["ns1.amazon.net"])
    )


def holds(internet: FakeInternet, name: str, rtype: str) -> DnsAnswer:
    return settled(internet, lambda dns: dns.holds(name, rtype))


def test_nothing_is_known_before_it_was_asked() -> None:
    dns = PublicDns({})
    assert isinstance(dns.holds("example.com", "MX"), Unreachable)
    assert list(dns.open) == [Question("com", "NS")]


@pytest.mark.parametrize("name", ["example.com", "Bounce.Example.com.", "_dmarc.example.com", DKIM])
def test_the_zone_of_a_name_is_found_from_the_top_downwards(internet: FakeInternet, name: str) -> None:
    assert settled(internet, lambda dns: dns.zone_of(name)) == ZONE


def test_a_zone_below_another_holds_its_names(internet: FakeInternet) -> None:
    internet.zone("news.example.com", {("news.example.com", "MX"): ["10 mx.net"]}, ["ns9.news.net"])
    assert settled(internet, lambda dns: dns.zone_of("news.example.com")) == PublicZone(
        "news.example.com", ("ns9.news.net",)
    )
    assert holds(internet, "news.example.com", "MX") == Found(("10 mx.net",))


def test_a_domain_that_nobody_refers_to_is_in_no_zone_and_the_resolver_speaks(internet: FakeInternet) -> None:
    internet.delegates("example.com")
    assert settled(internet, lambda dns: dns.zone_of("example.com")) == Absent(nxdomain=True)
    assert holds(internet, DKIM, "CNAME") == Absent(nxdomain=True)


def test_the_zone_above_says_where_the_public_is_sent_whatever_the_zone_says_itself(internet: FakeInternet) -> None:
    internet.delegates("example.com", "ns9.old.net", "ns8.old.net").resolver("example.com", "NS", *SERVERS)
    assert settled(internet, lambda dns: dns.delegation("example.com")) == Found(("ns9.old.net", "ns8.old.net"))
    assert settled(internet, lambda dns: dns.zone_of(DKIM)) == PublicZone("example.com", ("ns8.old.net", "ns9.old.net"))


def test_every_server_of_the_zone_is_asked(internet: FakeInternet) -> None:
    internet.says(SERVERS[2], "example.com", "TXT", "old").silent(SERVERS[0]).refuses(SERVERS[1])
    answers = settled(internet, lambda dns: dns.per_server("example.com", "TXT"))
    assert [type(answer) for answer in answers.values()] == [Unreachable, Unreachable, Found, Found]
    assert answers[SERVERS[2]] == Found(("old",))


def test_what_most_servers_say_is_what_the_zone_holds(internet: FakeInternet) -> None:
    internet.says(SERVERS[0], "example.com", "TXT", "old").says(SERVERS[1], "example.com", "TXT", "two", "one")
    assert holds(internet, "example.com", "TXT") == Found(("two", "one"))


def test_a_server_that_was_never_told_of_the_zone_says_nothing_about_it(internet: FakeInternet) -> None:
    internet.knows_nothing(SERVERS[0])
    assert isinstance(settled(internet, lambda dns: dns.per_server(DKIM, "CNAME"))[SERVERS[0]], Unreachable)
    assert holds(internet, DKIM, "CNAME") == Found(("a.dkim.amazonses.com",))


def test_the_resolver_is_asked_where_no_server_speaks_with_us(internet: FakeInternet) -> None:
    internet.silent(*SERVERS).resolver(DKIM, "CNAME", "cached.example")
    assert holds(internet, DKIM, "CNAME") == Found(("cached.example",))
    assert isinstance(holds(internet, "example.com", "MX"), Unreachable)


def test_a_stale_cache_does_not_matter_where_the_servers_answer(internet: FakeInternet) -> None:
    assert holds(internet.resolver(DKIM, "CNAME"), DKIM, "CNAME") == Found(("a.dkim.amazonses.com",))


def test_an_alias_out_of_the_zone_is_followed_by_the_resolver(internet: FakeInternet) -> None:
    assert holds(internet, DKIM, "TXT") == Found(("p=key",))


def test_without_any_answer_of_the_resolver_nothing_is_known(internet: FakeInternet) -> None:
    assert holds(internet.resolver_silent(), DKIM, "CNAME") == Unreachable("the resolver: timed out")


def test_silent_servers_of_the_zone_above_leave_it_to_the_resolver(internet: FakeInternet) -> None:
    internet.silent("a.nic.com", "b.nic.com")
    assert settled(internet, lambda dns: dns.zone_of(DKIM)) == ZONE


def test_a_name_that_is_handed_on_is_asked_where_it_was_handed_to(internet: FakeInternet) -> None:
    internet.zone("_domainkey.example.com", {(DKIM, "CNAME"): ["a.vendor.net"]}, ["ns1.vendor.net"])
    assert settled(internet, lambda dns: dns.per_server(DKIM, "CNAME")) == {"ns1.vendor.net": Found(("a.vendor.net",))}
    handed = settled(internet, lambda dns: dns.handed_on(DKIM, "CNAME"))
    assert handed == PublicZone("_domainkey.example.com", ("ns1.vendor.net",))
    assert settled(internet, lambda dns: dns.handed_on("example.com", "MX")) is None


def test_few_rounds_are_enough(internet: FakeInternet) -> None:
    rounds: list[int] = []

    def look(dns: PublicDns) -> None:
        dns.holds(DKIM, "CNAME")
        rounds.append(len(dns.open))

    settled(internet, look)
    assert rounds == [1, 2, 4, 0]
