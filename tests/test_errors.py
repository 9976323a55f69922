from provisioner.errors import InputError, defect


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
