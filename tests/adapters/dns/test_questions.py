"""One question at one server: over UDP and TCP, with and without EDNS, at every address, again where nothing comes."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from dnslib import EDNS0, RCODE, RR
from dnslib.server import BaseResolver, DNSServer
from fakes.dns import FakeResolver
from fakes.nsd import FIRST, HOST, SECOND, Serve

from provisioner.adapters.dns.questions import DnsQuestions
from provisioner.core.dns.questions import NOERROR, NXDOMAIN, REFUSED, SERVFAIL, Question, Reply, RrSet, Silent

TXT = Question("x.example.com", "TXT", "ns1.host.example")
LONG = "".join(f'x IN TXT "{number:0200d}"\n' for number in range(12))  # more than fits into UDP


class Scripted(BaseResolver):  # type: ignore[misc]  # dnslib has no types
    """Answers one TXT record, after what stands in `first`: a code, or None for silence."""

    def __init__(self, *first: str | None, edns: bool = True) -> None:
        self.first = list(first)
        self.edns = edns
        self.asked: list[Any] = []

    def resolve(self, request: Any, _handler: Any) -> Any:
        self.asked.append(request)
        reply = request.reply(aa=1)
        code = self.first.pop(0) if self.first else NOERROR
        if code is None:
            raise TimeoutError  # dnslib drops it
        if request.ar and not self.edns:
            code = "FORMERR"
        reply.header.rcode = getattr(RCODE, code)
        if code == NOERROR:
            reply.add_answer(*RR.fromZone('x.example.com. 60 IN TXT "a" "b"'))
        return reply


@pytest.fixture
def script() -> Iterator[Callable[..., int]]:
    """Serve what is scripted at an address over UDP alone, and return the port; the same one if it is given."""
    with ExitStack() as stack:

        def start(scripted: Scripted, address: str = FIRST, port: int = 0) -> int:
            server = DNSServer(scripted, address=address, port=port, logger=_Quiet())
            server.server.handle_error = lambda *_: None
            server.start_thread()
            stack.callback(server.server.server_close)
            stack.callback(server.stop)
            return int(server.server.server_address[1])

        yield start


class _Quiet:
    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_: None


def asking(port: int, *addresses: str, seconds: float = 5.0) -> DnsQuestions:
    """Return what asks ns1.host.example at these addresses."""
    known = FakeResolver()
    for rtype, kind in (("A", "."), ("AAAA", ":")):
        if found := [address for address in addresses if kind in address]:
            known.answers("ns1.host.example", rtype, *found)
    return DnsQuestions(known, None, port, seconds)


def reply_of(found: Reply | Silent) -> Reply:
    assert isinstance(found, Reply), found
    return found


def test_a_reply_comes_with_its_code_authority_sets_and_strings(serve: Serve) -> None:
    asked = asking(serve(**{"example.com": HOST + 'X 60 IN TXT "a" "b"\n'}), FIRST)
    found = reply_of(asked.put(TXT))
    assert (found.rcode, found.authoritative, found.cut_off) == (NOERROR, True, False)
    assert found.answer == (RrSet("x.example.com", "TXT", 60, ("ab",), (("a", "b"),)),)
    nothing = reply_of(asked.put(replace(TXT, name="y.example.com")))
    assert (nothing.rcode, nothing.answer, nothing.authority[0].type) == (NXDOMAIN, (), "SOA")
    assert reply_of(asked.put(replace(TXT, name="example.org"))).rcode == REFUSED


def test_what_a_server_refers_to_is_in_the_authority_section(serve: Serve) -> None:
    asked = asking(serve(test=HOST + "example IN NS NS7.Host.example.\n"), FIRST)
    found = reply_of(asked.put(Question("example.test", "NS", "ns1.host.example")))
    assert not found.authoritative
    assert [(one.name, one.values) for one in found.authority] == [("example.test", ("ns7.host.example",))]


def test_what_does_not_fit_into_udp_is_asked_for_by_tcp(serve: Serve) -> None:
    found = reply_of(asking(serve(**{"example.com": HOST + LONG}), FIRST).put(TXT))
    assert (len(found.answer[0].values), found.cut_off) == (12, False)


def test_who_does_not_answer_by_tcp_has_cut_off_the_answer(script: Callable[..., int]) -> None:
    class Truncating(Scripted):
        def resolve(self, request: Any, _handler: Any) -> Any:
            reply = request.reply(aa=1)
            reply.header.tc = 1
            return reply

    found = reply_of(asking(script(Truncating()), FIRST).put(TXT))
    assert (found.rcode, found.authoritative, found.answer, found.cut_off) == (NOERROR, True, (), True)


def test_who_does_not_know_edns_is_asked_without(script: Callable[..., int]) -> None:
    scripted = Scripted(edns=False)
    assert reply_of(asking(script(scripted), FIRST).put(TXT)).answer[0].values == ("ab",)
    assert [any(isinstance(one, EDNS0) or one.rtype == 41 for one in request.ar) for request in scripted.asked] == [
        True,
        False,
    ]


def test_a_question_that_gets_lost_is_put_once_more(script: Callable[..., int]) -> None:
    scripted = Scripted(None)
    assert reply_of(asking(script(scripted), FIRST, seconds=0.5).put(TXT)).answer[0].values == ("ab",)
    assert len(scripted.asked) == 2


def test_every_address_of_a_server_is_asked_until_one_answers(script: Callable[..., int]) -> None:
    port = script(Scripted(), SECOND)
    assert reply_of(asking(port, FIRST, SECOND, seconds=1.0).put(TXT)).answer[0].values == ("ab",)


def has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_server_may_have_an_ipv6_address_alone(serve: Serve) -> None:
    asked = asking(serve("::1", **{"example.com": HOST + 'x IN TXT "six"\n'}), "::1")
    assert reply_of(asked.put(TXT)).answer[0].values == ("six",)


def test_who_was_silent_all_the_time_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[str] = []
    monkeypatch.setattr(
        "provisioner.adapters.dns.questions.put", lambda _, place, __: put.append(place.address) or Silent("timed out")
    )
    asked = asking(53, FIRST)
    assert asked.put(TXT) == Silent("timed out")
    assert asked.put(replace(TXT, type="MX")) == Silent(f"{FIRST}: it does not answer")
    assert put == [FIRST, FIRST]


def test_a_server_without_an_address_is_silent_and_the_reason_names_it() -> None:
    assert asking(53).put(TXT) == Silent("no address of ns1.host.example is known")


def test_where_names_do_not_resolve_the_resolver_stands_in_for_the_server(script: Callable[..., int]) -> None:
    port = script(Scripted())
    server = f"{FIRST}:{port}"
    questions = DnsQuestions(FakeResolver(), server)
    assert reply_of(questions.put(TXT)).authoritative
    assert reply_of(questions.put(replace(TXT, server=""))).answer[0].values == ("ab",)


def test_a_resolver_that_fails_is_not_asked_twice_where_it_is_the_only_one(script: Callable[..., int]) -> None:
    scripted = Scripted(SERVFAIL)
    server = f"{FIRST}:{script(scripted)}"
    assert reply_of(DnsQuestions(FakeResolver(), server).put(replace(TXT, server=""))).rcode == SERVFAIL
    assert len(scripted.asked) == 1


def test_what_dnssec_calls_bogus_is_handed_out_where_checking_is_disabled(script: Callable[..., int]) -> None:
    scripted = Scripted()
    server = f"{FIRST}:{script(scripted)}"
    questions = DnsQuestions(FakeResolver(), server)
    for disabled in (False, True):
        questions.put(Question("x.example.com", "TXT", checking_disabled=disabled))
    assert [request.header.cd for request in scripted.asked] == [0, 1]


def test_a_machine_without_any_resolver_is_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_file(*_arguments: object, **_named: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("dns._file_util.maybe_open", no_file)
    monkeypatch.setattr("dns.resolver.default_resolver", None)
    asked = DnsQuestions(FakeResolver(), None)
    assert asked.put(Question("example.com", "MX")) == Silent("no address of a resolver is known")
