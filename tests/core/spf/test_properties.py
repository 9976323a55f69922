"""Merging with generated TXT sets: whatever is there comes back byte for byte, and means what it meant."""

import ipaddress
import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.core.dns.txt import ROUTE_53, chunks, quoted
from provisioner.core.dns.txt_set import TxtSet
from provisioner.core.spf.merge import Merge, Part, merge, own_record, unmerge
from provisioner.core.spf.syntax import is_meant_as_spf, is_spf, parse

MANY = settings(max_examples=1000)
SOME = settings(max_examples=250)  # a second each; the round trip is what must never fail
INCLUDE = "include:amazonses.com"

NAMES = ["example.com", "_spf.Example.net", "a.b.example.org.", "%{d}.example.com", "%{i}._spf.%{d2}"]
QUALIFIERS = ["", "", "+", "-", "~", "?"]
HOSTS = [f"{head}{name}" for head in ["include:", "exists:", "a:", "MX:", "ptr:", "Include:"] for name in NAMES]
SPACES = [" ", " ", " ", "  ", "   "]


def words(*parts: list[str]) -> list[str]:
    """Every combination: what is picked from one list costs one draw."""
    return ["".join(combination) for combination in itertools.product(*parts)]


def addressed(version: str, addresses: st.SearchStrategy[object], length: str = "") -> st.SearchStrategy[str]:
    return st.builds(
        lambda before, address: f"{before}{address}{length}", st.sampled_from(words(QUALIFIERS, [version])), addresses
    )


MECHANISMS = st.one_of(
    st.sampled_from(words(QUALIFIERS, HOSTS)),
    st.sampled_from(words(QUALIFIERS, ["a", "mx", "A/24", "mx//64", "a/24//64", "ptr"])),
    addressed("ip4:", st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address)),
    addressed("ip6:", st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address), "/48"),
)
ALLS = st.sampled_from(words(QUALIFIERS, ["all", "ALL"]))
OTHER_MODIFIERS = st.sampled_from(["x=y", "ra=postmaster", "moo.cow=%{c}/x", "v=spf1", "include=amazonses.com"])
PRESENT = st.sampled_from([INCLUDE, "+include:AmazonSES.com", "INCLUDE:amazonses.com."])
# What is drawn from stands out here: a strategy made at each draw is checked at each draw, which takes half the time.
TERMS = st.lists(st.tuples(st.sampled_from(SPACES), st.one_of(MECHANISMS, OTHER_MODIFIERS)), max_size=30)
EXTRAS = tuple(
    st.none() | extra
    for extra in (ALLS, st.sampled_from(words(["redirect="], NAMES)), st.sampled_from(words(["EXP="], NAMES)), PRESENT)
)
PLACES = st.integers(0, 1 << 16)
VERSIONS = st.sampled_from(["v=spf1", "V=SPF1", "v=SpF1"])
TAILS = st.sampled_from(["", "", " ", "  "])
SIZES = st.just(255) | st.integers(1, 255) | st.integers(225, 255)
EMPTY_STRINGS = st.lists(PLACES, max_size=2)
ESCAPED = st.sets(st.sampled_from("vsall =:m-"), max_size=2)


@st.composite
def spf_texts(draw: st.DrawFn) -> str:
    """A valid record; ours may be in it, evaluated or behind `all`."""
    terms = draw(TERMS)
    for extra in EXTRAS:
        if term := draw(extra):
            terms.insert(draw(PLACES) % (len(terms) + 1), (" ", term))
    return draw(VERSIONS) + "".join(itertools.chain.from_iterable(terms)) + draw(TAILS)


@st.composite
def presentations(draw: st.DrawFn, text: str) -> str:
    """Write a text as somebody else might have: cut anywhere, some characters escaped, empty strings between."""
    parts, rest = [], text
    while rest:
        size = draw(SIZES)
        parts.append(rest[:size])
        rest = rest[size:]
    for place in draw(EMPTY_STRINGS):
        parts.insert(place % (len(parts) + 1), "")
    escaped = draw(ESCAPED)
    return " ".join('"' + "".join(f"\\{ord(c):03o}" if c in escaped else c for c in part) + '"' for part in parts)


OTHERS = st.one_of(
    st.sampled_from(["MS=ms12345678", "google-site-verification=rXOxyZounnZasA8Z7oaD3c14JdjS9", "v=spf10 -all", ""]),
    st.text(st.characters(codec="utf-8"), max_size=300),
).filter(lambda text: not is_spf(text) and not is_meant_as_spf(text))


OTHER_TEXTS = st.lists(OTHERS, max_size=4)
SPF_VALUES = spf_texts().flatmap(presentations)
TTLS = st.sampled_from([30, 300, 3600])


@st.composite
def txt_sets(draw: st.DrawFn) -> TxtSet:
    values = [quoted(text, ROUTE_53) for text in draw(OTHER_TEXTS)]
    if not values or draw(st.booleans()):
        values.insert(draw(PLACES) % (len(values) + 1), draw(SPF_VALUES))
    return TxtSet(draw(TTLS), tuple(values))


