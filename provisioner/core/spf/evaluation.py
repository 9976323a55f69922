"""What receivers make of an SPF record: check_host() of RFC 7208 section 4."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.core.dns.ask import Ask
from provisioner.core.spf.published import BrokenSpf, NoSpf, SeveralSpf, is_askable, spf_at
from provisioner.core.spf.senders import Client, Sender, Somebody
from provisioner.core.spf.syntax import SpfRecord, Term

LOOKUP_LIMIT = 10  # section 4.6.4, for the whole evaluation with all includes and redirects
VOID_LIMIT = 2  # the same section, recommended
MX_LIMIT = 10  # the same section, hosts of one `mx`

QUERYING = frozenset({"a", "exists", "include", "mx", "ptr"})


class Result(StrEnum):
    """The results of section 2.6."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"  # noqa: S105 - a result, no password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


_QUALIFIED = {"+": Result.PASS, "-": Result.FAIL, "~": Result.SOFTFAIL, "?": Result.NEUTRAL}


@dataclass(frozen=True, slots=True)
class Cost:
    """A term that took one DNS lookup, the name at which it stands, and the term of the first record that led there."""

    term: str
    at: str
    under: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result, and the terms that led to it: includes and redirects from the outside in, then the one that matched.

    `problem` is why it is an error, as one sentence. `costs` are the lookups until then, `void` counts those of them
    that had an empty answer.
    """

    result: Result
    matched: tuple[Term, ...] = ()
    problem: str = ""
    costs: tuple[Cost, ...] = ()
    void: int = 0

    @property
    def lookups(self) -> int:
        """How many terms took a lookup."""
        return len(self.costs)


def check_host(client: Client, ask: Ask) -> Evaluation:
    """Evaluate the record of the client's sender domain."""
    return evaluate(client.domain, client, ask)


def evaluate(domain: str, sender: Sender, ask: Ask) -> Evaluation:
    """Evaluate the record at a domain; `Somebody()` is a sender that no term is about."""
    run = _Run(sender, ask)
    try:
        result, matched = run.check(domain.lower().removesuffix("."), ())
    except _Stop as stop:
        return Evaluation(stop.result, (), stop.problem, tuple(run.costs), run.void)
    return Evaluation(result, matched, "", tuple(run.costs), run.void)


class _Stop(Exception):
    def __init__(self, result: Result, problem: str) -> None:
        self.result = result
        self.problem = problem


_Path = tuple[Term, ...]


