"""Questions to single name servers and to the resolver; see `ports.facts.Questions`."""

from __future__ import annotations

import time
from collections.abc import Sequence

from provisioner.adapters.dns.exchange import Place, put
from provisioner.adapters.dns.places import DNS_PORT, NameServers
from provisioner.adapters.dns.resolver import parse_server
from provisioner.core.dns.questions import REFUSED, SERVFAIL, Question, Reply, Silent
from provisioner.ports.dns import Resolver

_SECONDS = 3.0
_ATTEMPTS = 2
_PATIENCE = 30.0  # seconds for which an address that said nothing is not asked again


class DnsQuestions:
    """Name servers by their names, and the resolver; see `ports.facts.Questions`.

    `resolver` finds the addresses of name servers. `server` (`host:port`) is asked in place of the system's resolver,
    and in place of name servers whose names do not resolve; those on loopback, such as the sandbox's, are on its port.
    `seconds` is how long one attempt is waited for. An address that was silent through all attempts is left alone for
    half a minute.
    """

    def __init__(self, resolver: Resolver, server: str | None, port: int = DNS_PORT, seconds: float = _SECONDS) -> None:
        self._resolver = None if server is None else Place(*parse_server(server))
        self._hosts = NameServers(resolver, server, port)
        self._seconds = seconds
        self._silent: dict[Place, float] = {}  # since when, by the monotonic clock

    def put(self, question: Question) -> Reply | Silent:
        """Ask each address of the server in turn, all of them once more when none answers."""
        places = self._hosts.places(question.server) if question.server else self._resolvers()
        if not places:
            return Silent(f"no address of {question.server or 'a resolver'} is known")
        spoken = [place for place in places if not self._is_silent(place)]
        if not spoken:
            return Silent(f"{places[0].address}: it does not answer")
        return self._ask(question, spoken)

    def _ask(self, question: Question, places: Sequence[Place]) -> Reply | Silent:
        reply: Reply | Silent = Silent("nobody was asked")
        silent: list[Place] = []
        for place in [*places] * _ATTEMPTS:
            last, reply = reply, put(question, place, self._seconds)
            if isinstance(reply, Silent):
                silent.append(place)
                reply = last if isinstance(last, Reply) else reply
            elif question.server or reply.rcode not in (SERVFAIL, REFUSED) or place is places[-1]:
                return reply
        self._silent |= {place: time.monotonic() for place in places if silent.count(place) == _ATTEMPTS}
        return reply

    def _is_silent(self, place: Place) -> bool:
        since = self._silent.get(place)
        return since is not None and time.monotonic() - since < _PATIENCE

    def _resolvers(self) -> Sequence[Place]:
        if self._resolver is not None:
            return (self._resolver,)
        import dns.exception  # noqa: PLC0415 - dnspython is slow to load
        import dns.resolver  # noqa: PLC0415 - dnspython is slow to load

        try:
            known = dns.resolver.get_default_resolver().nameservers
        except dns.exception.DNSException:  # as on a machine without any
            return ()
        return [Place(str(address), DNS_PORT) for address in known]
