"""The DNS server asked with real packets, by dnspython, over UDP and TCP."""

import socket
from collections.abc import Callable, Iterator
from types import MappingProxyType

import dns.flags
import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.rdataclass
import dns.resolver
import pytest

from provisioner.sandbox.dns.server import DnsServer
from provisioner.sandbox.zones import PublicView, RecordSet, Zone

SERVERS = ("ns-1.awsdns-01.com", "ns-2.awsdns-02.net")
LONG_KEY = "p=" + "k" * 390


def zone(name: str, *sets: RecordSet) -> Zone:
    """Return a public zone with these record sets and the two that Route 53 adds."""
    own = (
        RecordSet(name, "NS", 172800, tuple(f"{server}." for server in SERVERS)),
        RecordSet(name, "SOA", 900, (f"{SERVERS[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 300",)),
    )
    return Zone(f"Z{name}", name, False, SERVERS, MappingProxyType({(s.name, s.type): s for s in (*own, *sets)}))


EXAMPLE = zone(
    "example.com",
    RecordSet("example.com", "TXT", 300, ('"v=spf1 include:amazonses.com ~all"', '"other=1" "2"')),
    RecordSet("example.com", "A", 60, ("192.0.2.1", "192.0.2.2")),
    RecordSet("example.com", "AAAA", 60, ("2001:db8::1",)),
    RecordSet("example.com", "MX", 300, ("10 mail.example.com.", "0 .")),
    RecordSet("example.com", "CAA", 300, ('0 issue "letsencrypt.org"',)),
    RecordSet("_sip._tcp.example.com", "SRV", 300, ("1 2 5060 sip.example.com.",)),
    RecordSet("long._domainkey.example.com", "TXT", 300, (f'"{LONG_KEY[:255]}" "{LONG_KEY[255:]}"',)),
    RecordSet("tok._domainkey.example.com", "CNAME", 1800, ("tok.dkim.amazonses.com",)),
    RecordSet("www.example.com", "CNAME", 60, ("Web.Example.ORG.",)),
    RecordSet("loop-a.example.com", "CNAME", 60, ("loop-b.example.com.",)),
    RecordSet("loop-b.example.com", "CNAME", 60, ("loop-a.example.com.",)),
    RecordSet("*.wild.example.com", "TXT", 60, ('"wild"',)),
    RecordSet("a.b.wild.example.com", "TXT", 60, ('"deep"',)),
    RecordSet("gone.example.com", "NS", 300, ("ns.elsewhere.net.",)),
    RecordSet("x.gone.example.com", "TXT", 300, ('"occluded"',)),
    RecordSet("sub.example.com", "NS", 300, tuple(f"{server}." for server in SERVERS)),
    RecordSet("quoted.example.com", "TXT", 60, (r'"say \"hi\" \052 \\ \303\274"',)),
    RecordSet("huge.example.com", "TXT", 60, tuple(f'"{i:04d}{"x" * 200}"' for i in range(40))),
    RecordSet("broken.example.com", "A", 60, ("not-an-address",)),
    RecordSet("alias.example.com", "A", 0, (), alias_target="example.com"),
    RecordSet("cdn.example.com", "A", 0, (), alias_target="d111.cloudfront.net"),
)
VIEW = PublicView(
    {
        "example.com": EXAMPLE,
        "sub.example.com": zone("sub.example.com", RecordSet("a.sub.example.com", "TXT", 60, ('"in the child"',))),
        "example.org": zone("example.org", RecordSet("web.example.org", "A", 60, ("192.0.2.80",))),
    }
)

Ask = Callable[..., dns.message.Message]


@pytest.fixture(scope="module")
def server() -> Iterator[DnsServer]:
    running = DnsServer(lambda: VIEW)
    running.start()
    yield running
    running.stop()


@pytest.fixture(params=["udp", "tcp"])
def ask(request: pytest.FixtureRequest, server: DnsServer) -> Ask:
    def send(name: str, rtype: str = "A") -> dns.message.Message:
        query = dns.message.make_query(name, rtype, use_edns=0, payload=4096)
        over = dns.query.udp if request.param == "udp" else dns.query.tcp
        return over(query, "127.0.0.1", port=server.port, timeout=5)

    return send


def values(response: dns.message.Message) -> set[str]:
    return {str(record) for record in response.answer[-1]} if response.answer else set()


def code(response: dns.message.Message) -> str:
    return dns.rcode.to_text(response.rcode())


