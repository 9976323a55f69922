"""A zone's own name servers, asked one by one with dnspython: what they hold, not what a cache remembers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from provisioner.adapters.dns.exchange import Place, put
from provisioner.adapters.dns.places import DNS_PORT, NameServers
from provisioner.core.dns.answers import Absent, DnsAnswer, Found, PublicZone, Unreachable
from provisioner.core.dns.public_dns import answer_of
from provisioner.core.dns.questions import Question, Reply, RrSet, Silent
from provisioner.ports.dns import Resolver

_SECONDS = 3.0
_LONGEST_CHAIN = 4  # of zones that hand a name on to other servers


class AuthoritativeServers:
    """See `ports.dns.Authority`.

    `resolver` finds the servers and their addresses. `fallback` (`host:port`) is the resolver that was named for this
    network: servers on loopback, such as the sandbox's, are on its port. It is asked in place of servers whose names do
    not resolve: it knows what they would answer. `seconds` is how long one server is waited for.
    """

    def __init__(
        self, resolver: Resolver, fallback: str | None, port: int = DNS_PORT, seconds: float = _SECONDS
    ) -> None:
        self._resolver = resolver
        self._hosts = NameServers(resolver, fallback, port)
        self._seconds = seconds

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
        for _, place in self._places(self._parent_servers(zone)):
            answer = self._delegation_at(place, zone)
            if not isinstance(answer, Unreachable):
                return answer
        return answer

    def lookup(self, zone: PublicZone, name: str, rtype: str) -> Mapping[str, DnsAnswer]:
        """Ask every server of the zone; a name that the zone hands on is asked where it was handed to."""
        return self._lookup(zone.name_servers, name, rtype, _LONGEST_CHAIN)

    def _lookup(self, servers: Sequence[str], name: str, rtype: str, left: int) -> Mapping[str, DnsAnswer]:
        answers: dict[str, DnsAnswer] = {}
        for server, place in self._places(servers):
            reply = self._put(place, name, rtype)
            referred = _referral(reply, name)
            if referred and left:
                return self._lookup(referred, name, rtype, left - 1)
            answers[server] = self._answer(reply, rtype)
        return answers or {"(none)": Unreachable(f"no address of {', '.join(servers) or 'a name server'} is known")}

    def _put(self, place: Place, name: str, rtype: str) -> Reply | Silent:
        reply = put(Question(name, rtype), place, self._seconds)
        if isinstance(reply, Reply) and reply.cut_off:
            return Silent(f"{place.address}: its answer does not fit into UDP, and it does not answer by TCP")
        return reply

    def _answer(self, reply: Reply | Silent, rtype: str) -> DnsAnswer:
        """Read an answer; where an alias leads out of it, the resolver follows."""
        answer = answer_of(reply, rtype)
        if isinstance(reply, Reply) and isinstance(answer, Absent):
            targets = [one.values[0] for one in reply.answer if one.type == "CNAME"]
            return self._resolver.lookup(targets[-1], rtype) if targets else answer
        return answer

    def _delegation_at(self, place: Place, zone: str) -> DnsAnswer:
        reply = self._put(place, zone, "NS")
        if isinstance(reply, Silent):
            return self._answer(reply, "NS")
        for one in (*reply.answer, *reply.authority):
            if (one.name, one.type) == (zone, "NS"):
                return Found(one.values)
        return self._answer(reply, "NS")

    def _parent_servers(self, zone: str) -> Sequence[str]:
        labels = zone.split(".")
        for cut in range(1, len(labels)):
            match self._resolver.lookup(".".join(labels[cut:]), "NS"):
                case Found(values):
                    return values
        return ()

    def _places(self, servers: Sequence[str]) -> Iterator[tuple[str, Place]]:
        """Return each server with its first address; the stand-in once when none of the names resolves."""
        found = [(server, places[0]) for server in servers if (places := self._hosts.places(server))]
        own = [(server, place) for server, place in found if not place.stand_in]
        if not own and (place := self._hosts.stand_in):
            own = [(f"{place.address}:{place.port}", place)]
        return iter(own)


def _referral(reply: Reply | Silent, name: str) -> tuple[str, ...]:
    """Return the servers that the name was handed on to, none when the reply is an answer."""
    if isinstance(reply, Silent) or reply.answer or reply.authoritative:
        return ()
    found = (one for one in reply.authority if _is_above(one, name))
    return next((one.values for one in found), ())


def _is_above(one: RrSet, name: str) -> bool:
    return one.type == "NS" and f".{name}".endswith(f".{one.name}")
