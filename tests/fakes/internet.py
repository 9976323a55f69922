"""Zones on name servers of their own, in memory: what each server says, and what a resolver makes of it.

`FakeInternet().zone("example.com", {("example.com", "MX"): ["10 mx.example.com"]}).silent("ns1.example.net")`
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from provisioner.core.dns.public_dns import PublicDns
from provisioner.core.dns.questions import NOERROR, NXDOMAIN, REFUSED, SERVFAIL, Question, Reply, RrSet, Silent

T = TypeVar("T")
Key = tuple[str, str]
SERVERS = ("ns1.host.net", "ns2.host.net", "ns3.host.net", "ns4.host.net")
SOA = "ns1.host.net hostmaster.host.net 1 7200 900 1209600 86400"
TTL = 300


class FakeInternet:
    """Every zone is delegated to its servers until it is told otherwise; nothing else exists."""

    def __init__(self) -> None:
        self._zones: dict[str, dict[Key, list[str]]] = {}
        self._servers: dict[str, tuple[str, ...]] = {}
        self._delegated: dict[str, tuple[str, ...]] = {}
        self._behaviours: dict[str, str] = {}
        self._other: dict[tuple[str, str, str], list[str]] = {}
        self._resolver: dict[Key, Reply | Silent] = {}
        self._unchecked: dict[Key, tuple[str, ...]] = {}
        self._lies: dict[str, tuple[str, ...]] = {}
        self._failing: set[Key] = set()
        self._far: set[str] = set()
        self.ttls: dict[Key, int] = {}
        self.bogus: set[str] = set()
        self.asked: list[Question] = []

    def zone(
        self, name: str, records: Mapping[Key, Sequence[str]] | None = None, servers: Sequence[str] = SERVERS
    ) -> FakeInternet:
        own: dict[Key, list[str]] = {(name, "SOA"): [SOA], (name, "NS"): list(servers)}
        self._zones[name] = own | {key: list(values) for key, values in (records or {}).items()}
        self._servers[name] = self._delegated[name] = tuple(servers)
        if "." in name and (top := name.rpartition(".")[2]) not in self._zones:
            self.zone(top, servers=(f"a.nic.{top}", f"b.nic.{top}"))
        return self

    def delegates(self, zone: str, *servers: str) -> FakeInternet:
        """Let the zone above refer to these servers; nobody refers to the zone without any."""
        self._delegated[zone] = servers
        return self

    def puts(self, name: str, rtype: str, *values: str) -> FakeInternet:
        self._zones[self._zone_for(name) or ""][name, rtype] = list(values)
        return self

    def drops(self, name: str, *rtypes: str) -> FakeInternet:
        for rtype in rtypes:
            del self._zones[self._zone_for(name) or ""][name, rtype]
        return self

    def says(self, server: str, name: str, rtype: str, *values: str) -> FakeInternet:
        """Let one server have other records there than the rest."""
        self._other[server, name, rtype] = list(values)
        return self

    def silent(self, *servers: str) -> FakeInternet:
        return self._behaves("silent", servers)

    def refuses(self, *servers: str) -> FakeInternet:
        return self._behaves("refuses", servers)

    def knows_nothing(self, *servers: str) -> FakeInternet:
        """Answer without authority, as a server does that was never told of the zone."""
        return self._behaves("no-aa", servers)

    def without_tcp(self, *servers: str) -> FakeInternet:
        return self._behaves("no-tcp", servers)

    def resolver(self, name: str, rtype: str, *values: str) -> FakeInternet:
        """Let the resolver say something of its own; that there is nothing without values."""
        sets = (RrSet(name, rtype, TTL, values),) if values else ()
        self._resolver[name, rtype] = Reply(NOERROR if values else NXDOMAIN, authoritative=False, answer=sets)
        return self

    def resolver_unchecked(self, name: str, rtype: str, *values: str) -> FakeInternet:
        """Let the resolver hand this out where DNSSEC is not to be checked."""
        self._unchecked[name, rtype] = values
        return self

    def resolver_lies(self, rtype: str, *values: str) -> FakeInternet:
        """Let the resolver make this up of every name that does not exist."""
        self._lies[rtype] = values
        return self

    def fails_for(self, name: str, rtype: str) -> FakeInternet:
        """Let nobody have more than SERVFAIL for one question."""
        self._failing.add((name, rtype))
        return self

    def unreachable_here(self, *servers: str) -> FakeInternet:
        """Let servers be silent for us, while the resolver gets answers."""
        self._far |= set(servers)
        return self

    def resolver_silent(self) -> FakeInternet:
        return self._behaves("silent", ("",))

    def put(self, question: Question) -> Reply | Silent:
        self.asked.append(question)
        behaviour = self._behaviours.get(question.server)
        if (question.name, question.type) in self._failing:
            return Reply(SERVFAIL, authoritative=False)
        if behaviour == "silent" or question.server in self._far:
            return Silent(f"{question.server or 'the resolver'}: timed out")
        if not question.server:
            return self._resolved(question)
        if behaviour == "refuses":
            return Reply(REFUSED, authoritative=False)
        if behaviour == "no-aa":
            return Reply(NOERROR, authoritative=False)
        return self._said(question.server, question.name, question.type, cut_off=behaviour == "no-tcp")

    def _behaves(self, behaviour: str, servers: Sequence[str]) -> FakeInternet:
        self._behaviours |= dict.fromkeys(servers, behaviour)
        return self

    def _resolved(self, question: Question) -> Reply | Silent:
        name, rtype = question.name, question.type
        told = self._resolver.get((name, rtype))
        if told is not None:
            return told
        if question.checking_disabled and (values := self._unchecked.get((name, rtype))):
            return Reply(NOERROR, authoritative=False, answer=(RrSet(name, rtype, TTL, values),))
        if self._is_bogus(name) and not question.checking_disabled:
            return Reply(SERVFAIL, authoritative=False)
        chain: tuple[RrSet, ...] = ()
        for _ in range(8):
            reply = self._found(name, rtype)
            chain += reply.answer
            if reply.rcode == NXDOMAIN and rtype in self._lies:
                return Reply(NOERROR, authoritative=False, answer=(RrSet(name, rtype, TTL, self._lies[rtype]),))
            aliases = [one for one in reply.answer if one.type == "CNAME"]
            if not aliases or rtype == "CNAME" or any(one.type == rtype for one in reply.answer):
                return Reply(reply.rcode, authoritative=False, answer=chain, authority=reply.authority)
            name = aliases[-1].values[0]
        return Reply(SERVFAIL, authoritative=False)

    def _found(self, name: str, rtype: str) -> Reply:
        zone = next((one for one in _upwards(name) if self._is_reached(one)), None)
        if zone is None:
            return Reply(NXDOMAIN, authoritative=False)
        servers = self._delegated[zone]
        for server in servers:
            if self._behaviours.get(server) in (None, "no-tcp") and server in self._servers.get(zone, ()):
                return self._said(server, name, rtype)
        return Reply(SERVFAIL, authoritative=False)

    def _is_reached(self, zone: str) -> bool:
        return bool(self._delegated.get(zone))

    def _is_bogus(self, name: str) -> bool:
        return any(one in self.bogus for one in _upwards(name))

    def _said(self, server: str, name: str, rtype: str, *, cut_off: bool = False) -> Reply:
        zone = next((one for one in _upwards(name) if server in self._servers.get(one, ())), None)
        if zone is None:
            return Reply(REFUSED, authoritative=False)
        for cut in self._cuts(zone, name):
            if not (cut == name and rtype == "DS"):
                ns = RrSet(cut, "NS", TTL, self._delegated.get(cut) or tuple(self._zones[zone][cut, "NS"]))
                return Reply(NOERROR, authoritative=False, authority=(ns,))
        return self._answer(server, zone, name, rtype, cut_off=cut_off)

    def _cuts(self, zone: str, name: str) -> Iterator[str]:
        below = [one for one in reversed(list(_upwards(name))) if one.endswith(f".{zone}")]
        yield from (one for one in below if (one, "NS") in self._zones[zone] or self._delegated.get(one))

    def _answer(self, server: str, zone: str, name: str, rtype: str, *, cut_off: bool) -> Reply:
        for above in list(_upwards(name))[1:]:
            if target := self._zones[zone].get((above, "DNAME")):
                alias = f"{name.removesuffix(above)}{target[0]}"
                sets = (RrSet(above, "DNAME", TTL, tuple(target)), RrSet(name, "CNAME", TTL, (alias,)))
                return Reply(NOERROR, authoritative=True, answer=sets)
        owner = self._source(server, zone, name)
        sets = [self._set(server, zone, name, owner, kind) for kind in dict.fromkeys((rtype, "CNAME"))]
        answer = tuple(one for one in sets if one.values)[:1]  # a CNAME beside data: against the rules, but there are
        exists = owner in {known for known, _ in self._zones[zone]} or owner == zone
        exists = exists or any(known.endswith(f".{owner}") for known, _ in self._zones[zone])
        soa = () if answer else (self._set(server, zone, zone, zone, "SOA"),)
        rcode = NOERROR if answer or exists else NXDOMAIN
        return Reply(
            rcode, authoritative=True, answer=answer, authority=soa, cut_off=cut_off and _octets(answer) > 1232
        )

    def _source(self, server: str, zone: str, name: str) -> str:
        """Return whose records answer for a name: its own, or those of a wildcard above it."""
        own = {known for known, _ in self._zones[zone]} | {one for at, one, _ in self._other if at == server}
        for above in _upwards(name):
            if above in own or any(known.endswith(f".{above}") for known in own):
                return name if above == name or f"*.{above}" not in own else f"*.{above}"
        return name

    def _set(self, server: str, zone: str, name: str, owner: str, rtype: str) -> RrSet:
        values = self._other.get((server, owner, rtype), self._zones[zone].get((owner, rtype), []))
        strings = tuple((value,) for value in values) if rtype == "TXT" else ()
        return RrSet(name, rtype, self.ttls.get((owner, rtype), TTL), tuple(values), strings)

    def _zone_for(self, name: str) -> str | None:
        return next((one for one in _upwards(name) if one in self._zones), None)


def settled(internet: FakeInternet, look: Callable[[PublicDns], T]) -> T:
    """Return what is seen once every question that the look leads to is answered."""
    known: dict[Question, Reply | Silent] = {}
    for _ in range(40):
        dns = PublicDns(known)
        seen = look(dns)
        if not dns.open:
            return seen
        known |= {question: internet.put(question) for question in dns.open}
    raise AssertionError(f"there is no end to the questions: {list(dns.open)[:5]}")


def _upwards(name: str) -> Iterator[str]:
    labels = name.split(".")
    return (".".join(labels[place:]) for place in range(len(labels)))


def _octets(sets: Sequence[RrSet]) -> int:
    return sum(len(value) + 12 for one in sets for value in one.values)
