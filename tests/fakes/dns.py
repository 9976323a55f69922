"""DNS in memory: `FakeResolver().answers(name, "TXT", "...").times_out(other, "MX")`."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, PublicZone, Unreachable
from provisioner.core.dns.questions import NOERROR, NXDOMAIN, Question, Reply, RrSet, Silent


class FakeResolver:
    """Knows what it was told; every other name does not exist."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], DnsAnswer] = {}

    def answers(self, name: str, rtype: str, *values: str) -> FakeResolver:
        self._answers[name, rtype] = Found(values)
        return self

    def times_out(self, name: str, rtype: str) -> FakeResolver:
        self._answers[name, rtype] = Unreachable("timed out")
        return self

    def lookup(self, name: str, rtype: str) -> DnsAnswer:
        exists = any(known == name and isinstance(found, Found) for (known, _), found in self._answers.items())
        return self._answers.get((name, rtype), Absent(nxdomain=not exists))


class FakeAuthority:
    """Name servers that hold what the resolver answers, until they are told otherwise."""

    def __init__(self, resolver: FakeResolver) -> None:
        self._resolver = resolver
        self._delegations: dict[str, DnsAnswer] = {}
        self._at: dict[tuple[str, str, str], DnsAnswer] = {}
        self.asked: list[tuple[str, str, str]] = []

    def delegates(self, zone: str, *servers: str) -> FakeAuthority:
        self._delegations[zone] = Found(servers) if servers else Absent(nxdomain=True)
        return self

    def answers(self, server: str, name: str, rtype: str, *values: str) -> FakeAuthority:
        self._at[server, name, rtype] = Found(values) if values else Absent(nxdomain=True)
        return self

    def times_out(self, server: str, name: str, rtype: str) -> FakeAuthority:
        self._at[server, name, rtype] = Unreachable("timed out")
        return self

    def zone_of(self, name: str) -> PublicZone | Absent | Unreachable:
        labels = name.split(".")
        for above in (".".join(labels[cut:]) for cut in range(len(labels) - 1)):
            match self._resolver.lookup(above, "NS"):
                case Found(values):
                    return PublicZone(above, values)
                case Unreachable() as unknown:
                    return unknown
        return Absent(nxdomain=True)

    def delegation(self, zone: str) -> DnsAnswer:
        return self._delegations.get(zone) or self._resolver.lookup(zone, "NS")

    def lookup(self, zone: PublicZone, name: str, rtype: str) -> Mapping[str, DnsAnswer]:
        self.asked += [(server, name, rtype) for server in zone.name_servers]
        found = self._resolver.lookup(name, rtype)
        return {server: self._at.get((server, name, rtype), found) for server in zone.name_servers}


class FakeQuestions:
    """Single servers and the resolver, which say what the resolver and the name servers in memory say."""

    def __init__(self, resolver: FakeResolver, authority: FakeAuthority) -> None:
        self._resolver = resolver
        self._authority = authority
        self._replies: dict[Question, Reply | Silent] = {}

    def replies(self, question: Question, reply: Reply | Silent) -> FakeQuestions:
        """Let a question have this reply, whatever else is known."""
        self._replies[question] = reply
        return self

    def put(self, question: Question) -> Reply | Silent:
        return self._replies.get(question) or self._reply(question)

    def _reply(self, question: Question) -> Reply | Silent:
        name, rtype = question.name, question.type
        if rtype == "NS" and "." not in name:
            return Reply(NOERROR, authoritative=False, answer=(RrSet(name, "NS", 300, (_of_registry(name),)),))
        if question.server == _of_registry(name.rpartition(".")[2]):
            return _referral(name, self._authority.delegation(name))
        if question.server and rtype == "SOA" and isinstance(self._authority.delegation(name), Found):
            soa = RrSet(name, "SOA", 900, (f"{question.server} hostmaster.{name} 1 7200 900 1209600 300",))
            return self._authority_says(question) or Reply(NOERROR, authoritative=True, answer=(soa,))
        return self._held(question)

    def _authority_says(self, question: Question) -> Silent | None:
        said = self._authority.lookup(PublicZone("", (question.server,)), question.name, "SOA")[question.server]
        return Silent(said.reason) if isinstance(said, Unreachable) else None

    def _held(self, question: Question) -> Reply | Silent:
        name, rtype = question.name, question.type
        zone = PublicZone("", (question.server,))
        of_server = self._authority.lookup(zone, name, rtype)[question.server] if question.server else None
        match of_server or self._resolver.lookup(name, rtype):
            case Found(values):
                strings = tuple((value,) for value in values) if rtype == "TXT" else ()
                alias = self._resolver.lookup(name, "CNAME") if rtype != "CNAME" else Absent(nxdomain=False)
                chain = (RrSet(name, "CNAME", 300, alias.values),) if isinstance(alias, Found) else ()
                owner = alias.values[0] if isinstance(alias, Found) else name  # what is behind it has another name
                return Reply(NOERROR, bool(question.server), (*chain, RrSet(owner, rtype, 300, values, strings)))
            case Absent(nxdomain):
                return Reply(NXDOMAIN if nxdomain else NOERROR, bool(question.server))
            case Unreachable(reason):
                return Silent(reason)


def _of_registry(top: str) -> str:
    return f"a.nic.{top}"


def _referral(name: str, delegation: DnsAnswer) -> Reply | Silent:
    match delegation:
        case Found(values):
            return Reply(NOERROR, authoritative=False, authority=(RrSet(name, "NS", 300, values),))
        case Absent(nxdomain):
            return Reply(NXDOMAIN if nxdomain else NOERROR, authoritative=True)
        case Unreachable(reason):
            return Silent(reason)
