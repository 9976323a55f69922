"""Where name servers are asked: their addresses, by their names."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from threading import Lock

from provisioner.adapters.dns.exchange import Place
from provisioner.adapters.dns.resolver import parse_server
from provisioner.core.dns.answers import Found
from provisioner.ports.dns import Resolver

DNS_PORT = 53


class NameServers:
    """The addresses of hosts, each looked up once.

    `named` (`host:port`) is the resolver that was named for this network: servers on loopback, such as the sandbox's,
    are on its port, and it stands in for hosts whose names do not resolve, as it knows what they would answer. Raises
    `InputError("invalid_dns_server")` when it is none.
    """

    def __init__(self, resolver: Resolver, named: str | None, port: int = DNS_PORT) -> None:
        self._resolver = resolver
        self.stand_in = None if named is None else Place(*parse_server(named), stand_in=True)
        self._port = port
        self._known: dict[str, tuple[Place, ...]] = {}
        self._locks: dict[str, Lock] = {}

    def places(self, host: str) -> Sequence[Place]:
        """Return every address of a host, IPv4 first; of one that has none the stand-in, if there is one."""
        with self._locks.setdefault(host, Lock()):  # who asks for the same host at the same time waits for the answer
            if host not in self._known:
                if found := self._look_up(host):
                    self._known[host] = found
                else:
                    return () if self.stand_in is None else (self.stand_in,)
            return self._known[host]

    def _look_up(self, host: str) -> tuple[Place, ...]:
        answers = [self._resolver.lookup(host, rtype) for rtype in ("A", "AAAA")]
        found = [address for answer in answers if isinstance(answer, Found) for address in answer.values]
        return tuple(Place(address, self._port_at(address)) for address in found)

    def _port_at(self, address: str) -> int:
        named = self.stand_in
        return named.port if named and ipaddress.ip_address(address).is_loopback else self._port
