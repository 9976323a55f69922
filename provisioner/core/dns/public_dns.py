"""Public DNS as far as it was asked: answers that are there at once, and the questions that are still open.

A check is pure over it: it asks, and where nobody has asked before it is told `NOT_YET` and its question is noted. Who
runs the checks looks up what was noted and runs them again, until nothing is open.
"""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.core.dns.questions import NOERROR, NXDOMAIN, Question, Reply, Silent

NOT_YET = Silent("it was not asked yet")


class PublicDns:
    """Answers by question; `open` are the questions that were asked and have no answer yet."""

    def __init__(self, known: Mapping[Question, Reply | Silent]) -> None:
        self._known = known
        self.open: dict[Question, None] = {}  # in the order of asking

    def put(self, question: Question) -> Reply | Silent:
        """Return what came back, `NOT_YET` where nobody has asked."""
        if question not in self._known:
            self.open[question] = None
            return NOT_YET
        return self._known[question]

    def at(self, server: str, name: str, rtype: str) -> Reply | Silent:
        """Return what one name server says."""
        return self.put(Question(name.lower().rstrip("."), rtype, server))

    def ask(self, name: str, rtype: str) -> DnsAnswer:
        """Return what the resolver says, aliases followed."""
        return answer_of(self.put(Question(name.lower().rstrip("."), rtype)), rtype)


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
