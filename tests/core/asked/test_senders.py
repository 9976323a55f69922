import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.asked.senders import MOST_SENDERS, SenderChange, Senders
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError

EXAMPLE = DomainName("example.com")
BEFORE = Senders.parse([("shop", "orders"), ("scanner", "scan")])

names = st.text(string.ascii_lowercase + string.digits + "-A", max_size=34)
local_parts = st.text(string.ascii_letters + string.digits + "._+-@*", max_size=66)


def change(*put: str, drop: tuple[str, ...] = ()) -> SenderChange:
    found = SenderChange.parse(put, drop)
    assert found is not None
    return found


def many(count: int, prefix: str = "s") -> list[tuple[str, str]]:
    return [(f"{prefix}{number}", "x") for number in range(count)]


@pytest.mark.parametrize(
    ("name", "local_part", "says", "hint"),
    [
        ("", "orders", "no name", "such as shop=orders"),
        ("  ", "orders", "no name", "such as shop=orders"),
        ("Shop", "orders", "not in lower case", "write shop"),
        ("-shop", "orders", "not a name", "inner hyphens"),
        ("shop-", "orders", "not a name", "inner hyphens"),
        ("my shop", "orders", "not a name", "lower-case letters"),
        ("shop.eu", "orders", "not a name", "lower-case letters"),
        ("../shop", "orders", "not a name", "lower-case letters"),
        ("größe", "orders", "not a name", "lower-case letters"),
        ("shop\n2", "orders", "not a name", "lower-case letters"),
        ("s" * 33, "orders", "not a name", "1 to 32"),
        ("shop", "", "is empty", "shop=orders"),
        ("shop", " ", "is empty", "shop=orders"),
        ("shop", "@example.com", "is empty", "shop=orders"),
        ("shop", "orders@example.com", "is a whole address", "before the @: shop=orders"),
        ("shop", "or*", "contains '*'", "letters, digits and"),
        ("shop", "order?", "contains '?'", "letters, digits and"),
        ("shop", "${aws:username}", "contains '$'", "letters, digits and"),
        ("shop", "two words", "contains U+0020", "letters, digits and"),
        ("shop", "grüße", "contains U+00FC", "letters, digits and"),
        ("shop", ".orders", "nothing beside it", "remove the dot"),
        ("shop", "orders.", "nothing beside it", "remove the dot"),
        ("shop", "or..ders", "nothing beside it", "remove the dot"),
        ("shop", "o" * 65, "65 characters", "at most 64"),
    ],
)
def test_what_is_no_sender_is_refused_with_what_to_write(name: str, local_part: str, says: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        Senders.parse([(name, local_part)])
    assert caught.value.code == "invalid_sender"
    assert says in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("name", "local_part"),
    [("s", "o"), ("s" * 32, "o" * 64), ("a--b-9", "Orders"), ("0", "no-reply+eu.shop_1"), ("shop", "-+_")],
)
def test_whatever_is_within_the_rules_is_taken_as_it_is(name: str, local_part: str) -> None:
    assert Senders.parse([(name, local_part)]).to_document() == {name: local_part}


def test_blanks_around_are_dropped_and_the_case_of_an_address_is_kept() -> None:
    (sender,) = Senders.parse([(" shop ", " Orders ")]).listed
    assert (sender.name, sender.address(EXAMPLE)) == ("shop", "Orders@example.com")


def test_senders_have_the_order_of_their_names_and_may_share_an_address() -> None:
    both = Senders.parse([("scanner-2", "scan"), ("scanner-1", "scan")])
    assert both.names == ("scanner-1", "scanner-2")
    assert both == Senders.parse([("scanner-1", "scan"), ("scanner-2", "scan")])


def test_every_fault_is_told() -> None:
    found = Senders.faults([("Shop", "x"), ("shop", "a@b.com"), ("fine", "x"), (" fine", "y"), *many(MOST_SENDERS)])
    assert [name for name, _, _ in found] == ["Shop", "shop", " fine", None]


def test_a_sender_that_is_put_is_added_or_replaces_the_one_of_its_name() -> None:
    assert change("news=letter", "shop=sales").over(BEFORE).to_document() == {
        "news": "letter",
        "scanner": "scan",
        "shop": "sales",
    }


def test_a_sender_is_taken_away_and_a_second_time_too() -> None:
    dropped = change(drop=("shop",)).over(BEFORE)
    assert dropped.to_document() == {"scanner": "scan"}
    assert change(drop=("shop",)).over(dropped) == dropped


def test_without_any_option_nothing_is_asked() -> None:
    assert SenderChange.parse([], []) is None


@pytest.mark.parametrize(
    ("put", "drop", "says"),
    [
        (["shop"], [], "has no local part"),
        (["=orders"], [], "no name"),
        (["shop=orders", "shop=sales"], [], "given twice"),
        (["shop=orders"], ["shop"], "to be there and to be taken away"),
        (["shop=orders"], [" shop "], "to be there and to be taken away"),
        ([], [""], "no name"),
        ([], ["Shop"], "not in lower case"),
        ([], ["shop=orders"], "not a name"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(put: list[str], drop: list[str], says: str) -> None:
    with pytest.raises(InputError) as caught:
        SenderChange.parse(put, drop)
    assert caught.value.code == "invalid_sender"
    assert says in caught.value.message
    assert caught.value.hint


def test_a_domain_has_twenty_senders_at_most() -> None:
    full = change(*(f"{name}={local}" for name, local in many(20))).over(Senders())
    with pytest.raises(InputError) as caught:
        change("one-more=x").over(full)
    assert (caught.value.code, "remove 1" in caught.value.hint) == ("too_many_senders", True)
    assert len(change("one-more=x", drop=("s0",)).over(full).listed) == 20


def test_senders_that_are_on_their_way_out_may_stand_beside_as_many_new_ones() -> None:
    assert len(Senders.parse(many(20)).beside(Senders.parse(many(20, "old"))).listed) == 40


def test_what_somebody_else_wrote_is_left_out() -> None:
    assert Senders.from_resource(
        [(" shop", "x"), ("shop", "orders"), ("Shop", "x"), ("", "x"), ("bad", "a*")]
    ).to_document() == {"shop": "orders"}


def test_the_name_of_a_sender_is_read_like_that_of_a_new_one() -> None:
    assert Senders.parse_name(" shop ") == "shop"
    with pytest.raises(InputError):
        Senders.parse_name("../../etc")


@given(st.dictionaries(names, local_parts, max_size=30))
def test_senders_are_either_refused_or_read_back_the_same(given_: dict[str, str]) -> None:
    try:
        found = Senders.parse(given_.items())
    except InputError as error:
        assert error.code == "invalid_sender"  # noqa: PT017 - either outcome is right
        return
    assert Senders.parse(found.to_document().items()) == found == Senders.from_resource(found.to_document().items())
    assert SenderChange(Senders(), found.names).over(found) == Senders()
    for sender in found.listed:
        assert str(EmailAddress.parse(sender.address(EXAMPLE))) == sender.address(EXAMPLE)
        assert not set(sender.local_part) & set("*?$")
