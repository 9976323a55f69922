import itertools

import pytest
from hypothesis import given, settings
from tape import Tape, made_by

from provisioner.core.dns.txt import ROUTE_53, quoted, unquoted
from provisioner.core.dns.txt_set import TxtSet, inserted, octets, removed

OURS = "include:amazonses.com "
SIZES = {
    piece: len(octets(unquoted(f'"{piece}"')))
    for piece in [*"ab =:;'x", '\\"', "\\\\", "\\141", "\\303\\251", "\\q", "é"]
}
PIECES = [piece for piece in SIZES if piece != "x"]


def raw_string(tape: Tape) -> str:
    """A character-string of a few of the pieces, often filled up to its limit or nearly, sometimes empty."""
    kind = tape.number(4)
    if kind == 0:
        return '""'
    pieces = [tape.pick(PIECES) for _ in range(tape.number(11))]
    room = 255 - sum(SIZES[piece] for piece in pieces)
    filling = "x" * min(225 + tape.number(31), room) if kind > 1 else ""
    return f'"{"".join(pieces)}{filling}"'


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


def place(tape: Tape) -> tuple[str, int]:
    """A value and an offset in it, often where two strings meet; never 0 and never inside a character."""
    separator, parts = tape.pick([" ", "", "\t"]), [raw_string(tape) for _ in range(1 + tape.number(5))]
    if parts[0] == '""':
        parts[0] = '"a"'
    value = separator.join(parts)
    text = unquoted(value)
    ends = list(itertools.accumulate(len(unquoted(part)) for part in parts))
    offset = tape.pick(ends) if tape.number(2) else 1 + tape.number(len(text))
    return value, len(octets(text[:offset]))


@settings(max_examples=500)
@given(made_by(place))
def test_what_was_inserted_is_removed_without_a_trace(example: tuple[str, int]) -> None:
    value, offset = example
    longer = inserted(value, offset, OURS)
    assert removed(longer, offset, offset + len(OURS)) == value


@settings(max_examples=500)
@given(made_by(place))
def test_the_text_is_inserted_at_its_place_and_no_string_outgrows_255_octets(example: tuple[str, int]) -> None:
    value, offset = example
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
