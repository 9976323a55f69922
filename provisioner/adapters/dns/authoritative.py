"""A zone's own name servers, asked one by one with dnspython: what they hold, not what a cache remembers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, PublicZone, Unreachable
from provisioner.errors import InputError
from provisioner.ports.dns import Resolver

if TYPE_CHECKING:
    from dns.message import Message
    from dns.rrset import RRset

_DNS_PORT = 53
_SECONDS = 3.0
_LONGEST_CHAIN = 4  # of zones that hand a name on to other servers


class AuthoritativeServers:
    """See `ports.dns.Authority`.

    `resolver` finds the servers and their addresses. `fallback` (`host:port`) is the resolver that was named for this
    network: servers on loopback, such as the sandbox's, are on its port. It is asked in place of servers whose names do
    not resolve: it knows what they would answer. `seconds` is how long one server is waited for.
    """

    def __init__(
        self, resolver: Resolver, fallback: str | None, port: int = _DNS_PORT, seconds: float = _SECONDS
    ) -> None:
        self._resolver = resolver
        self._fallback = fallback
        self._port = port
        self._seconds = seconds
        self._addresses: dict[str, str] = {}

    def zone_of(self, name: str) -> PublicZone | Absent | Unreachable:
        """Look for NS records from the name upwards; a top-level domain does not count."""
        labels = name.split(".")
        for cut in range(len(labels) - 1):
            match self._resolver.lookup(".".join(labels[cut:]), "NS"):
                case Found(values):
                    return PublicZone(".".join(labels[cut:]), values)
                case Unreachable() as unknown:
                    return unknown
        return Absent(nxdomain=True)

    def delegation(self, zone: str) -> DnsAnswer:
        """Ask the parent's servers, the next one when one does not answer."""
        answer: DnsAnswer = Unreachable("no name server of the parent zone is known")
        for place in self._places(self._parent_servers(zone)):
            answer = self._delegation_at(place, zone)
            if not isinstance(answer, Unreachable):
                return answer
        return answer

    def lookup(self, zone: PublicZone, name: str, rtype: str) -> Mapping[str, DnsAnswer]:
        """Ask every server of the zone; a name that the zone hands on is asked where it was handed to."""
        return self._lookup(zone.name_servers, name, rtype, _LONGEST_CHAIN)

    def _lookup(self, servers: Sequence[str], name: str, rtype: str, left: int) -> Mapping[str, DnsAnswer]:
        answers: dict[str, DnsAnswer] = {}
        for server, address, port in self._places(servers):
            reply = _ask(address, port, name, rtype, self._seconds)
            referred = () if isinstance(reply, Unreachable) else _referral(reply, name)
            if referred and left:
                return self._lookup(referred, name, rtype, left - 1)
            answers[server] = reply if isinstance(reply, Unreachable) else self._answer(reply, rtype)
        return answers or {"(none)": Unreachable(f"no address of {', '.join(servers) or 'a name server'} is known")}

    def _answer(self, reply: Message, rtype: str) -> DnsAnswer:
        """Read an answer; where an alias leads out of it, the resolver follows."""
        import dns.rcode  # noqa: PLC0415 - dnspython is slow to load
        import dns.rdatatype  # noqa: PLC0415 - dnspython is slow to load

        if reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            return Unreachable(f"it answered {dns.rcode.to_text(reply.rcode())}")
        wanted = dns.rdatatype.from_text(rtype)
        for rrset in reply.answer:
            if rrset.rdtype == wanted:
                return Found(tuple(_text(item, rtype) for item in rrset))
        targets = [_text(rrset[0], "CNAME") for rrset in reply.answer if rrset.rdtype == dns.rdatatype.CNAME]
        if targets:
            return self._resolver.lookup(targets[-1], rtype)
        return Absent(nxdomain=reply.rcode() == dns.rcode.NXDOMAIN)

    def _delegation_at(self, place: tuple[str, str, int], zone: str) -> DnsAnswer:
        reply = _ask(place[1], place[2], zone, "NS", self._seconds)
        if isinstance(reply, Unreachable):
            return reply
        for rrset in [*reply.answer, *reply.authority]:
            if _is_ns(rrset) and _bare(rrset.name) == zone:
                return Found(tuple(_text(item, "NS") for item in rrset))
        return self._answer(reply, "NS")

    def _parent_servers(self, zone: str) -> Sequence[str]:
        labels = zone.split(".")
        for cut in range(1, len(labels)):
            match self._resolver.lookup(".".join(labels[cut:]), "NS"):
                case Found(values):
                    return values
        return ()

    def _places(self, servers: Sequence[str]) -> Iterator[tuple[str, str, int]]:
        """Return name, address and port of each server; the fallback alone when none of the names resolves."""
        found = [(server, address) for server in servers if (address := self._address(server))]
        places = [(server, address, self._port_at(address)) for server, address in found]
        if not places and self._fallback:
            host, port = _parse_server(self._fallback)
            places = [(self._fallback, host, port)]
        return iter(places)

    def _port_at(self, address: str) -> int:
        on_loopback = self._fallback and ipaddress.ip_address(address).is_loopback
        return _parse_server(self._fallback)[1] if self._fallback and on_loopback else self._port

    def _address(self, server: str) -> str | None:
        for rtype in ("A", "AAAA"):
            if server in self._addresses:
                break
            match self._resolver.lookup(server, rtype):
                case Found(values):
                    self._addresses[server] = values[0]
        return self._addresses.get(server)


def _ask(address: str, port: int, name: str, rtype: str, seconds: float) -> Message | Unreachable:
    import dns.exception  # noqa: PLC0415 - dnspython is slow to load
    import dns.flags  # noqa: PLC0415 - dnspython is slow to load
    import dns.message  # noqa: PLC0415 - dnspython is slow to load
    import dns.query  # noqa: PLC0415 - dnspython is slow to load

    # Recursion is left on: name servers ignore the wish, and a fallback that is a resolver needs it.
    query = dns.message.make_query(f"{name}.", rtype)
    try:
        reply, _ = dns.query.udp_with_fallback(query, address, timeout=seconds, port=port)
    except (dns.exception.DNSException, OSError, EOFError) as error:  # the last: it hung up
        return Unreachable(f"{address}: {error or type(error).__name__}")
    return reply


def _referral(reply: Message, name: str) -> tuple[str, ...]:
    """Return the servers that the name was handed on to, none when the reply is an answer."""
    import dns.flags  # noqa: PLC0415 - dnspython is slow to load

    if reply.answer or reply.flags & dns.flags.AA:
        return ()
    for rrset in reply.authority:
        if _is_ns(rrset) and f".{name}".endswith(f".{_bare(rrset.name)}"):
            return tuple(_text(item, "NS") for item in rrset)
    return ()


def _is_ns(rrset: RRset) -> bool:
    import dns.rdatatype  # noqa: PLC0415 - dnspython is slow to load

    return rrset.rdtype == dns.rdatatype.NS


def _bare(name: object) -> str:
    return str(name).rstrip(".").lower()


def _text(item: object, rtype: str) -> str:
    if rtype == "TXT":
        from dns.rdtypes.ANY.TXT import TXT  # noqa: PLC0415 - dnspython is slow to load

        return b"".join(cast("TXT", item).strings).decode("utf-8", "replace")
    return _bare(item)


def _parse_server(server: str) -> tuple[str, int]:
    host, _, port = server.rpartition(":")
    if not host or not port.isdigit():
        message = f"PROVISIONER_DNS_SERVER={server} is not host:port"
        raise InputError("invalid_dns_server", message, "write it as 192.0.2.53:53")
    return host.strip("[]"), int(port)
