"""Public DNS as far as it was asked: answers that are there at once, and the questions that are still open.

A check is pure over it: it asks, and where nobody has asked before it is told that nothing is known yet (`NOT_YET`,
`OPEN`) and its question is noted. Who runs the checks looks up what was noted and runs them again, until nothing is
open. What a check says while a question of its own is open, nobody hears.

Three views: `ask` is the resolver, with its caches; `at` and `put` are one server; and `zone_of`, `holds`, `per_server`
and `replies` are the servers that the public is sent to, found from the top-level domain downwards as resolvers do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, PublicZone, Unreachable
from provisioner.core.dns.questions import NOERROR, NXDOMAIN, Question, Reply, Silent

NOT_YET = Silent("it was not asked yet")
OPEN = Unreachable(NOT_YET.reason)
_OF_PARENT = 2  # servers of the zone above that are asked where it refers to
_LONGEST_CHAIN = 4  # of zones that hand a name on to other servers


class PublicDns:
    """Answers by question; `open` are the questions that were asked and have no answer yet.

    `unanswered` counts how often somebody was told so.
    """

    def __init__(self, known: Mapping[Question, Reply | Silent]) -> None:
        self._known = known
        self._zones: dict[str, PublicZone | Absent | Unreachable] = {}
        self._replies: dict[tuple[str, str], Mapping[str, Reply | Silent]] = {}  # worked out once; nothing new comes
        self.open: dict[Question, None] = {}  # in the order of asking
        self.unanswered = 0

    def put(self, question: Question) -> Reply | Silent:
        """Return what came back, `NOT_YET` where nobody has asked."""
        if question not in self._known:
            self.open[question] = None
            self.unanswered += 1
            return NOT_YET
        return self._known[question]

    def at(self, server: str, name: str, rtype: str) -> Reply | Silent:
        """Return what one name server says."""
        return self.put(Question(_plain(name), rtype, server))

    def ask(self, name: str, rtype: str) -> DnsAnswer:
        """Return what the resolver says, aliases followed."""
        return answer_of(self.put(Question(_plain(name), rtype)), rtype)

    def zone_of(self, name: str) -> PublicZone | Absent | Unreachable:
        """Return the zone that holds a name, with the servers that the zone above it refers to.

        `Absent` where there is none below a top-level domain. A label with an underscore begins no zone here: where one
        is delegated, that is `handed_on`.
        """
        zone = self._deepest(_host_part(name))
        return Absent(nxdomain=True) if isinstance(zone, PublicZone) and "." not in zone.name else zone

    def delegation(self, zone: str) -> DnsAnswer:
        """Return the name servers of a zone as the zone above it hands them out."""
        match self._deepest(_plain(zone).partition(".")[2]):
            case Unreachable() as unknown:
                return unknown
            case above:
                return self._referred(above, _plain(zone))

    def holds(self, name: str, rtype: str) -> DnsAnswer:
        """Return what most of the servers of the name's zone say, aliases followed; an `Ask`.

        The resolver is asked where no zone holds the name, and where none of its servers speaks with us.
        """
        zone, answers = self.zone_of(name), [*self.per_server(name, rtype).values()]
        if isinstance(zone, Unreachable):
            return zone
        if OPEN in answers:
            return OPEN
        known = [answer for answer in answers if not isinstance(answer, Unreachable)]
        return _most(known) if known else self.ask(name, rtype)

    def per_server(self, name: str, rtype: str) -> Mapping[str, DnsAnswer]:
        """Return server -> answer, aliases followed; without any server where no zone holds the name.

        A server that does not know the zone says nothing about it: its answer is `Unreachable`.
        """
        return {server: self.read(reply, rtype) for server, reply in self.replies(name, rtype).items()}

    def replies(self, name: str, rtype: str) -> Mapping[str, Reply | Silent]:
        """Return server -> reply; a name that all of them hand on is asked where it was handed to."""
        known = self._replies.get((name, rtype))
        if known is None:
            known = self._replied(name, rtype)
            if known and NOT_YET not in known.values():  # whoever asks while that is open has to hear of it
                self._replies[name, rtype] = known
        return known

    def _replied(self, name: str, rtype: str) -> Mapping[str, Reply | Silent]:
        zone = self.zone_of(name)
        if not isinstance(zone, PublicZone):
            return {}
        replies = self._at_all(zone.name_servers, name, rtype)
        for _ in range(_LONGEST_CHAIN):
            referred = _all_refer(replies, zone, _plain(name))
            if referred is None:
                break
            zone, replies = referred, self._at_all(referred.name_servers, name, rtype)
        return replies

    def handed_on(self, name: str, rtype: str) -> PublicZone | None:
        """Return the zone below that of the name to which the servers hand it on, None where they keep it."""
        zone = self.zone_of(name)
        if not isinstance(zone, PublicZone):
            return None
        return _all_refer(self._at_all(zone.name_servers, name, rtype), zone, _plain(name))

    def read(self, reply: Reply | Silent, rtype: str) -> DnsAnswer:
        """Return what a name server's reply says; where an alias leads out of it, the resolver follows."""
        if isinstance(reply, Reply) and not reply.authoritative and reply.rcode in (NOERROR, NXDOMAIN):
            return Unreachable("it does not answer for the zone")
        if isinstance(reply, Reply) and reply.cut_off:
            return Unreachable("its answer does not fit into UDP, and it does not answer by TCP")
        answer = answer_of(reply, rtype)
        if isinstance(answer, Absent) and isinstance(reply, Reply) and rtype != "CNAME":
            targets = [one.values[0] for one in reply.answer if one.type == "CNAME"]
            return self.ask(targets[-1], rtype) if targets else answer
        return answer

    def _at_all(self, servers: Sequence[str], name: str, rtype: str) -> Mapping[str, Reply | Silent]:
        return {server: self.at(server, name, rtype) for server in servers}

    def _deepest(self, name: str) -> PublicZone | Absent | Unreachable:
        """Return the deepest zone at or above a name, top-level domains too."""
        if not name:
            return Absent(nxdomain=True)
        known = self._zones.get(name)
        if known is None:
            known = self._below(self._deepest(name.partition(".")[2]), name)
            if known != OPEN:  # whoever asks while that is open has to hear of it
                self._zones[name] = known
        return known

    def _below(self, above: PublicZone | Absent | Unreachable, name: str) -> PublicZone | Absent | Unreachable:
        if isinstance(above, Unreachable):
            return above
        match self._referred(above, name):
            case Found(servers):
                return PublicZone(name, tuple(sorted(map(_plain, servers))))
            case Unreachable() as unknown if unknown == OPEN or "." in name:
                return unknown
            case _:
                return above

    def _referred(self, above: PublicZone | Absent, name: str) -> DnsAnswer:
        """Ask where a zone refers for a name; the resolver says it where there is none, or none of it speaks."""
        if isinstance(above, PublicZone):
            answers = [_referral(self.at(server, name, "NS"), name) for server in above.name_servers[:_OF_PARENT]]
            for answer in answers:
                if answer == OPEN or not isinstance(answer, Unreachable):
                    return answer
        return self.ask(name, "NS")


