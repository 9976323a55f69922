"""How a check sees DNS: through the resolver, or through each of the servers of a zone that is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from provisioner.core.dns.answers import DnsAnswer, Found, PublicZone, Unreachable
from provisioner.core.dns.ask import Ask
from provisioner.core.findings import Finding, Severity
from provisioner.ports.edges import Edges

Judge = Callable[[DnsAnswer, Ask], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class DnsView:
    """What is asked: the resolver, or, for an external `zone`, the zone's own servers."""

    edges: Edges
    zone: PublicZone | None

    @property
    def place(self) -> str:
        """Where answers come from, in the user's words."""
        return f"the name servers of {self.zone.name}" if self.zone else "the resolver"

    def answers(self, name: str, rtype: str) -> Mapping[str, DnsAnswer]:
        """Return server -> answer."""
        if self.zone is None or not f".{name}".endswith(f".{self.zone.name}"):
            return {"the resolver": _in_order(self.edges.resolver.lookup(name, rtype))}
        answers = self.edges.authority.lookup(self.zone, name, rtype)
        return {server: _in_order(answer) for server, answer in answers.items()}

    def one(self, name: str, rtype: str) -> DnsAnswer:
        """Return the answer of the first server that has one."""
        answers = list(self.answers(name, rtype).values())
        return next((answer for answer in answers if not isinstance(answer, Unreachable)), answers[0])

    def judged(self, name: str, rtype: str, ask: Ask, judge: Judge) -> Iterator[Finding]:
        """Judge what each server answers, and say it once: where they differ the worst, with the servers named.

        `judge` is given an answer, and what has that answer for this question and asks `ask` all others.
        """
        answers = self.answers(name, rtype)
        alive = {server: answer for server, answer in answers.items() if not isinstance(answer, Unreachable)}
        heard = alive or answers
        different = dict.fromkeys(heard.values())
        verdicts = {answer: judge(answer, _with(ask, (name, rtype), answer)) for answer in different}
        worst = max(verdicts.values(), key=_severity)
        servers = [server for server, answer in heard.items() if verdicts[answer] == worst]
        yield from worst if len(servers) == len(heard) else _at_some(worst, servers, len(heard))
        if alive and (silent := sorted(answers.keys() - alive.keys())):
            yield _silent(f"{rtype} {name}", silent, len(alive))


def _in_order(answer: DnsAnswer) -> DnsAnswer:
    """Return the answer with its values in one order; servers turn them round."""
    return Found(tuple(sorted(answer.values))) if isinstance(answer, Found) else answer


def _with(ask: Ask, question: tuple[str, str], answer: DnsAnswer) -> Ask:
    return lambda name, rtype: answer if (name, rtype) == question else ask(name, rtype)


def _severity(findings: Sequence[Finding]) -> int:
    return max((list(Severity).index(finding.severity) for finding in findings), default=0)


def _at_some(findings: Sequence[Finding], servers: Sequence[str], total: int) -> Iterator[Finding]:
    remedy = "wait until the DNS host has brought all of them up to date; if it stays so, ask the host"
    for finding in findings:
        message = f"at {len(servers)} of {total} name servers ({', '.join(servers)}): {finding.message}"
        evidence = {**finding.evidence, "servers": list(servers)}
        yield replace(finding, message=message, remedy=remedy, evidence=evidence)


def _silent(subject: str, servers: Sequence[str], others: int) -> Finding:
    message = f"{', '.join(servers)} did not answer, {others} others did"
    evidence = {"silent": list(servers)}
    return Finding("dns.silent_server", Severity.WARNING, subject, message, "ask the DNS host", evidence=evidence)
