"""Merging with generated TXT sets: whatever is there comes back byte for byte, and means what it meant."""

import ipaddress
import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tape import Tape, made_by

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
    """Every combination: what is picked from one list costs one choice."""
    return ["".join(combination) for combination in itertools.product(*parts)]


QUALIFIED_HOSTS = words(QUALIFIERS, HOSTS)
BARE = words(QUALIFIERS, ["a", "mx", "A/24", "mx//64", "a/24//64", "ptr"])
ALLS = words(QUALIFIERS, ["all", "ALL"])
OTHER_MODIFIERS = ["x=y", "ra=postmaster", "moo.cow=%{c}/x", "v=spf1", "include=amazonses.com"]
PRESENT = [INCLUDE, "+include:AmazonSES.com", "INCLUDE:amazonses.com."]
EXTRAS = [ALLS, words(["redirect="], NAMES), words(["EXP="], NAMES), PRESENT]
HOW_MANY = [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 10, 15, 30]
VERSIONS = ["v=spf1", "V=SPF1", "v=SpF1"]
TAILS = ["", "", " ", "  "]
SIZES = [(255, 255), (1, 255), (225, 255)]
ESCAPED = "vsall =:m-"


def mechanism(tape: Tape) -> str:
    match tape.number(4):
        case 0:
            return tape.pick(QUALIFIED_HOSTS)
        case 1:
            return tape.pick(BARE)
        case 2:
            return f"{tape.pick(QUALIFIERS)}ip4:{ipaddress.IPv4Address(tape.number(2**32))}"
        case _:
            return f"{tape.pick(QUALIFIERS)}ip6:{ipaddress.IPv6Address(tape.number(2**128))}/48"


def term(tape: Tape, before: list[tuple[str, str]]) -> str:
    """A term, now and then one that is there already."""
    if before and tape.number(16) == 1:
        return tape.pick(before)[1]
    return tape.pick(OTHER_MODIFIERS) if tape.number(5) == 1 else mechanism(tape)


def spf_text(tape: Tape) -> str:
    """A valid record; ours may be in it, evaluated or behind `all`."""
    version, tail = tape.pick(VERSIONS), tape.pick(TAILS)
    extras = [(tape.pick(extra), tape.number(1 << 16)) for extra in EXTRAS if tape.number(2)]
    terms: list[tuple[str, str]] = []
    for _ in range(tape.pick(HOW_MANY)):
        terms.append((tape.pick(SPACES), term(tape, terms)))
    for extra, place in extras:
        terms.insert(place % (len(terms) + 1), (" ", extra))
    return version + "".join(itertools.chain.from_iterable(terms)) + tail


def presentation(tape: Tape, text: str) -> str:
    """Write a text as somebody else might have: cut anywhere, some characters escaped, empty strings between."""
    escaped = {tape.pick(ESCAPED) for _ in range(tape.number(3))}
    empty = [tape.number(1 << 16) for _ in range(tape.number(3))]
    parts, rest = [], text
    while rest:
        least, most = tape.pick(SIZES)
        size = least + tape.number(most - least + 1)
        parts.append(rest[:size])
        rest = rest[size:]
    for place in empty:
        parts.insert(place % (len(parts) + 1), "")
    return " ".join('"' + "".join(f"\\{ord(c):03o}" if c in escaped else c for c in part) + '"' for part in parts)


def spf_value(tape: Tape) -> str:
    return presentation(tape, spf_text(tape))


def judged(tape: Tape) -> tuple[str, set[str]]:
    """A record, and those of its words that match the sender: from all of them to few."""
    text, share = spf_text(tape), tape.pick([1, 2, 4, 16])
    return text, {word for word in text.split() if not tape.number(share)}


def judged_by_one(tape: Tape) -> tuple[str, set[str]]:
    """A record, and at most one word of it that matches the sender."""
    text = spf_text(tape)
    return text, {tape.pick(text.split())} if tape.number(4) else set()


OTHERS = st.one_of(
    st.sampled_from(["MS=ms12345678", "google-site-verification=rXOxyZounnZasA8Z7oaD3c14JdjS9", "v=spf10 -all", ""]),
    st.text(st.characters(codec="utf-8"), max_size=300),
).filter(lambda text: not is_spf(text) and not is_meant_as_spf(text))
OTHER_TEXTS = st.lists(OTHERS, max_size=4)
SPF_TEXTS = made_by(spf_text)
TAPES = made_by(lambda tape: tape)


@st.composite
def txt_sets(draw: st.DrawFn) -> TxtSet:
    values = [quoted(text, ROUTE_53) for text in draw(OTHER_TEXTS)]
    tape = draw(TAPES)
    ttl = tape.pick([30, 300, 3600])
    if not values or tape.number(2):
        values.insert(tape.number(len(values) + 1), spf_value(tape))
    return TxtSet(ttl, tuple(values))


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
@given(made_by(spf_value))
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
@given(made_by(judged))
def test_who_does_not_come_through_ses_is_judged_as_before(example: tuple[str, set[str]]) -> None:
    text, matching = example[0], {word for word in example[1] if "amazonses" not in word.lower()}
    merged = spf_of(merge(TxtSet(300, (quoted(text, ROUTE_53),))).result)
    assert result(merged, matching) == result(text, matching)


@SOME
@given(made_by(judged_by_one))
def test_who_comes_through_ses_passes_unless_an_earlier_term_judges(example: tuple[str, set[str]]) -> None:
    text, matching = example
    merged = spf_of(merge(TxtSet(300, (quoted(text, ROUTE_53),))).result)
    assert result(merged, matching | {INCLUDE}) in {"+", result(text, matching)}


@SOME
@given(txt_sets(), OTHERS, st.integers(1, 9))
def test_what_others_changed_meanwhile_stays(existing: TxtSet, added: str, ttl: int) -> None:
    merged = merge(existing)
    live = replace(merged.result, ttl=ttl).plus(added)
    assert unmerge(live, merged.part) == replace(existing, ttl=ttl).plus(added)


@SOME
@given(made_by(lambda tape: (mechanism(tape), spf_text(tape))))
def test_a_term_that_others_put_in_meanwhile_stays(example: tuple[str, str]) -> None:
    put_in, text = example
    merged = merge(TxtSet(300, (quoted(text, ROUTE_53),)))
    live = spf_of(merged.result)
    edited = f"{live[:6]} {put_in}{live[6:]}"
    left = unmerge(TxtSet(300, (quoted(edited, ROUTE_53),)), merged.part)
    assert left is not None
    assert spf_of(left).split() == [text[:6], put_in, *text.split()[1:]]


@SOME
@given(st.lists(OTHERS, min_size=1, max_size=4), SPF_TEXTS, st.sampled_from(Part))
def test_leaving_never_fails_and_never_touches_other_texts(others: list[str], text: str, part: Part) -> None:
    live = TxtSet(300, tuple(quoted(text, ROUTE_53) for text in [*others, text, f"{text} moo"]))
    left = unmerge(live, part)
    assert left is not None
    assert left.values[: len(others)] == live.values[: len(others)]


@pytest.mark.parametrize("existing", [None, TxtSet(300, ('"MS=ms1"',))])
def test_a_record_of_ours_is_the_one_that_we_publish_elsewhere(existing: TxtSet | None) -> None:
    assert spf_of(merge(existing).result) == own_record()
