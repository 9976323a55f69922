"""Our include in somebody's SPF: put in so that nothing else changes, taken out so that nothing of ours stays.

Everything here is about one TXT record set, byte for byte; the grammar is in `spf_syntax`, the strings in `txt_set`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from provisioner.core.dns.txt import ROUTE_53, quoted
from provisioner.core.dns.txt_set import TxtSet, inserted, octets, removed
from provisioner.core.spf.diagnosis import quote
from provisioner.core.spf.syntax import VERSION, SpfRecord, is_meant_as_spf, is_spf, parse
from provisioner.errors import Refused

INCLUDE = "amazonses.com"
OWN_TTL = 300  # seconds, of a set that we make

LONGEST_VALUE = 4000  # characters of one value, Route 53 API reference, "ResourceRecord"
MOST_VALUES = 400  # in one record set, Route 53 developer guide, "Quotas on records"
UDP_GUIDELINE = 450  # octets of name and texts, RFC 7208 section 3.4

_SKIP = "go on without it: --spf skip"


class Part(StrEnum):
    """What of a merged set is ours: all of it, a record beside other texts, a term in their record, nothing."""

    SET = "set"
    RECORD = "record"
    TERM = "term"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Merge:
    """What must stand, which part of it is ours (to be remembered: it is what `unmerge` needs), and what to warn of."""

    result: TxtSet
    part: Part
    warnings: tuple[str, ...] = ()


def own_record(include: str = INCLUDE) -> str:
    """Return the record that we publish where there is none; `-all` in it might reject before DMARC is evaluated."""
    return f"{VERSION} include:{include} ~all"


def merge(existing: TxtSet | None, include: str = INCLUDE, name: str = "this domain") -> Merge:
    """Return the TXT set of `name` with `include:` in its one SPF record; all other octets, the order and the TTL stay.

    The include goes before `all`, which stays as it is. Terms behind `all` are never evaluated, so an include there
    does not count as present. Without `all` it goes before `redirect=`: receivers evaluate all mechanisms first and
    follow the redirect only when none matched (RFC 7208 section 6.1), so the redirect keeps its meaning. Otherwise it
    goes last. An include that is there already, in any case and with or without `+`, is left alone.

    Raises `Refused`: `spf_broken` (syntax), `spf_several`, `spf_unread` (meant as SPF, but receivers do not read it; a
    record of ours beside it would give the domain a policy that knows none of its senders), `spf_contradicts` (an
    include of the same name with `-`, `~` or `?`), `txt_too_long` and `txt_too_many` (Route 53's limits).
    """
    if existing is None:
        return Merge(TxtSet(OWN_TTL, (quoted(own_record(include), ROUTE_53),)), Part.SET)
    index = _spf_index(existing, name)
    if index is None:
        return _check_limits(existing.plus(own_record(include)), Part.RECORD, name)
    record = _parse(existing.texts[index], name)
    if _includes(record, include, name):
        return Merge(existing, Part.NOTHING)
    value = inserted(existing.values[index], *_insertion(record, include))
    return _check_limits(existing.with_value(index, value), Part.TERM, name)


def unmerge(live: TxtSet | None, part: Part, include: str = INCLUDE) -> TxtSet | None:
    """Return what must stand when we leave: `live` without our part, None when the set goes.

    A record that we made goes as a whole while it is as we made it; when somebody has changed it since, it is theirs,
    and only our include goes. Whatever else changed meanwhile stays; an include that is gone or altered is not missed.
    """
    if live is None or part is Part.NOTHING:
        return live
    own = own_record(include).lower().split()
    for index, text in enumerate(live.texts):
        if part is not Part.TERM and is_spf(text) and text.lower().split() == own:
            return live.without(index)
    return next(_without_term(live, include), live)


def _spf_index(existing: TxtSet, name: str) -> int | None:
    texts = existing.texts
    unread = next(filter(is_meant_as_spf, texts), None)
    if unread is not None:
        problem = "a TXT record is meant as SPF, but receivers do not read it: it must begin with `v=spf1` and a space"
        raise Refused("spf_unread", f"{name}: {problem}: {quote(unread)}", f"correct or remove it, or {_SKIP}")
    indexes = [index for index, text in enumerate(texts) if is_spf(text)]
    if len(indexes) > 1:
        problem = f"{len(indexes)} SPF records, so that every check fails (permerror, RFC 7208 section 4.5)"
        raise Refused("spf_several", f"{name}: {problem}", f"join them into one, or {_SKIP}")
    return indexes[0] if indexes else None


def _parse(text: str, name: str) -> SpfRecord:
    try:
        return parse(text, name)
    except Refused as broken:
        raise Refused(broken.code, broken.message, f"{broken.hint}; or {_SKIP}") from None


def _includes(record: SpfRecord, include: str, name: str) -> bool:
    terms = [term for term in record.evaluated if term.name == "include" and term.domain == include.lower()]
    if terms and terms[0].qualifier != "+":
        problem = f"the SPF record says {terms[0].text}, so that mail through it does not pass"
        raise Refused("spf_contradicts", f"{name}: {problem}", f"change it to include:{include}, or {_SKIP}")
    return bool(terms)


def _insertion(record: SpfRecord, include: str) -> tuple[int, str]:
    before = record.all or record.redirect
    if before:
        return before.start, f"include:{include} "
    return (record.terms[-1].end if record.terms else len(VERSION)), f" include:{include}"


def _without_term(live: TxtSet, include: str) -> Iterator[TxtSet]:
    term = re.compile(rb"(?<= )\+?include:" + re.escape(include.encode()) + rb"\.?(?= |\Z)", re.IGNORECASE)
    for index, text in enumerate(live.texts):
        if is_spf(text) and (term_at := term.search(octets(text))):
            yield live.with_value(index, removed(live.values[index], *_with_its_space(octets(text), term_at)))


def _with_its_space(text: bytes, term_at: re.Match[bytes]) -> tuple[int, int]:
    """Return what `_insertion` put in: before another term with the space behind it, at the end with the one before."""
    last = not text[term_at.end() :].strip(b" ")
    return (term_at.start() - 1, term_at.end()) if last else (term_at.start(), term_at.end() + 1)


def _check_limits(result: TxtSet, part: Part, name: str) -> Merge:
    longest = max(len(value) for value in result.values)
    if longest > LONGEST_VALUE:
        problem = f"{name}: the SPF record would have {longest} characters (limit {LONGEST_VALUE}, Route 53)"
        raise Refused("txt_too_long", problem, f"shorten it, or {_SKIP}")
    if len(result.values) > MOST_VALUES:
        problem = f"{name}: the TXT set would have {len(result.values)} values (limit {MOST_VALUES}, Route 53)"
        raise Refused("txt_too_many", problem, f"remove values that are no longer needed, or {_SKIP}")
    size = len(name) + sum(len(octets(text)) for text in result.texts)
    return Merge(result, part, (_too_large_for_udp(name, size),) if size > UDP_GUIDELINE else ())


def _too_large_for_udp(name: str, size: int) -> str:
    return (
        f"{name}: name and TXT records have {size} octets, more than the {UDP_GUIDELINE} that surely fit into one UDP "
        "answer (RFC 7208 section 3.4); some receivers may not see the SPF record"
    )
