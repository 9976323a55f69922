"""SPF at the domain itself: never an error, since mail through SES is judged at its MAIL FROM host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provisioner.core.dns.answers import Found, Unreachable
from provisioner.core.dns.ask import Ask, remembering
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.spf.diagnosis import quote
from provisioner.core.spf.evaluation import LOOKUP_LIMIT, VOID_LIMIT, Result, evaluate
from provisioner.core.spf.merge import INCLUDE, UDP_GUIDELINE
from provisioner.core.spf.published import BrokenSpf, NoSpf, SeveralSpf, spf_among
from provisioner.core.spf.senders import Somebody
from provisioner.core.spf.syntax import VERSION, SpfRecord, is_meant_as_spf, is_spf
from provisioner.core.spf.worst_case import LookupCount, count_lookups
from provisioner.core.values.domain import DomainName

_WHY = "mail through SES is judged at its MAIL FROM host, not here"
_BEGIN = "let it begin with `v=spf1` and a space, without quotes or blanks before it, or remove it"
_SHORTEN = "remove senders that are no longer used, or name their addresses by ip4 and ip6, which cost nothing"
_REPEAT = "check the network, PROVISIONER_DNS_SERVER and the name servers of these names, then repeat"


def apex(domain: DomainName, ask: Ask, *, wanted: bool = False, only_udp: bool = False) -> Iterator[Finding]:
    """Judge what stands at the domain itself, with all that it includes and redirects to.

    `wanted` says that a record of ours should stand there, `only_udp` that the zone's servers do not answer over TCP.
    """
    asked = remembering(ask)
    match asked(domain.ascii, "TXT"):
        case Unreachable(reason):
            yield _silent(domain, reason)
        case answer:
            texts = answer.values if isinstance(answer, Found) else ()
            yield from _Apex(domain, texts, asked, wanted, only_udp).findings()


def _silent(domain: DomainName, reason: str) -> Finding:
    message = f"nobody can say how SPF is at the domain itself: {reason}; {_WHY}"
    return Finding(NOT_RUN, Severity.WARNING, f"TXT {domain}", message, _REPEAT, evidence={"reason": reason})


@dataclass(frozen=True, slots=True)
class _Apex:
    domain: DomainName
    texts: Sequence[str]
    ask: Ask
    wanted: bool
    only_udp: bool

    def findings(self) -> Iterator[Finding]:
        match spf_among(tuple(self.texts), self.domain.ascii):
            case NoSpf():
                yield self._none()
            case SeveralSpf(_, number):
                problem = f"{number} SPF records stand here, receivers need exactly one and give up (permerror)"
                yield self._broken(problem, "join them into one record", "4.5")
            case BrokenSpf(problem, remedy):
                yield self._broken(problem, remedy, "12")
            case SpfRecord() as record:
                yield from self._of(record)

    def _finding(
        self, code: str, severity: Severity, message: str, remedy: str, section: str, **evidence: object
    ) -> Finding:
        known = {"expected": [f"include:{INCLUDE}"], "found": [text for text in self.texts if is_spf(text)]}
        why = f"RFC 7208 section {section}"
        subject = f"TXT {self.domain}"
        return Finding(f"spf.{code}", severity, subject, f"{message}; {_WHY}", remedy, why, known | evidence)

    def _broken(self, problem: str, remedy: str, section: str, **evidence: object) -> Finding:
        return self._finding("broken", Severity.WARNING, problem, remedy, section, **evidence)

    def _none(self) -> Finding:
        for text in filter(is_meant_as_spf, self.texts):
            if text.lower().startswith(VERSION):
                problem = f"receivers do not read this, a space alone may follow `{VERSION}`: {quote(text)}"
                return self._broken(problem, _BEGIN, "4.5", found=[text])
            how = "begins with a blank" if text[:1].isspace() else "is meant as SPF, but receivers do not read it"
            message = f"no SPF at the domain itself; there is one that {how}: {quote(text)}"
            return self._finding("none", Severity.WARNING, message, _BEGIN, "4.5", found=[text])
        match self.ask(self.domain.ascii, "SPF"):
            case Found(values):
                message = "there is one in a record of type SPF, which is obsolete, receivers ask for TXT"
                return self._finding(
                    "none", Severity.WARNING, message, "publish it as TXT", "3.1", found=list(values), type="SPF"
                )
        severity = Severity.WARNING if self.wanted else Severity.INFO
        return self._finding("none", severity, "no SPF at the domain itself", "", "4.5")

    def _of(self, record: SpfRecord) -> Iterator[Finding]:
        count = count_lookups(self.ask, record.text, self.domain.ascii)
        said = [*self._errors(count), *self._discouraged(record), *self._large()]
        if not count.faults:
            said += self._meaning()
        yield from said or self._include(record)

    def _errors(self, count: LookupCount) -> Iterator[Finding]:
        """Say what makes receivers give up."""
        if count.broken:
            problem = f"receivers give up (permerror): {'; '.join(count.broken)}"
            yield self._broken(problem, "correct or remove these terms", "4.6")
        if count.lookups > LOOKUP_LIMIT:
            terms = ", ".join(f"{term} {number}" for term, number in count.shares.items())
            message = f"at most {LOOKUP_LIMIT} DNS lookups are allowed, this takes up to {count.lookups}: {terms}"
            evidence = {"lookups": count.lookups, "limit": LOOKUP_LIMIT, "terms": count.shares}
            yield self._finding("too_many_lookups", Severity.WARNING, message, _SHORTEN, "4.6.4", **evidence)
        if count.void > VOID_LIMIT and not count.broken:
            message = f"at most {VOID_LIMIT} lookups may find nothing, here are {count.void}: {', '.join(count.empty)}"
            evidence = {"void": count.void, "limit": VOID_LIMIT, "terms": list(count.empty)}
            remedy = "remove the names that do not exist"
            yield self._finding("void_lookups", Severity.WARNING, message, remedy, "4.6.4", **evidence)
        if count.silent:
            message = f"nobody can say what some terms cost: {'; '.join(count.silent)}; {_WHY}"
            evidence = {"reason": "; ".join(count.silent)}
            yield Finding(NOT_RUN, Severity.WARNING, f"TXT {self.domain}", message, _REPEAT, evidence=evidence)

    def _discouraged(self, record: SpfRecord) -> Iterator[Finding]:
        if any(term.name == "ptr" for term in record.evaluated):
            message = "ptr should not be published: it is slow and not reliable, and some receivers skip it"
            yield self._finding("ptr", Severity.WARNING, message, "name the hosts by ip4, ip6 or a", "5.5")
        if record.redirect and record.all:
            message = f"{record.redirect.text} has no effect beside {record.all.text}"
            yield self._finding("redirect_ignored", Severity.WARNING, message, "leave one of the two", "6.1")

    def _meaning(self) -> Iterator[Finding]:
        """Say what becomes of senders that no term is about."""
        match evaluate(self.domain.ascii, Somebody(), self.ask).result:
            case Result.PASS:
                message = "everybody may send as the domain, or a good part of the Internet"
                yield self._finding("open", Severity.WARNING, message, "end the record with ~all or -all", "4.6.2")
            case Result.NEUTRAL:
                message = "nothing is said of senders that the record does not name"
                yield self._finding("neutral", Severity.INFO, message, "end the record with ~all", "4.7")

    def _include(self, record: SpfRecord) -> Iterator[Finding]:
        ours = evaluate(self.domain.ascii, Somebody(INCLUDE), self.ask)
        if ours.result is Result.PASS:
            known = {"expected": [f"include:{INCLUDE}"], "found": [record.text]}
            yield Finding("spf.ok", Severity.OK, f"TXT {self.domain}", record.text, evidence=known)
        else:
            message = f"SPF without include:{INCLUDE}: {record.text}"
            yield self._finding("without_include", Severity.INFO, message, "", "5.2")

    def _large(self) -> Iterator[Finding]:
        size = len(self.domain.ascii) + sum(len(text.encode("utf-8", "surrogateescape")) for text in self.texts)
        if size > UDP_GUIDELINE:
            lost = "and the zone's servers do not answer over TCP, so receivers may get no SPF" if self.only_udp else ""
            message = f"name and TXT records have {size} octets, more than the {UDP_GUIDELINE} that surely fit into UDP"
            severity = Severity.WARNING if lost else Severity.INFO
            remedy = "remove texts that nobody needs any more"
            yield self._finding("large", severity, f"{message} {lost}".strip(), remedy, "3.4", octets=size)