def spf_of(live: TxtSet) -> str:
    (text,) = (text for text in live.texts if is_spf(text))
    return text


def result(record: str, matching: set[str]) -> str:
    """Evaluate like RFC 7208 section 4.6, on words: the first mechanism that matches decides, else the redirect."""
    redirect = ""
    mechanisms = []
    for term in record.split()[1:]:
        name, equals, value = term.partition("=")
        if not equals or ":" in name:
            mechanisms.append(term)
        elif name.lower() == "redirect":
            redirect = value
    for mechanism in mechanisms:
        is_all = mechanism.lower().lstrip("+-~?") == "all"
        if is_all or mechanism in matching:
            return mechanism[0] if mechanism[0] in "-~?" else "+"
    return redirect and f"redirect to {redirect}"


@MANY
@given(txt_sets())
def test_unmerging_gives_back_what_was_there_byte_for_byte(existing: TxtSet) -> None:
    merged = merge(existing)
    assert unmerge(merged.result, merged.part) == existing


@SOME
@given(txt_sets())
def test_merging_twice_changes_nothing_more(existing: TxtSet) -> None:
    merged = merge(existing)
    again = merge(merged.result)
    assert again == Merge(merged.result, Part.NOTHING)


@SOME
@given(txt_sets())
def test_only_our_part_differs_after_a_merge(existing: TxtSet) -> None:
    merged = merge(existing)
    kept = [value for value, text in zip(merged.result.values, merged.result.texts, strict=True) if not is_spf(text)]
    assert kept == [value for value, text in zip(existing.values, existing.texts, strict=True) if not is_spf(text)]
    assert merged.result.ttl == existing.ttl
    assert (merged.part is Part.NOTHING) == (merged.result == existing)


@SOME
@given(spf_texts().flatmap(presentations))
def test_a_merged_record_has_every_term_as_before_and_our_include_evaluated(value: str) -> None:
    existing = TxtSet(300, (value,))
    merged = merge(existing)
    before, after = parse(spf_of(existing), "x"), parse(spf_of(merged.result), "x")
    words_after = [term.text for term in after.terms]
    if merged.part is Part.TERM:
        words_after.remove(INCLUDE)
    assert words_after == [term.text for term in before.terms]
    assert (after.all and after.all.text) == (before.all and before.all.text)
    assert any(term.name == "include" and term.domain == "amazonses.com" for term in after.evaluated)
    assert all(len(part) <= 255 for part in chunks(after.text))


@SOME
@given(spf_texts(), st.data())
def test_who_does_not_come_through_ses_is_judged_as_before(text: str, data: st.DataObject) -> None:
    merged = spf_of(merge(TxtSet(300, (quoted(text, ROUTE_53),))).result)
    matching = {term for term in data.draw(st.sets(st.sampled_from(text.split()))) if "amazonses" not in term.lower()}
    assert result(merged, matching) == result(text, matching)


@SOME
@given(spf_texts(), st.data())
def test_who_comes_through_ses_passes_unless_an_earlier_term_judges(text: str, data: st.DataObject) -> None:
    merged = spf_of(merge(TxtSet(300, (quoted(text, ROUTE_53),))).result)
    matching = data.draw(st.sets(st.sampled_from(text.split()), max_size=1))
    assert result(merged, matching | {INCLUDE}) in {"+", result(text, matching)}


@SOME
@given(txt_sets(), OTHERS, st.integers(1, 9))
def test_what_others_changed_meanwhile_stays(existing: TxtSet, added: str, ttl: int) -> None:
    merged = merge(existing)
    live = replace(merged.result, ttl=ttl).plus(added)
    assert unmerge(live, merged.part) == replace(existing, ttl=ttl).plus(added)


@SOME
@given(spf_texts(), MECHANISMS)
def test_a_term_that_others_put_in_meanwhile_stays(text: str, term: str) -> None:
    merged = merge(TxtSet(300, (quoted(text, ROUTE_53),)))
    live = spf_of(merged.result)
    edited = f"{live[:6]} {term}{live[6:]}"
    left = unmerge(TxtSet(300, (quoted(edited, ROUTE_53),)), merged.part)
    assert left is not None
    assert spf_of(left).split() == [text[:6], term, *text.split()[1:]]


@SOME
@given(st.lists(OTHERS, min_size=1, max_size=4), spf_texts(), st.sampled_from(Part))
def test_leaving_never_fails_and_never_touches_other_texts(others: list[str], text: str, part: Part) -> None:
    live = TxtSet(300, tuple(quoted(text, ROUTE_53) for text in [*others, text, f"{text} moo"]))
    left = unmerge(live, part)
    assert left is not None
    assert left.values[: len(others)] == live.values[: len(others)]


@pytest.mark.parametrize("existing", [None, TxtSet(300, ('"MS=ms1"',))])
def test_a_record_of_ours_is_the_one_that_we_publish_elsewhere(existing: TxtSet | None) -> None:
    assert spf_of(merge(existing).result) == own_record()
