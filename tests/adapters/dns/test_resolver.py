"""The resolver, asking real DNS servers on loopback."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from dnslib import RCODE, RR
from dnslib.server import BaseResolver, DNSServer

from provisioner.adapters.dns.resolver import DnsResolver
from provisioner.core.dns.answers import Absent, Found, Unreachable
from provisioner.errors import InputError

ZONE = """
example.com.          60 IN NS    NS-1.Example.NET.
example.com.          60 IN NS    ns-2.example.org.
example.com.          60 IN TXT   "v=spf1 include:amazonses.com " "~all"
example.com.          60 IN TXT   "say \\"hi\\""
example.com.          60 IN MX    10 mail.example.com.
mail.example.com.     60 IN A     192.0.2.1
alias.example.com.    60 IN CNAME mail.example.com.
"""


class ScriptedResolver(BaseResolver):  # type: ignore[misc]  # dnslib has no types
    """Answers from records, or with one failure for everything."""

    def __init__(self, rcode: str | None = None) -> None:
        self._records = RR.fromZone(ZONE)
        self._rcode = rcode
        self.asked = 0

    def resolve(self, request: Any, handler: Any) -> Any:
        self.asked += 1
        reply = request.reply()
        if self._rcode is not None:
            reply.header.rcode = getattr(RCODE, self._rcode)
            return reply
        named = [record for record in self._records if record.rname == request.q.qname]
        for record in named:
            if record.rtype == request.q.qtype:
                reply.add_answer(record)
        if not named:
            reply.header.rcode = RCODE.NXDOMAIN
        return reply


@pytest.fixture
def serve() -> Iterator[Callable[[ScriptedResolver], DnsResolver]]:
    with ExitStack() as stack:

        def start(resolver: ScriptedResolver) -> DnsResolver:
            server = DNSServer(resolver, address="127.0.0.1", port=0, logger=None)
            port = server.server.server_address[1]
            server.start_thread()
            stack.callback(server.server.server_close)
            stack.callback(server.stop)
            return DnsResolver(f"127.0.0.1:{port}")

        yield start


@pytest.fixture
def resolver(serve: Callable[[ScriptedResolver], DnsResolver]) -> DnsResolver:
    return serve(ScriptedResolver())


def test_the_strings_of_a_txt_record_come_joined_and_unquoted(resolver: DnsResolver) -> None:
    answer = resolver.lookup("example.com", "TXT")
    assert isinstance(answer, Found)
    assert set(answer.values) == {"v=spf1 include:amazonses.com ~all", 'say "hi"'}


def test_hosts_come_in_lower_case_without_their_trailing_dot(resolver: DnsResolver) -> None:
    answer = resolver.lookup("example.com", "NS")
    assert isinstance(answer, Found)
    assert set(answer.values) == {"ns-1.example.net", "ns-2.example.org"}


def test_a_mail_exchanger_comes_with_its_preference(resolver: DnsResolver) -> None:
    assert resolver.lookup("example.com", "MX") == Found(("10 mail.example.com",))


def test_a_cname_is_answered_as_one(resolver: DnsResolver) -> None:
    assert resolver.lookup("alias.example.com", "CNAME") == Found(("mail.example.com",))


def test_a_name_that_does_not_exist_is_absent(resolver: DnsResolver) -> None:
    assert resolver.lookup("nobody.example.com", "TXT") == Absent(nxdomain=True)


def test_a_name_without_records_of_the_type_is_absent_in_another_way(resolver: DnsResolver) -> None:
    assert resolver.lookup("mail.example.com", "TXT") == Absent(nxdomain=False)


def test_the_search_list_of_this_machine_is_never_added(serve: Callable[[ScriptedResolver], DnsResolver]) -> None:
    scripted = ScriptedResolver()
    assert serve(scripted).lookup("nobody", "A") == Absent(nxdomain=True)
    assert scripted.asked == 1


def test_nothing_is_remembered_between_two_questions(serve: Callable[[ScriptedResolver], DnsResolver]) -> None:
    scripted = ScriptedResolver()
    resolver = serve(scripted)
    answers = [resolver.lookup("example.com", "MX") for _ in range(2)]
    assert answers[0] == answers[1]
    assert scripted.asked == 2


@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED"])
def test_a_server_that_fails_leaves_the_answer_open(
    serve: Callable[[ScriptedResolver], DnsResolver], rcode: str
) -> None:
    answer = serve(ScriptedResolver(rcode)).lookup("example.com", "TXT")
    assert isinstance(answer, Unreachable)
    assert rcode in answer.reason


@pytest.mark.timeout(120)
def test_a_silent_server_is_given_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        answer = DnsResolver(f"127.0.0.1:{silent.getsockname()[1]}", seconds=0.5).lookup("example.com", "TXT")
    assert isinstance(answer, Unreachable)
    assert "timed out" in answer.reason


@pytest.mark.timeout(120)
def test_a_closed_port_is_given_up(closed_port: int) -> None:
    assert isinstance(DnsResolver(f"127.0.0.1:{closed_port}", seconds=0.5).lookup("example.com", "TXT"), Unreachable)


def test_a_machine_without_any_resolver_leaves_the_answer_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_file(*_arguments: object, **_named: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("dns._file_util.maybe_open", no_file)
    answer = DnsResolver(None).lookup("example.com", "TXT")
    assert isinstance(answer, Unreachable)
    assert "resolv.conf" in answer.reason


@pytest.mark.parametrize(
    "server",
    ["127.0.0.1", "127.0.0.1:", ":53", "127.0.0.1:dns", "127.0.0.1:0", "127.0.0.1:65536", "localhost:53", "::1"],
)
def test_a_server_that_is_no_address_and_port_is_refused_before_anything_is_begun(server: str) -> None:
    with pytest.raises(InputError, match="PROVISIONER_DNS_SERVER=") as caught:
        DnsResolver(server)
    assert caught.value.code == "invalid_dns_server"
    assert "192.0.2.53:53" in caught.value.hint


@pytest.mark.parametrize("server", ["127.0.0.1:53", "[::1]:5353", "::1:53"])
def test_a_server_may_have_either_kind_of_address(server: str) -> None:
    assert DnsResolver(server)