@pytest.mark.parametrize(
    ("name", "rtype", "expected"),
    [
        ("example.com", "A", {"192.0.2.1", "192.0.2.2"}),
        ("example.com", "AAAA", {"2001:db8::1"}),
        ("example.com", "TXT", {'"v=spf1 include:amazonses.com ~all"', '"other=1" "2"'}),
        ("example.com", "MX", {"10 mail.example.com.", "0 ."}),
        ("example.com", "CAA", {'0 issue "letsencrypt.org"'}),
        ("example.com", "NS", {"ns-1.awsdns-01.com.", "ns-2.awsdns-02.net."}),
        ("_sip._tcp.example.com", "SRV", {"1 2 5060 sip.example.com."}),
        ("long._domainkey.example.com", "TXT", {f'"{LONG_KEY[:255]}" "{LONG_KEY[255:]}"'}),
        ("tok._domainkey.example.com", "CNAME", {"tok.dkim.amazonses.com."}),
        ("a.sub.example.com", "TXT", {'"in the child"'}),
        ("sub.example.com", "NS", {"ns-1.awsdns-01.com.", "ns-2.awsdns-02.net."}),
        ("gone.example.com", "NS", {"ns.elsewhere.net."}),
    ],
)
def test_a_record_set_is_answered_as_it_was_written(ask: Ask, name: str, rtype: str, expected: set[str]) -> None:
    response = ask(name, rtype)

    assert code(response) == "NOERROR"
    assert values(response) == expected


def test_an_answer_has_the_ttl_of_its_record_set(ask: Ask) -> None:
    assert ask("tok._domainkey.example.com", "CNAME").answer[0].ttl == 1800


def test_a_response_is_a_resolvers(ask: Ask) -> None:
    flags = ask("example.com").flags

    assert flags & dns.flags.RA
    assert not flags & dns.flags.AA


def test_nothing_is_claimed_to_be_validated_when_the_client_offers_to_hear_of_it(server: DnsServer) -> None:
    query = dns.message.make_query("example.com", "A", flags=dns.flags.RD | dns.flags.AD)

    assert not dns.query.udp(query, "127.0.0.1", port=server.port, timeout=5).flags & dns.flags.AD


def test_names_match_in_any_case_and_the_answer_keeps_the_questions_spelling(ask: Ask) -> None:
    response = ask("eXaMpLe.CoM", "A")

    assert values(response) == {"192.0.2.1", "192.0.2.2"}
    assert response.answer[0].name.to_text() == "eXaMpLe.CoM."


def test_octal_escapes_and_quotes_are_resolved_to_octets(ask: Ask) -> None:
    record = ask("quoted.example.com", "TXT").answer[0][0]

    assert record.strings == ('say "hi" * \\ ü'.encode(),)


def test_a_name_that_does_not_exist_is_nxdomain_with_the_zones_soa(ask: Ask) -> None:
    response = ask("nothing.example.com")

    assert code(response) == "NXDOMAIN"
    assert response.authority[0].name.to_text() == "example.com."
    assert response.authority[0].ttl == 300  # the SOA's minimum, RFC 2308


@pytest.mark.parametrize("name", ["example.com", "_domainkey.example.com", "_tcp.example.com"])
def test_a_name_without_that_type_is_nodata_and_so_is_an_empty_non_terminal(ask: Ask, name: str) -> None:
    response = ask(name, "SSHFP")

    assert code(response) == "NOERROR"
    assert not response.answer
    assert response.authority[0].name.to_text() == "example.com."


def test_a_name_outside_every_zone_does_not_exist(ask: Ask) -> None:
    response = ask("example.net", "NS")

    assert code(response) == "NXDOMAIN"
    assert response.authority[0].name.to_text() == "."


@pytest.mark.parametrize("name", ["com", "."])
def test_the_parents_of_our_zones_exist(ask: Ask, name: str) -> None:
    assert code(ask(name, "A")) == "NOERROR"


def test_a_cname_is_followed_into_another_zone(ask: Ask) -> None:
    response = ask("www.example.com", "A")

    assert [str(rrset.name) for rrset in response.answer] == ["www.example.com.", "web.example.org."]
    assert values(response) == {"192.0.2.80"}


def test_a_cname_is_returned_for_another_type_even_when_its_target_is_unknown(ask: Ask) -> None:
    response = ask("tok._domainkey.example.com", "TXT")

    assert code(response) == "NXDOMAIN"
    assert values(response) == {"tok.dkim.amazonses.com."}


def test_a_cname_loop_fails_instead_of_hanging(ask: Ask) -> None:
    assert code(ask("loop-a.example.com", "A")) == "SERVFAIL"


def test_a_wildcard_answers_under_the_name_that_was_asked(ask: Ask) -> None:
    response = ask("any.thing.wild.example.com", "TXT")

    assert values(response) == {'"wild"'}
    assert response.answer[0].name.to_text() == "any.thing.wild.example.com."


def test_a_wildcard_can_be_asked_for_itself(ask: Ask) -> None:
    assert values(ask("*.wild.example.com", "TXT")) == {'"wild"'}


def test_a_wildcard_has_no_other_types(ask: Ask) -> None:
    response = ask("any.wild.example.com", "MX")

    assert (code(response), response.answer) == ("NOERROR", [])


def test_a_wildcard_does_not_answer_below_a_name_that_exists(ask: Ask) -> None:
    assert code(ask("z.b.wild.example.com", "TXT")) == "NXDOMAIN"
    assert code(ask("b.wild.example.com", "TXT")) == "NOERROR"
    assert not ask("b.wild.example.com", "TXT").answer


