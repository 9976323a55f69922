"""What every format holds to, whoever reads it."""

import base64
from dataclasses import replace

import pytest

from provisioner.core.credentials.credential import Login
from provisioner.core.credentials.forms.catalogue import FORMATS, FORMS, Format, render
from provisioner.core.values.address import EmailAddress
from provisioner.errors import InputError

PASSWORD = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
PLAIN = {"json", "env", "csv"}  # their readers decide about From themselves
FORCING = sorted(set(FORMATS) - PLAIN)


def holds(text: str, value: str) -> bool:
    return value in text or base64.b64encode(value.encode()).decode() in text


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_format_carries_the_password_and_the_address_and_never_the_secret_key(shop: Login, fmt: str) -> None:
    text = render([shop], fmt)
    assert holds(text, PASSWORD)
    assert holds(text, "orders@example.com")
    assert not holds(text, SECRET_KEY)
    assert text.endswith("\n")


@pytest.mark.parametrize("fmt", FORCING)
def test_a_form_says_why_from_must_be_forced(own: Login, shop: Login, fmt: str) -> None:
    assert "From must be orders@example.com: this login may send as nothing else" in render([shop], fmt)
    assert "From must be an address at example.com: SES refuses every other one with 554" in render([own], fmt)


@pytest.mark.parametrize("fmt", sorted({*FORCING, "env"}))
def test_the_address_that_was_chosen_is_the_one_that_is_set(own: Login, fmt: str) -> None:
    text = render([own.sending_as(EmailAddress.parse("info@example.com"))], fmt)
    assert holds(text, "info@example.com")
    assert not any(holds(text, f"{usual}@example.com") for usual in ("noreply", "wordpress"))


@pytest.mark.parametrize("fmt", FORCING)
def test_a_sender_that_is_not_known_any_more_needs_an_address(shop: Login, fmt: str) -> None:
    forgotten = replace(shop, sends_from=None)
    with pytest.raises(InputError) as caught:
        render([forgotten], fmt)
    assert caught.value.code == "no_from_address"
    assert holds(render([forgotten.sending_as(EmailAddress.parse("a@example.com"))], fmt), "a@example.com")


@pytest.mark.parametrize("address", ["info@example.net", "info@sub.example.com", "info@notexample.com"])
def test_an_address_of_another_domain_is_refused(own: Login, address: str) -> None:
    with pytest.raises(InputError) as caught:
        own.sending_as(EmailAddress.parse(address))
    assert caught.value.code == "not_its_address"
    assert "*@example.com" in caught.value.message


@pytest.mark.parametrize("address", ["Orders@example.com", "info@example.com"])
def test_a_sender_sends_as_its_own_address_only(shop: Login, address: str) -> None:
    with pytest.raises(InputError):
        shop.sending_as(EmailAddress.parse(address))
    assert shop.sending_as(EmailAddress.parse("orders@EXAMPLE.com")).chosen_from == "orders@example.com"


@pytest.mark.parametrize(
    ("port", "security"), [(25, "starttls"), (587, "starttls"), (2587, "starttls"), (465, "tls"), (2465, "tls")]
)
def test_how_a_connection_is_secured_follows_from_the_port(own: Login, port: int, security: str) -> None:
    through = own.through(port)
    assert (through.credential.port, through.credential.security) == (port, security)
    for fmt in FORMATS:
        if fmt != "gmail":
            assert holds(render([through], fmt), str(port))


@pytest.mark.parametrize("port", [0, 2525, 443, 70000])
def test_a_port_that_ses_does_not_have_is_refused(own: Login, port: int) -> None:
    with pytest.raises(InputError) as caught:
        own.through(port)
    assert caught.value.code == "unknown_port"
    assert "2587" in caught.value.hint


@pytest.mark.parametrize("fmt", [fmt for fmt, form in FORMS.items() if form.one])
@pytest.mark.parametrize("number", [0, 2])
def test_a_format_for_one_holds_no_other_number(own: Login, fmt: Format, number: int) -> None:
    with pytest.raises(InputError) as caught:
        render([own] * number, fmt)
    assert caught.value.code == "one_credential_only"
    assert PASSWORD not in caught.value.message
    assert "json" in caught.value.hint


def test_the_table_has_every_format_once() -> None:
    assert list(FORMS) == list(Format)


def test_an_unknown_format_is_refused_with_the_known_ones(own: Login) -> None:
    with pytest.raises(InputError) as caught:
        render([own], "xml")
    assert (caught.value.code, caught.value.hint) == ("unknown_format", f"Use one of: {', '.join(FORMATS)}.")
    assert caught.value.hint.startswith("Use one of: json, env, csv, ")
