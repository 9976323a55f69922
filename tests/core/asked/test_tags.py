from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.asked.tags import ALWAYS_OURS, MOST_OF_ONES_OWN, OURS, TagChange, Tags
from provisioner.errors import InputError

BEFORE = Tags.parse([("Team", "web"), ("CostCenter", "0042")])

texts = st.text(st.characters(categories=["L", "N", "Zs"], include_characters="_.:/=+-@"), max_size=20)


def change(*put: str, drop: tuple[str, ...] = ()) -> TagChange:
    found = TagChange.parse(put, drop)
    assert found is not None
    return found


def many(count: int) -> list[tuple[str, str]]:
    return [(f"Key{number}", "x") for number in range(count)]


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("", "x", "no key"),
        ("  ", "x", "no key"),
        ("k" * 129, "x", "129 characters"),
        ("Key", "v" * 257, "257 characters"),
        ("K;y", "x", "contains ';'"),
        ("Key", "a\nb", "contains U+000A"),
        ("Key", "${x}", "contains '$'"),
        ("Key", "smile 😀", "U+1F600"),
        ("aws:createdBy", "x", "begins with aws:"),
        ("AWS:createdBy", "x", "begins with aws:"),
        (" aWs:createdBy", "x", "begins with aws:"),
        ("Key", "Aws:x", "begins with aws:"),
        ("Sender:shop", "x", "the provisioner's own"),
        ("sENDER:", "x", "the provisioner's own"),
        *((key, "x", "the provisioner's own") for ours in OURS for key in (ours, ours.upper(), f" {ours.lower()}")),
    ],
)
def test_a_tag_that_aws_or_we_do_not_allow_is_refused(key: str, value: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        Tags.parse([(key, value)])
    assert caught.value.code == "invalid_tag"
    assert says in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("key", "value"),
    [("k" * 128, "v" * 256), ("Key", ""), ("Größe", "株式会社"), ("a=b", "x=y"), ("team:cost@x/y+z-1.2_3", "a b")],
)
def test_whatever_aws_allows_is_taken_as_it_is(key: str, value: str) -> None:
    assert Tags.parse([(key, value)]).to_document() == {key: value}


def test_blanks_around_are_dropped_and_accents_composed() -> None:
    assert Tags.parse([(" Cafe\u0301 ", " cre\u0301me ")]).to_document() == {"Café": "créme"}


def test_a_key_that_only_begins_like_a_sender_s_is_free() -> None:
    assert Tags.parse([("Senders", "x"), ("SenderOf", "y")]).to_document() == {"SenderOf": "y", "Senders": "x"}


def test_the_way_to_customer_and_contact_is_named() -> None:
    with pytest.raises(InputError) as caught:
        Tags.parse([("customer", "Ada")])
    assert "--customer" in caught.value.hint


@pytest.mark.parametrize(("one", "other"), [("Team", "Team"), ("Team", "team"), ("Team", " Team")])
def test_keys_that_are_one_to_iam_cannot_both_be_given(one: str, other: str) -> None:
    (found,) = Tags.faults([(one, "web"), (other, "ops")])
    assert (found[0], "given twice" in found[1]) == (other, True)


def test_every_fault_is_told() -> None:
    found = Tags.faults([("aws:x", "y"), ("Team", "!"), ("Domain", "x"), ("fine", "x"), *many(MOST_OF_ONES_OWN)])
    assert [key for key, _, _ in found] == ["aws:x", "Team", "Domain", None]


def test_the_order_in_which_tags_are_given_does_not_matter() -> None:
    assert Tags.parse([("b", "1"), ("a", "2")]) == Tags.parse([("a", "2"), ("b", "1")])


def test_there_is_room_for_ours_among_the_fifty() -> None:
    assert len(Tags.parse(many(50 - ALWAYS_OURS)).pairs) == 47
    with pytest.raises(InputError, match="48 tags are too many"):
        Tags.parse(many(48))


def test_a_tag_that_is_put_is_added_or_replaces_the_one_of_its_key() -> None:
    assert change("Paid=yes", "Team=ops").over(BEFORE).to_document() == {
        "CostCenter": "0042",
        "Paid": "yes",
        "Team": "ops",
    }


def test_a_key_in_another_case_replaces_the_key_too() -> None:
    assert change("TEAM=web").over(BEFORE).to_document() == {"CostCenter": "0042", "TEAM": "web"}


def test_a_value_may_be_empty_and_hold_an_equals_sign() -> None:
    assert change("Team=", "Query=a=b").put.to_document() == {"Team": "", "Query": "a=b"}


def test_a_tag_is_taken_away_in_whatever_case_and_a_second_time_too() -> None:
    dropped = change(drop=("team",)).over(BEFORE)
    assert dropped.to_document() == {"CostCenter": "0042"}
    assert change(drop=("team",)).over(dropped) == dropped


def test_without_any_option_nothing_is_asked() -> None:
    assert TagChange.parse([], []) is None


@pytest.mark.parametrize(
    ("put", "drop", "says"),
    [
        (["Team"], [], "has no value"),
        (["=web"], [], "no key"),
        (["Team=web", "team=ops"], [], "given twice"),
        (["Team=web"], ["TEAM"], "to be set and to be taken away"),
        ([], [""], "no key"),
        ([], ["ManagedBy"], "the provisioner's own"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(put: list[str], drop: list[str], says: str) -> None:
    with pytest.raises(InputError) as caught:
        TagChange.parse(put, drop)
    assert caught.value.code == "invalid_tag"
    assert says in caught.value.message
    assert caught.value.hint


def test_what_is_added_to_what_is_there_may_be_too_much() -> None:
    with pytest.raises(InputError) as caught:
        change("One=more").over(Tags.parse(many(MOST_OF_ONES_OWN)))
    assert (caught.value.code, "remove 1" in caught.value.hint) == ("too_many_tags", True)


def test_the_tags_of_a_resource_that_are_not_ours_are_found() -> None:
    tags = {**dict.fromkeys(OURS, "x"), "managedby": "x", "aws:createdBy": "x", "bad!": "x", "Team": "web"}
    assert Tags.from_resource(tags).to_document() == {"Team": "web"}


@given(st.dictionaries(texts, texts, max_size=60))
def test_tags_are_either_refused_or_read_back_the_same(tags: dict[str, Any]) -> None:
    try:
        found = Tags.parse(tags.items())
    except InputError as error:
        assert error.code == "invalid_tag"  # noqa: PT017 - either outcome is right
        return
    assert Tags.parse(found.to_document().items()) == found == Tags.from_resource(found.to_document())
    assert TagChange(found).over(found) == found
    assert TagChange(Tags(), tuple(found.to_document())).over(found) == Tags()