def test_records_below_a_cut_to_other_servers_are_not_known(ask: Ask) -> None:
    response = ask("x.gone.example.com", "TXT")

    assert (code(response), response.answer) == ("SERVFAIL", [])


def test_an_alias_answers_with_the_records_of_its_target(ask: Ask) -> None:
    response = ask("alias.example.com", "A")

    assert values(response) == {"192.0.2.1", "192.0.2.2"}
    assert response.answer[0].name.to_text() == "alias.example.com."


def test_an_alias_to_something_outside_is_not_claimed_to_be_absent(ask: Ask) -> None:
    assert code(ask("cdn.example.com", "A")) == "SERVFAIL"


def test_a_value_that_does_not_fit_its_type_fails_that_question_only(ask: Ask) -> None:
    assert code(ask("broken.example.com", "A")) == "SERVFAIL"
    assert code(ask("example.com", "A")) == "NOERROR"


def test_any_returns_every_set_of_the_name(ask: Ask) -> None:
    types = {rrset.rdtype.name for rrset in ask("example.com", "ANY").answer}

    assert types == {"NS", "SOA", "TXT", "A", "AAAA", "MX", "CAA"}


@pytest.mark.parametrize("payload", [None, 1232])
def test_an_answer_too_long_for_the_clients_udp_is_truncated_and_whole_over_tcp(
    server: DnsServer, payload: int | None
) -> None:
    edns = None if payload is None else 0
    query = dns.message.make_query("huge.example.com", "TXT", use_edns=edns, payload=payload)

    short = dns.query.udp(query, "127.0.0.1", port=server.port, timeout=5)
    whole, over_tcp = dns.query.udp_with_fallback(query, "127.0.0.1", port=server.port, timeout=5)

    assert short.flags & dns.flags.TC
    assert not short.answer
    assert over_tcp
    assert len(values(whole)) == 40


def test_the_ordinary_resolver_works_against_it(server: DnsServer) -> None:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.port

    assert resolver.resolve("example.com", "MX").rrset is not None
    with pytest.raises(dns.resolver.NXDOMAIN):
        resolver.resolve("nothing.example.com", "A")
    with pytest.raises(dns.resolver.NoAnswer):
        resolver.resolve("example.com", "SSHFP")


POINTS_TO_ITSELF = b"\x12\x34\x01\x00\x00\x01" + b"\x00" * 6 + b"\xc0\x0c"


@pytest.mark.parametrize("garbage", [b"\x12\x34", b"\x12\x34garbage", POINTS_TO_ITSELF])
def test_garbage_is_answered_formerr_and_the_server_lives_on(server: DnsServer, ask: Ask, garbage: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.sendto(garbage, ("127.0.0.1", server.port))
        response = dns.message.from_wire(client.recv(512))

    assert response.id == 0x1234
    assert code(response) == "FORMERR"
    assert code(ask("example.com")) == "NOERROR"


def test_a_response_is_never_answered_so_two_servers_cannot_loop(server: DnsServer) -> None:
    query = dns.message.make_query("example.com", "A")
    query.flags |= dns.flags.QR
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.3)
        client.sendto(query.to_wire(), ("127.0.0.1", server.port))
        with pytest.raises(TimeoutError):
            client.recv(512)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (dns.message.make_query("example.com", "AXFR"), "REFUSED"),
        (dns.message.make_query("version.bind", "TXT", rdclass=dns.rdataclass.CH), "REFUSED"),
        (dns.message.make_query("example.com", "A", use_edns=1), "BADVERS"),
    ],
)
def test_what_is_not_an_ordinary_question_is_declined(
    server: DnsServer, query: dns.message.Message, expected: str
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        dns.query.send_tcp(client, query)
        response, _ = dns.query.receive_tcp(client)

    assert code(response) == expected


def test_several_questions_may_use_one_tcp_connection(server: DnsServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        for name in ("example.com", "web.example.org"):
            dns.query.send_tcp(client, dns.message.make_query(name, "A"))
            response, _ = dns.query.receive_tcp(client)
            assert response.question[0].name.to_text() == f"{name}."


def test_a_change_of_the_zones_is_visible_with_the_next_question() -> None:
    views = iter([PublicView({}), VIEW])
    server = DnsServer(lambda: next(views))
    server.start()
    try:
        query = dns.message.make_query("example.com", "A")
        answers = [dns.query.udp(query, "127.0.0.1", port=server.port, timeout=5) for _ in range(2)]
    finally:
        server.stop()

    assert [code(answer) for answer in answers] == ["NXDOMAIN", "NOERROR"]


def test_a_taken_port_is_an_error_and_a_stopped_server_frees_its_own(server: DnsServer) -> None:
    with pytest.raises(OSError, match="in use"):
        DnsServer(lambda: VIEW, port=server.port).start()
    again = DnsServer(lambda: VIEW)
    again.start()
    port = again.port
    again.stop()
    heir = DnsServer(lambda: VIEW, port=port)
    heir.start()
    heir.stop()
    with pytest.raises(RuntimeError, match="call start"):
        _ = again.port
