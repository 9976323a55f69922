"""How many DNS lookups receivers may need for an SPF record, at worst."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.core.dns.ask import Ask, remembering
from provisioner.core.spf.evaluation import LOOKUP_LIMIT, MX_LIMIT, QUERYING, VOID_LIMIT, Cost
from provisioner.core.spf.published import BrokenSpf, NoSpf, PublishedSpf, SeveralSpf, is_askable, spf_at
from provisioner.core.spf.senders import Somebody
from provisioner.core.spf.syntax import SpfRecord, Term, parse

_ENOUGH = 100  # a record that is so far over is not walked to its end
_NOBODY = Somebody()
_TYPES = {"a": _NOBODY.family, "exists": "A", "mx": "MX"}


@dataclass(frozen=True, slots=True)
class LookupCount:
    """The static worst case: what it takes when no term matches, though an early match stops receivers sooner.

    `lookups` are terms that cost one (include, a, mx, ptr, exists, redirect), `void` those of them whose answer is
    empty for a client with an IPv4 address, as SES's are. `unknown` names what DNS did not say, or what depends on the
    message (macros): the counts are then lower bounds. `broken` says what makes every receiver that gets so far give up
    (permerror), as one sentence each. `costs` are the lookups one by one, `empty` the terms that are void, and `silent`
    is what of `unknown` DNS did not say.
    """

    lookups: int
    void: int
    unknown: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    costs: tuple[Cost, ...] = field(default=(), compare=False)
    empty: tuple[str, ...] = field(default=(), compare=False)
    silent: tuple[str, ...] = field(default=(), compare=False)

    @property
    def faults(self) -> tuple[str, ...]:
        """What is certainly wrong, as one sentence each; empty when the record is within the limits, or may be."""
        faults = list(self.broken)
        if self.lookups > LOOKUP_LIMIT:
            faults.append(f"{self.lookups} DNS lookups (limit {LOOKUP_LIMIT}, RFC 7208 section 4.6.4)")
        if self.void > VOID_LIMIT:
            faults.append(f"{self.void} lookups without an answer (limit {VOID_LIMIT}, RFC 7208 section 4.6.4)")
        return tuple(faults)

    @property
    def shares(self) -> dict[str, int]:
        """The terms of the record itself, each with the lookups that it takes with all that is below it."""
        shares: dict[str, int] = {}
        for cost in self.costs:
            shares[cost.under] = shares.get(cost.under, 0) + 1
        return shares


def count_lookups(ask: Ask, record_text: str, domain: str) -> LookupCount:
    """Count the lookups of a record as it is, or would be, published at `domain` (an A-label without trailing dot).

    A void lookup is an `a` or `exists` without A, an `mx` without MX, an `include` or `redirect` without TXT; of `ptr`
    and of names with macros nothing is known beforehand. The addresses of MX hosts are not asked for. Raises `Refused`
    (`spf_broken`) when this record itself is not valid; those that it includes are in `broken`.
    """
    walk = _Walk(remembering(ask))
    walk.record(parse(record_text, domain), (domain.lower(),), "")
    unknown, broken, silent = (tuple(dict.fromkeys(f)) for f in (walk.unknown, walk.broken, walk.silent))
    return LookupCount(len(walk.costs), len(walk.empty), unknown, broken, tuple(walk.costs), tuple(walk.empty), silent)


@dataclass(slots=True)
class _Walk:
    """One walk over a record and those that it leads to; `chain` is the way to the record, its own domain last."""

    ask: Ask
    costs: list[Cost] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def record(self, record: SpfRecord, chain: tuple[str, ...], under: str) -> None:
        """Walk over a record; `under` is the term of the first record that led here."""
        for term in _costly(record):
            if len(self.costs) >= _ENOUGH:
                return
            self.costs.append(Cost(term.text, chain[-1], under or term.text))
            self._term(term, chain, under or term.text)

    def _term(self, term: Term, chain: tuple[str, ...], under: str) -> None:
        target = chain[-1] if term.spec is None else _NOBODY.name_of(term.spec, chain[-1], self.ask)
        if term.name in {"include", "redirect"}:
            if target is None:
                self.unknown.append(f"{term.text}: depends on the message")
            else:
                self._follow(term, target, chain, under)
        elif target is not None and term.name in _TYPES and is_askable(target):
            self._take(term, target, self.ask(target, _TYPES[term.name]))

    def _follow(self, term: Term, target: str, chain: tuple[str, ...], under: str) -> None:
        if target in chain:
            self.broken.append(f"{' -> '.join([*chain, target])}: a loop")
            return
        match self._published(term, target):
            case SpfRecord() as record:
                self.record(record, (*chain, target), under)
            case SeveralSpf() as several:
                self.broken.append(f"{term.text}: {several.problem}")
            case BrokenSpf(problem):
                self.broken.append(problem)
            case NoSpf():
                joined = "; a space is missing inside of it" if ":" in target else ""
                self.broken.append(f"{term.text}: {target} has no SPF record{joined}")

    def _published(self, term: Term, target: str) -> PublishedSpf:
        published = spf_at(target, self.ask)
        if isinstance(published, Unreachable):
            self._silence(term, target, published)
        if isinstance(published, NoSpf) and published.is_void:
            self.empty.append(term.text)
        return published

    def _take(self, term: Term, target: str, answer: DnsAnswer) -> None:
        match answer:
            case Unreachable() as silence:
                self._silence(term, target, silence)
            case Absent():
                self.empty.append(term.text)
            case Found(values) if term.name == "mx" and len(values) > MX_LIMIT:
                self.broken.append(f"{term.text}: {target} has {len(values)} MX hosts (limit {MX_LIMIT})")

    def _silence(self, term: Term, target: str, silence: Unreachable) -> None:
        said = f"{term.text}: {target} {silence.reason}"
        self.unknown.append(said)
        self.silent.append(said)


def _costly(record: SpfRecord) -> Iterator[Term]:
    """Go through the terms that cost a lookup; a `redirect` counts only where no `all` stands (section 6.1)."""
    yield from (term for term in record.evaluated if term.name in QUERYING)
    if record.redirect and not record.all:
        yield record.redirect