@dataclass(slots=True)
class _Run:
    sender: Sender
    ask: Ask
    costs: list[Cost] = field(default_factory=list)
    void: int = 0

    def check(self, domain: str, path: _Path) -> tuple[Result, _Path]:
        """Evaluate the record at a domain; `path` are the includes and redirects that led there."""
        record = self._record(domain, path)
        if record is None:
            return Result.NONE, path
        self._ask_ahead(record, domain)
        for term in record.evaluated:
            if (matched := self._match(term, domain, path)) is not None:
                return _QUALIFIED[term.qualifier], matched
        if record.all:
            return _QUALIFIED[record.all.qualifier], (*path, record.all)
        return self._redirected(record.redirect, domain, path) if record.redirect else (Result.NEUTRAL, path)

    def _record(self, domain: str, path: _Path) -> SpfRecord | None:
        match spf_at(domain, self.ask):
            case Unreachable(reason):
                raise _Stop(Result.TEMPERROR, f"TXT {domain}: {reason}")
            case SeveralSpf() as several:
                raise _Stop(Result.PERMERROR, several.problem)
            case BrokenSpf(problem):
                raise _Stop(Result.PERMERROR, problem)
            case NoSpf(is_void):
                if is_void and path:
                    self._count_void(path[-1])
                return None
            case SpfRecord() as record:
                return record

    def _ask_ahead(self, record: SpfRecord, domain: str) -> None:
        """Ask at once what the terms will ask for, so that who fetches the answers in between can do it at once."""
        for term in record.evaluated[:LOOKUP_LIMIT]:
            rtype = {"include": "TXT", "a": self.sender.family, "mx": "MX", "exists": "A"}.get(term.name)
            name = self._name(term, domain) if rtype else None
            if rtype and name and is_askable(name):
                self.ask(name, rtype)

    def _match(self, term: Term, domain: str, path: _Path) -> _Path | None:
        """Return the path to what matched, None when the term does not match."""
        if term.name in QUERYING:
            self._spend(term, domain, path)
        if term.name == "include":
            return self._included(term, domain, (*path, term))
        return (*path, term) if self._matches(term, domain) else None

    def _matches(self, term: Term, domain: str) -> bool:
        match term.name:
            case "a":
                return self._holds(term, self._answer(term, self._name(term, domain), self.sender.family))
            case "mx":
                return self._mx(term, self._name(term, domain))
            case "exists":
                return isinstance(self._answer(term, self._name(term, domain), "A"), Found)
            case "ptr":
                target = self._name(term, domain)
                return any(f".{name}".endswith(f".{target}") for name in self.sender.names(self.ask))
            case _:  # ip4, ip6
                return term.address is not None and self.sender.is_in(term, term.address)

    def _included(self, term: Term, domain: str, path: _Path) -> _Path | None:
        if term.domain == self.sender.service:
            return path
        target = self._name(term, domain)
        if target is None:
            return None
        result, matched = self.check(target, path)
        if result is Result.NONE:
            raise _Stop(Result.PERMERROR, f"{term.text}: {target} has no SPF record")
        return matched if result is Result.PASS else None

    def _redirected(self, term: Term, domain: str, path: _Path) -> tuple[Result, _Path]:
        self._spend(term, domain, path)
        target = self._name(term, domain)
        if target is None:
            raise _Stop(Result.TEMPERROR, f"{term.text}: depends on the message")
        result, matched = self.check(target, (*path, term))
        if result is Result.NONE:
            raise _Stop(Result.PERMERROR, f"{term.text}: {target} has no SPF record")
        return result, matched

    def _mx(self, term: Term, target: str | None) -> bool:
        answer = self._answer(term, target, "MX")
        hosts = [value.split()[-1].rstrip(".").lower() for value in answer.values] if isinstance(answer, Found) else []
        if len(hosts) > MX_LIMIT:
            raise _Stop(Result.PERMERROR, f"{term.text}: {target} has {len(hosts)} MX hosts (limit {MX_LIMIT})")
        if not self.sender.may_be_in(term):
            return False
        return any(self._holds(term, self._address(term, host)) for host in hosts if is_askable(host))

    def _holds(self, term: Term, answer: DnsAnswer) -> bool:
        if not isinstance(answer, Found) or not self.sender.may_be_in(term):
            return False
        return any(self.sender.is_in(term, address) for address in answer.values)

    def _address(self, term: Term, host: str) -> DnsAnswer:
        return self._known(term, host, self.ask(host, self.sender.family))

    def _answer(self, term: Term, name: str | None, rtype: str) -> DnsAnswer:
        if name is None or not is_askable(name):
            return Absent(nxdomain=True)
        answer = self._known(term, name, self.ask(name, rtype))
        if isinstance(answer, Absent):
            self._count_void(term)
        return answer

    def _known(self, term: Term, name: str, answer: DnsAnswer) -> DnsAnswer:
        if isinstance(answer, Unreachable):
            raise _Stop(Result.TEMPERROR, f"{term.text}: {name}: {answer.reason}")
        return answer

    def _name(self, term: Term, domain: str) -> str | None:
        return domain if term.spec is None else self.sender.name_of(term.spec, domain, self.ask)

    def _spend(self, term: Term, domain: str, path: _Path) -> None:
        self.costs.append(Cost(term.text, domain, path[0].text if path else term.text))
        if len(self.costs) > LOOKUP_LIMIT:
            raise _Stop(Result.PERMERROR, f"{term.text}: more than {LOOKUP_LIMIT} DNS lookups (RFC 7208 section 4.6.4)")

    def _count_void(self, term: Term) -> None:
        self.void += 1
        if self.void > VOID_LIMIT:
            problem = f"{term.text}: more than {VOID_LIMIT} lookups without an answer (RFC 7208 section 4.6.4)"
            raise _Stop(Result.PERMERROR, problem)


def is_open(domain: str, ask: Ask) -> bool:
    """Say whether whoever sends passes at a domain."""
    return evaluate(domain, Somebody(), ask).result is Result.PASS
