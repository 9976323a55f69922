"""How many DNS lookups receivers may need for an SPF record, at worst."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.core.spf.syntax import SpfRecord, Term, is_spf, parse
from provisioner.errors import Refused
from provisioner.ports.dns import Resolver

LOOKUP_LIMIT = 10  # RFC 7208 section 4.6.4, for the whole evaluation with all includes and redirects
VOID_LIMIT = 2  # the same section, recommended
MX_LIMIT = 10  # the same section, hosts of one `mx`

_ENOUGH = 100  # a record that is so far over is not walked to its end
_QUERYING = frozenset({"a", "exists", "include", "mx", "ptr"})


@dataclass(frozen=True, slots=True)
class LookupCount:
    """The static worst case: what it takes when no term matches, though an early match stops receivers sooner.

    `lookups` are terms that cost one (include, a, mx, ptr, exists, redirect), `void` those of them whose answer is
    empty. `unknown` names what DNS did not say, or what depends on the message (macros): the counts are then lower
    bounds. `broken` says what makes every receiver that gets so far give up (permerror), as one sentence each.
    """

    lookups: int
    void: int
    unknown: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """What is certainly wrong, as one sentence each; empty when the record is within the limits, or may be."""
        faults = list(self.broken)
        if self.lookups > LOOKUP_LIMIT:
            faults.append(f"{self.lookups} DNS lookups (limit {LOOKUP_LIMIT}, RFC 7208 section 4.6.4)")
        if self.void > VOID_LIMIT:
            faults.append(f"{self.void} lookups without an answer (limit {VOID_LIMIT}, RFC 7208 section 4.6.4)")
        return tuple(faults)


def count_lookups(resolver: Resolver, record_text: str, domain: str) -> LookupCount:
    """Count the lookups of a record as it is, or would be, published at `domain` (an A-label without trailing dot).

    A void lookup is an `a` without A and AAAA, an `mx` without MX, an `exists` without A, an `include` or `redirect`
    without TXT; of `ptr` and of names with macros nothing is known beforehand. The addresses of MX hosts are not asked
    for. Raises `Refused` (`spf_broken`) when this record itself is not valid; those that it includes are in `broken`.
    """
    walk = _Walk(resolver)
    walk.record(parse(record_text, domain), (domain.lower(),))
    return LookupCount(walk.lookups, walk.void, tuple(dict.fromkeys(walk.unknown)), tuple(dict.fromkeys(walk.broken)))


@dataclass(slots=True)
class _Walk:
    """One walk over a record and those that it leads to; `chain` is the way to the record, its own domain last."""

    resolver: Resolver
    lookups: int = 0
    void: int = 0
    unknown: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    _answers: dict[tuple[str, str], DnsAnswer] = field(default_factory=dict)

    def record(self, record: SpfRecord, chain: tuple[str, ...]) -> None:
        for term in _costly(record):
            if self.lookups >= _ENOUGH:
                return
            self.lookups += 1
            self._term(term, chain)

    def _term(self, term: Term, chain: tuple[str, ...]) -> None:
        target = _target(term, chain[-1])
        leads_on = term.name in {"include", "redirect"}
        if "%" in target:
            if leads_on:
                self.unknown.append(f"{term.text}: depends on the message")
        elif leads_on:
            self._follow(term, target, chain)
        elif term.name == "mx":
            self._mx(term, target)
        elif term.name == "a":
            self._answer(term, target, "A", "AAAA")
        elif term.name == "exists":
            self._answer(term, target, "A")

    def _follow(self, term: Term, target: str, chain: tuple[str, ...]) -> None:
        if target in chain:
            self.broken.append(f"{' -> '.join([*chain, target])}: a loop")
            return
        answer = self._answer(term, target, "TXT")
        if isinstance(answer, Unreachable):
            return
        texts = [text for text in answer.values if is_spf(text)] if isinstance(answer, Found) else []
        if len(texts) != 1:
            self.broken.append(f"{term.text}: {target} has {len(texts) or 'no'} SPF record{'s' if texts else ''}")
            return
        try:
            record = parse(texts[0], target)
        except Refused as broken:
            self.broken.append(broken.message)
        else:
            self.record(record, (*chain, target))

    def _mx(self, term: Term, target: str) -> None:
        answer = self._answer(term, target, "MX")
        if isinstance(answer, Found) and len(answer.values) > MX_LIMIT:
            self.broken.append(f"{term.text}: {target} has {len(answer.values)} MX hosts (limit {MX_LIMIT})")

    def _answer(self, term: Term, name: str, *rtypes: str) -> DnsAnswer:
        """Ask for each type until one is found; a term is void when none is, unknown when one might be."""
        answers = []
        for rtype in rtypes:
            answers.append(self._ask(name, rtype))
            if isinstance(answers[-1], Found):
                return answers[-1]
        unreachable = next((answer for answer in answers if isinstance(answer, Unreachable)), None)
        if unreachable:
            self.unknown.append(f"{term.text}: {name} {unreachable.reason}")
            return unreachable
        self.void += 1
        return Absent(nxdomain=True)

    def _ask(self, name: str, rtype: str) -> DnsAnswer:
        if (name, rtype) not in self._answers:
            self._answers[name, rtype] = self.resolver.lookup(name, rtype)
        return self._answers[name, rtype]


def _costly(record: SpfRecord) -> Iterator[Term]:
    """Go through the terms that cost a lookup; a `redirect` counts only where no `all` stands (section 6.1)."""
    yield from (term for term in record.evaluated if term.name in _QUERYING)
    if record.redirect and not record.all:
        yield record.redirect


def _target(term: Term, domain: str) -> str:
    """Return the name that the term asks for; of the macros only `%{d}` is known beforehand (section 7.2)."""
    return (term.domain or domain).replace("%{d}", domain)
