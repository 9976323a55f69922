"""The DNS server as a server: packets of every size and shape, connections, ports."""

import socket
from collections.abc import Callable

import dns.flags
import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.rdataclass
import dns.resolver
import pytest
from fakes.public_zones import VIEW, code, values

from provisioner.sandbox.dns.server import DnsServer
from provisioner.sandbox.internet import Internet
from provisioner.sandbox.zones import PublicView

Ask = Callable[..., dns.message.Message]


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
    views = iter([Internet(PublicView({})), Internet(VIEW)])
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
        DnsServer(lambda: Internet(VIEW), port=server.port).start()
    again = DnsServer(lambda: Internet(VIEW))
    again.start()
    port = again.port
    again.stop()
    heir = DnsServer(lambda: Internet(VIEW), port=port)
    heir.start()
    heir.stop()
    with pytest.raises(RuntimeError, match="call start"):
        _ = again.port