def answer_of(reply: Reply | Silent, rtype: str) -> DnsAnswer:
    """Read a reply as the answer to a question for this type; an alias in it leads on to what stands behind."""
    if isinstance(reply, Silent):
        return Unreachable(reply.reason)
    if reply.rcode not in (NOERROR, NXDOMAIN):
        return Unreachable(f"it answered {reply.rcode}")
    found = next((one for one in reply.answer if one.type == rtype), None)
    if found is not None:
        return Found(found.values)
    return Absent(nxdomain=reply.rcode == NXDOMAIN)


def _referral(reply: Reply | Silent, name: str) -> DnsAnswer:
    """Read the reply of a server of the zone above to a question for the NS records of a name."""
    answer = answer_of(reply, "NS")
    if isinstance(reply, Reply) and not isinstance(answer, Unreachable):
        sets = (*reply.answer, *reply.authority)
        found = next((one for one in sets if (one.name, one.type) == (name, "NS")), None)
        return Absent(nxdomain=reply.rcode == NXDOMAIN) if found is None else Found(found.values)
    return answer


def _all_refer(replies: Mapping[str, Reply | Silent], zone: PublicZone, name: str) -> PublicZone | None:
    """Return where the servers of a zone hand a name on to, None when one of them answers for it itself."""
    spoken = [reply for reply in replies.values() if isinstance(reply, Reply)]
    referrals = [one for reply in spoken if (one := _handed_to(reply, zone, name))]
    return referrals[0] if referrals and not any(reply.authoritative for reply in spoken) else None


def _handed_to(reply: Reply, zone: PublicZone, name: str) -> PublicZone | None:
    for one in reply.authority:
        if one.type == "NS" and one.name.endswith(f".{zone.name}") and f".{name}".endswith(f".{one.name}"):
            return PublicZone(one.name, tuple(sorted(map(_plain, one.values))))
    return None


def _most(answers: Sequence[Found | Absent]) -> DnsAnswer:
    """Return what most say, of as many the first; neither order nor spelling of NXDOMAIN and NODATA counts."""
    said = Counter(_set_of(answer) for answer in answers)
    return max(answers, key=lambda answer: said[_set_of(answer)])


def _set_of(answer: Found | Absent) -> frozenset[str]:
    return frozenset(answer.values) if isinstance(answer, Found) else frozenset()


def _host_part(name: str) -> str:
    labels = _plain(name).split(".")
    last = max((place for place, label in enumerate(labels) if label.startswith("_")), default=-1)
    return ".".join(labels[last + 1 :])


def _plain(name: str) -> str:
    return name.lower().rstrip(".")
