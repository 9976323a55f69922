"""One question to one server, put with dnspython; see `ports.facts.Questions`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from provisioner.adapters.dns.resolver import DnsResolver, parse_server, text_of
from provisioner.core.dns.answers import Found
from provisioner.core.dns.questions import Question, Reply, RrSet, Silent

if TYPE_CHECKING:
    from dns.message import Message
    from dns.rdtypes.ANY.TXT import TXT
    from dns.rrset import RRset

_DNS_PORT = 53
_SECONDS = 3.0
_ATTEMPTS = 2
_MOST_OCTETS = 1232  # of an answer by UDP: the DNS Flag Day of 2020

Place = tuple[str, int]  # address and port


class DnsQuestions:
    """Name servers by their names, and the resolver; see `ports.facts.Questions`.

    `server` (`host:port`) is asked in place of the system's resolver, and in place of name servers whose names do not
    resolve: on a network of its own, such as the sandbox, it knows what they would answer. `seconds` is how long one
    attempt is waited for.
    """

    def __init__(
        self, resolver: DnsResolver, server: str | None, port: int = _DNS_PORT, seconds: float = _SECONDS
    ) -> None:
        self._resolver = resolver
        self._server = None if server is None else parse_server(server)
        self._port = port
        self._seconds = seconds
        self._of_host = cache(self._find)

    def put(self, question: Question) -> Reply | Silent:
        """Ask each address of the server in turn, all of them once more when none answers."""
        places = self._of_host(question.server) if question.server else self._resolvers()
        reply: Reply | Silent = Silent(f"no address of {question.server or 'a resolver'} is known")
        for place in places * _ATTEMPTS:
            reply = _ask(question, place, self._seconds)
            if isinstance(reply, Reply):
                return reply
        return reply

    def _resolvers(self) -> tuple[Place, ...]:
        if self._server is not None:
            return (self._server,)
        import dns.resolver  # noqa: PLC0415 - dnspython is slow to load

        return tuple((str(address), _DNS_PORT) for address in dns.resolver.get_default_resolver().nameservers)

    def _find(self, host: str) -> tuple[Place, ...]:
        answers = (self._resolver.lookup(host, rtype) for rtype in ("A", "AAAA"))
        found = next((answer.values for answer in answers if isinstance(answer, Found)), ())
        if not found and self._server is not None:
            return (self._server,)
        return tuple((address, self._port) for address in found[:1])


def _ask(question: Question, place: Place, seconds: float) -> Reply | Silent:
    import dns.exception  # noqa: PLC0415 - dnspython is slow to load
    import dns.flags  # noqa: PLC0415 - dnspython is slow to load
    import dns.message  # noqa: PLC0415 - dnspython is slow to load
    import dns.query  # noqa: PLC0415 - dnspython is slow to load

    address, port = place
    query = dns.message.make_query(f"{question.name}.", question.type, use_edns=0, payload=_MOST_OCTETS)
    if question.checking_disabled:
        query.flags |= dns.flags.CD
    try:
        reply = dns.query.udp(query, address, timeout=seconds, port=port, raise_on_truncation=True)
    except dns.message.Truncated as truncated:
        beginning = cast("Message", truncated.kwargs["message"])
        return _by_tcp(query, beginning, place, seconds)
    except (dns.exception.DNSException, OSError) as error:
        return Silent(f"{address}: {error or type(error).__name__}")
    return _reply(reply)


def _by_tcp(query: Message, beginning: Message, place: Place, seconds: float) -> Reply:
    import dns.exception  # noqa: PLC0415 - dnspython is slow to load
    import dns.query  # noqa: PLC0415 - dnspython is slow to load

    try:
        return _reply(dns.query.tcp(query, place[0], timeout=seconds, port=place[1]))
    except (dns.exception.DNSException, OSError):
        return _reply(beginning, cut_off=True)


def _reply(message: Message, *, cut_off: bool = False) -> Reply:
    import dns.flags  # noqa: PLC0415 - dnspython is slow to load
    import dns.rcode  # noqa: PLC0415 - dnspython is slow to load

    return Reply(
        dns.rcode.to_text(message.rcode()),
        bool(message.flags & dns.flags.AA),
        tuple(_set(one) for one in message.answer),
        tuple(_set(one) for one in message.authority),
        cut_off,
    )


def _set(rrset: RRset) -> RrSet:
    import dns.rdatatype  # noqa: PLC0415 - dnspython is slow to load

    rtype = dns.rdatatype.to_text(rrset.rdtype)
    values = tuple(text_of(item, rtype) for item in rrset)
    strings = tuple(_strings(cast("TXT", item)) for item in rrset) if rtype == "TXT" else ()
    return RrSet(str(rrset.name).rstrip(".").lower(), rtype, rrset.ttl, values, strings)


def _strings(item: TXT) -> tuple[str, ...]:
    return tuple(one.decode("utf-8", "replace") for one in item.strings)
