"""One question put to one address with dnspython, and the reply in our own words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from provisioner.adapters.dns.resolver import text_of
from provisioner.core.dns.questions import Question, Reply, RrSet, Silent

if TYPE_CHECKING:
    from dns.message import Message, QueryMessage
    from dns.rdtypes.ANY.TXT import TXT
    from dns.rrset import RRset

_MOST_OCTETS = 1232  # of an answer by UDP: the DNS Flag Day of 2020


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server is asked. A `stand_in` is a resolver in place of a server that has no address of its own."""

    address: str
    port: int
    stand_in: bool = False


def put(question: Question, place: Place, seconds: float) -> Reply | Silent:
    """Ask by UDP, and by TCP for an answer that does not fit; `seconds` is how long each of both is waited for.

    Who does not know EDNS (RFC 6891 section 7) is asked without.
    """
    import dns.exception  # noqa: PLC0415 - dnspython is slow to load
    import dns.rcode  # noqa: PLC0415 - dnspython is slow to load

    try:
        reply = _exchange(_query(question, edns=True), place, seconds)
        if reply.rcode in ("FORMERR", "NOTIMP", "BADVERS"):
            reply = _exchange(_query(question, edns=False), place, seconds)
    except (dns.exception.DNSException, OSError, EOFError) as error:  # the last: it hung up
        return Silent(f"{place.address}: {error or type(error).__name__}")
    return reply


def _query(question: Question, *, edns: bool) -> QueryMessage:
    import dns.flags  # noqa: PLC0415 - dnspython is slow to load
    import dns.message  # noqa: PLC0415 - dnspython is slow to load

    # Recursion is left on: name servers ignore the wish, and a stand-in needs it.
    query = dns.message.make_query(
        f"{question.name}.", question.type, use_edns=0 if edns else -1, payload=_MOST_OCTETS if edns else None
    )
    if question.checking_disabled:
        query.flags |= dns.flags.CD
    return query


def _exchange(query: QueryMessage, place: Place, seconds: float) -> Reply:
    import dns.message  # noqa: PLC0415 - dnspython is slow to load
    import dns.query  # noqa: PLC0415 - dnspython is slow to load

    try:
        reply = dns.query.udp(
            query, place.address, timeout=seconds, port=place.port, raise_on_truncation=True, ignore_unexpected=True
        )
    except dns.message.Truncated as truncated:
        return _by_tcp(query, cast("Message", truncated.kwargs["message"]), place, seconds)
    return _reply(reply, place)


def _by_tcp(query: Message, beginning: Message, place: Place, seconds: float) -> Reply:
    import dns.exception  # noqa: PLC0415 - dnspython is slow to load
    import dns.query  # noqa: PLC0415 - dnspython is slow to load

    try:
        return _reply(dns.query.tcp(query, place.address, timeout=seconds, port=place.port), place)
    except (dns.exception.DNSException, OSError, EOFError):
        return _reply(beginning, place, cut_off=True)


def _reply(message: Message, place: Place, *, cut_off: bool = False) -> Reply:
    import dns.flags  # noqa: PLC0415 - dnspython is slow to load
    import dns.rcode  # noqa: PLC0415 - dnspython is slow to load

    return Reply(
        dns.rcode.to_text(message.rcode()),
        place.stand_in or bool(message.flags & dns.flags.AA),
        tuple(_set(one) for one in message.answer),
        tuple(_set(one) for one in message.authority),
        cut_off,
    )


def _set(rrset: RRset) -> RrSet:
    import dns.rdatatype  # noqa: PLC0415 - dnspython is slow to load

    rtype = dns.rdatatype.to_text(rrset.rdtype)
    values = tuple(text_of(item, rtype) for item in rrset)
    strings = tuple(_strings(cast("TXT", item)) for item in rrset) if rtype in ("TXT", "SPF") else ()
    return RrSet(str(rrset.name).rstrip(".").lower(), rtype, rrset.ttl, values, strings)


def _strings(item: TXT) -> tuple[str, ...]:
    return tuple(one.decode("utf-8", "replace") for one in item.strings)
