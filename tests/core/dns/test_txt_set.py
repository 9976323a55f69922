import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.core.dns.txt import ROUTE_53, quoted, unquoted
from provisioner.core.dns.txt_set import TxtSet, inserted, octets, removed

OURS = "include:amazonses.com "
SIZES = {
    piece: len(octets(unquoted(f'"{piece}"')))
    for piece in [*"ab =:;'x", '\\"', "\\\\", "\\141", "\\303\\251", "\\q", "é"]
}
PIECES = st.sampled_from([piece for piece in SIZES if piece != "x"])


def raw_string(pieces: list[str]) -> str:
    """As many of the pieces as one character-string holds."""
    ends = itertools.accumulate(SIZES[piece] for piece in pieces)
    return '"' + "".join(piece for piece, end in zip(pieces, ends, strict=True) if end <= 255) + '"'


def raw_strings() -> st.SearchStrategy[str]:
    short = st.lists(PIECES, max_size=10)
    near_the_limit = st.builds(lambda some, count: some + ["x"] * count, short, st.integers(225, 255))
    return st.one_of(short, near_the_limit, near_the_limit, st.just([])).map(raw_string)


def sizes(value: str) -> list[int]:
    return [len(octets(unquoted(part if part.endswith('"') else f'{part}"'))) for part in split_strings(value)]


def split_strings(value: str) -> list[str]:
    parts, inside, start, skip = [], False, 0, False
    for place, character in enumerate(value):
        if skip:
            skip = False
        elif character == "\\":
            skip = True
        elif character == '"':
            if inside:
                parts.append(value[start : place + 1])
            inside, start = not inside, place
    return parts


# Made once: a strategy made at each draw is checked at each draw.
VALUES = st.lists(raw_strings(), min_size=1, max_size=5).filter(lambda parts: parts[0] != '""')
SEPARATORS = st.sampled_from([" ", "", "\t"])


@st.composite
def places(draw: st.DrawFn) -> tuple[str, int]:
    """A value and an offset in it, often where two strings meet; never 0 and never inside a character."""
    parts = draw(VALUES)
    value = draw(SEPARATORS).join(parts)
    text = unquoted(value)
    ends = list(itertools.accumulate(len(unquoted(part)) for part in parts))
    offset = draw(st.one_of(st.sampled_from(ends), st.integers(1, len(text))))
    return value, len(octets(text[:offset]))


@settings(max_examples=500)
@given(places())
def test_what_was_inserted_is_removed_without_a_trace(place: tuple[str, int]) -> None:
    value, offset = place
    longer = inserted(value, offset, OURS)
    assert removed(longer, offset, offset + len(OURS)) == value


@settings(max_examples=500)
@given(places())
def test_the_text_is_inserted_at_its_place_and_no_string_outgrows_255_octets(place: tuple[str, int]) -> None:
    value, offset = place
    text, longer = octets(unquoted(value)), inserted(value, offset, OURS)
    assert octets(unquoted(longer)) == text[:offset] + OURS.encode() + text[offset:]
    assert max(sizes(longer)) <= 255


def test_a_string_without_room_is_cut_around_the_text() -> None:
    value = quoted("v" * 250, ROUTE_53)
    assert inserted(value, 100, OURS) == f'"{"v" * 100}" "{OURS}" "{"v" * 150}"'


def test_the_text_stands_alone_between_two_full_strings() -> None:
    value = f'"{"v" * 250}" "{"w" * 250}"'
    assert inserted(value, 250, OURS) == f'"{"v" * 250}" "{OURS}" "{"w" * 250}"'


def test_between_a_full_string_and_one_with_room_the_text_takes_the_room() -> None:
    assert inserted(f'"{"v" * 250}" "-all"', 250, OURS) == f'"{"v" * 250}" "{OURS}-all"'


def test_a_text_that_somebody_cut_over_two_strings_is_removed_too() -> None:
    assert removed('"v=spf1 include:ama" "zonses.com -all"', 7, 29) == '"v=spf1 -all"'


def test_a_value_without_quotes_is_edited_as_it_stands() -> None:
    longer = inserted("v=spf1 -all", 7, OURS)
    assert longer == "v=spf1 include:amazonses.com -all"
    assert removed(longer, 7, 29) == "v=spf1 -all"


def test_texts_are_unquoted_and_joined() -> None:
    assert TxtSet(60, ('"a" "b"', '"\\052"')).texts == ("ab", "*")


def test_a_set_is_changed_at_one_place_only() -> None:
    two = TxtSet(60, ('"a"', '"b"'))
    assert two.with_value(0, '"c"') == TxtSet(60, ('"c"', '"b"'))
    assert two.plus("d é") == TxtSet(60, ('"a"', '"b"', '"d \\303\\251"'))
    assert two.without(1) == TxtSet(60, ('"a"',))


def test_nothing_is_left_of_a_set_without_its_last_value() -> None:
    assert TxtSet(60, ('"a"',)).without(0) is None


def test_a_set_without_values_does_not_exist() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        TxtSet(60, ())
