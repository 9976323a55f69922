import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.credentials.password import derive, validate_secret
from provisioner.core.values.secret import Secret
from provisioner.errors import InputError

EXAMPLE = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize(
    ("secret", "region", "password"),
    [
        ("some+secret+key", "eu-central-1", "BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2"),
        ("another+secret+key", "eu-central-1", "BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh"),
        (EXAMPLE, "us-east-1", "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"),
        (EXAMPLE, "us-west-2", "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd"),
        (EXAMPLE, "eu-west-1", "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk"),
        (EXAMPLE, "eu-central-1", "BF0/eIJm0ruTHsSjOkRuOGzGF+zeSyE3aiRzrzUQ8LwG"),
        (EXAMPLE, "us-gov-west-1", "BHW/eHvx1MM9YwW4wrJG6MGVQmLDCAM99G9YiSdGEIAw"),
    ],
)
def test_the_password_is_the_one_that_aws_derives(secret: str, region: str, password: str) -> None:
    """The first two are published in the Terraform provider's own tests."""
    assert derive(secret, region) == password


def test_the_old_regionless_password_is_not_made() -> None:
    assert derive(EXAMPLE, "us-east-1") != "An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy"


@given(st.text(st.characters(codec="utf-8")), st.sampled_from(["us-east-1", "eu-west-1"]))
def test_every_password_has_the_form_of_version_4(secret: str, region: str) -> None:
    password = derive(secret, region)
    assert (len(password), password[0], "=" in password) == (44, "B", False)
    assert base64.b64decode(password, validate=True)[0] == 4


@given(st.text(st.characters(codec="utf-8")))
def test_another_region_gives_another_password(secret: str) -> None:
    assert derive(secret, "us-east-1") != derive(secret, "us-west-2")


def test_a_secret_is_taken_with_the_line_break_that_a_pipe_adds() -> None:
    assert validate_secret(f"{EXAMPLE}\n").reveal() == EXAMPLE


@pytest.mark.parametrize(
    "copied",
    [
        f'"{EXAMPLE}"',
        f"'{EXAMPLE}'\n",
        f"\u201c{EXAMPLE}\u201d",
        f"\ufeff{EXAMPLE}\r\n",
        f"AWS_SECRET_ACCESS_KEY={EXAMPLE}",
        f'export AWS_SECRET_ACCESS_KEY="{EXAMPLE}"',
        f"aws_secret_access_key = {EXAMPLE}",
        f"$env:AWS_SECRET_ACCESS_KEY = '{EXAMPLE}'",
        f"SecretAccessKey: {EXAMPLE}",
    ],
)
def test_a_secret_is_taken_out_of_what_it_was_copied_with(copied: str) -> None:
    assert validate_secret(copied).reveal() == EXAMPLE


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("", "empty", "standard input"),
        (" \n", "empty", "standard input"),
        ("AKIAIOSFODNN7EXAMPLE", "an access key id (AKIA...)", "secret access key that belongs to it"),
        ("ASIAIOSFODNN7EXAMPLE", "an access key id (ASIA...)", "Temporary credentials"),
        ("AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI", "whitespace", "on one line"),
        ("wJalrXUtnFEMI\nwJalrXUtnFEMI", "whitespace", "on one line"),
        ("wJalr\u00a0XUtnFEMI", "whitespace", "on one line"),
        (f'{{"SecretAccessKey":"{EXAMPLE}"}}', "it is JSON", "jq -r"),
        (f"AKIAIOSFODNN7EXAMPLE:{EXAMPLE}", "an access key id stands before it", "alone"),
        (f"AKIAIOSFODNN7EXAMPLE,{EXAMPLE}", "an access key id stands before it", "alone"),
        (f'"{EXAMPLE}', "a quote stands at one end", "alone"),
        (f"{EXAMPLE[:-1]}!", "a character that no key contains", "alone"),
        (EXAMPLE[:-1], "39 characters, 40 are needed: was it cut?", "whole"),
        (f"{EXAMPLE}x", "41 characters, 40 are needed: was something copied", "whole"),
        (EXAMPLE[:20], "20 characters", "whole"),
        ("hunter2", "7 characters", "whole"),
        ("SMTP_PASSWORD=", "empty", "standard input"),
        ('""', "empty", "standard input"),
        ("BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9", "an SMTP password already", "as it is"),
        ("An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy", "an SMTP password of before 2019", "secret access key"),
    ],
)
def test_what_is_no_secret_key_is_refused_without_being_repeated(text: str, what: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        validate_secret(text)
    error = caught.value
    assert error.code == "invalid_secret"
    assert what in error.message
    assert hint in error.hint
    assert not any(word in f"{error.message} {error.hint}" for word in text.split())


def outcome(text: str) -> Secret | InputError:
    try:
        return validate_secret(text)
    except InputError as error:
        return error


@given(st.text(st.characters(codec="ascii"), min_size=8))
def test_no_refusal_repeats_what_was_given(text: str) -> None:
    found = outcome(text)
    if isinstance(found, InputError):
        assert text.strip() == "" or text not in f"{found.message} {found.hint}"
    else:
        assert found.reveal() in text


@given(st.text("ABCDEFabcdef0123456789/+", min_size=40, max_size=40).filter(lambda text: not text.startswith("A")))
def test_every_text_of_the_right_length_and_letters_is_taken(text: str) -> None:
    assert validate_secret(text).reveal() == text


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    found = outcome(text)
    assert isinstance(found, InputError) or len(found.reveal()) == 40
