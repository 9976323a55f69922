import pytest

from provisioner.errors import InputError, KeyNotKept, carrying, defect, keys_not_kept


def test_an_error_is_a_document_of_three_members() -> None:
    assert InputError("no_region", "none was named", "give --region").to_document() == {
        "code": "no_region",
        "message": "none was named",
        "hint": "give --region",
    }


def test_a_defect_says_where_it_is_and_nothing_of_its_text() -> None:
    try:
        {}["password"]
    except KeyError as error:
        found = defect(error, "report it")
    assert found.code == "defect"
    assert found.message.startswith("this is a defect of provisioner: KeyError (")
    assert f"{__file__}:" in found.message
    assert "password" not in found.message


def test_a_defect_without_a_place_is_one_all_the_same() -> None:
    assert defect(ValueError("x"), "report it").message == "this is a defect of provisioner: ValueError"


def not_kept(name: str) -> KeyNotKept:
    return KeyNotKept(name, "", dict)


def interrupted_by(error: KeyNotKept) -> None:
    try:
        raise error
    except KeyNotKept:
        raise KeyboardInterrupt from None


def test_a_key_that_is_not_kept_is_found_behind_whatever_came_up_afterwards() -> None:
    inner, carried = not_kept("inner"), not_kept("carried")
    with pytest.raises(KeyboardInterrupt) as caught, carrying([carried]):
        interrupted_by(inner)
    assert keys_not_kept(caught.value) == (carried, inner)
    assert keys_not_kept(defect(caught.value, "")) == (carried, inner)


def test_without_any_an_error_passes_as_it_is() -> None:
    cause = ValueError()
    with pytest.raises(RuntimeError) as caught, carrying([]):
        raise RuntimeError from cause
    assert caught.value.__cause__ is cause
    assert keys_not_kept(caught.value) == keys_not_kept(None) == ()
