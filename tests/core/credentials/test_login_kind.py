"""What a password and a user name are by their looks; the key and its passwords are AWS's own example."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.credentials.login_kind import Kind, is_temporary, look_at_password, wrong_user_name
from provisioner.core.credentials.password import derive
from provisioner.core.values.secret import Secret

KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
PASSWORD = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"  # of KEY in us-east-1
OLD = "An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy"  # of KEY, by the algorithm of before 2019
ID = "AKIAIOSFODNN7EXAMPLE"


def look(text: str) -> tuple[Kind, str]:
    found = look_at_password(Secret(text), "us-east-1")
    for secret in (KEY, PASSWORD, OLD):
        assert secret not in repr(found)
    return found.kind, found.wrong


@pytest.mark.parametrize("text", [PASSWORD, derive(KEY, "eu-west-1"), derive("some+secret+key", "eu-central-1")])
def test_a_password_of_any_region_has_nothing_wrong_by_its_looks(text: str) -> None:
    assert look(text) == (Kind.PASSWORD, "")


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+", min_size=40, max_size=40))
def test_what_is_derived_of_a_key_is_a_password_and_the_key_itself_is_none(key: str) -> None:
    assert look_at_password(Secret(derive(key, "us-east-1")), "us-east-1").kind is Kind.PASSWORD
    found = look_at_password(Secret(key), "us-east-1")
    assert found.kind in (Kind.SECRET_KEY, Kind.MALFORMED)
    assert found.meant == Secret(derive(key, "us-east-1"))


@pytest.mark.parametrize("text", [KEY, f"{KEY}\n", f'"{KEY}"', f"AWS_SECRET_ACCESS_KEY={KEY}"])
def test_a_secret_access_key_is_told_however_it_is_wrapped(text: str) -> None:
    assert look(text)[0] is Kind.SECRET_KEY
    assert look_at_password(Secret(text), "us-east-1").meant == Secret(PASSWORD)


@pytest.mark.parametrize("text", [OLD, "A" + PASSWORD[1:]])
def test_a_password_of_the_old_algorithm_begins_with_a(text: str) -> None:
    assert look(text)[0] is Kind.OLD_PASSWORD


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        (f"{PASSWORD}\n", "whitespace, such as a line feed, stands at its end"),
        (f" {PASSWORD}", "stands at its start"),
        (f" {PASSWORD} ", "stands at its start and end"),
        (f'"{PASSWORD}"', "quotes, or the name of a variable, stand around it; inside is an SMTP password"),
        (f"'{PASSWORD}'", "quotes, or the name of a variable, stand around it"),
        (f"SMTP_PASSWORD={PASSWORD}", "the name of a variable, stand around it"),
        (f'export SMTP_PASSWORD="{PASSWORD}"', "the name of a variable"),
        (PASSWORD[:43], "it has 43 characters, and each SMTP password has 44: was it cut?"),
        (PASSWORD[:40], "begins as an SMTP password does: was it cut?"),
        (PASSWORD[1:], "it has 43 characters"),
        (PASSWORD + "x", "it has 45 characters, and each SMTP password has 44: was something copied with it?"),
        (f"{PASSWORD[:20]} {PASSWORD[20:]}", "whitespace stands within it"),
        (PASSWORD.replace("/", "%2F").replace("+", "%2B"), "it is written for a URL"),
        (PASSWORD.replace("/", "_").replace("+", "-"), "the letters of another base64"),
        ("C" + PASSWORD[1:], "each of them begins with B"),
        (ID, "it is the id of an access key, which is the user name"),
        ("{}", "it has a character that no SMTP password has"),
        ("hunter2", "it has 7 characters"),
        ("pässword" * 6, "it has a character that no SMTP password has"),
    ],
)
def test_what_is_wrong_with_any_other_text_is_said_without_a_part_of_it(text: str, words: str) -> None:
    kind, wrong = look(text)
    assert kind is Kind.MALFORMED
    assert words in wrong


def test_what_was_meant_is_what_is_inside_of_quotes() -> None:
    assert look_at_password(Secret(f'"{PASSWORD}"'), "eu-west-1").meant == Secret(PASSWORD)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("example.com", "it is not the id of an access key"),
        ("info@example.com", "it is not the id of an access key"),
        ("", "it is not the id of an access key"),
        (f"{ID} ", "with nothing around it"),
        (f'"{ID}"', "with nothing around it"),
        (ID.lower(), "in capitals"),
        ("AKIA123", "was it cut?"),
        ("AIDAIOSFODNN7EXAMPLE", "the unique id of an IAM user"),
    ],
)
def test_what_is_no_id_of_an_access_key_is_told(name: str, words: str) -> None:
    assert words in (wrong_user_name(name) or "")


def test_an_id_of_an_access_key_is_right_and_only_one_of_temporary_credentials_is_temporary() -> None:
    assert wrong_user_name(ID) is None
    assert not is_temporary(ID)
    assert is_temporary("ASIAIOSFODNN7EXAMPLE")
