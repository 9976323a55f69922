import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.values.address import EmailAddress
from provisioner.errors import InputError


@pytest.mark.parametrize(
    ("text", "local", "domain"),
    [
        ("postmaster@example.com", "postmaster", "example.com"),
        ("Post.Master+x@Example.COM", "Post.Master+x", "example.com"),
        ("mailto:dmarc@example.com", "dmarc", "example.com"),
        ("MAILTO:a%2Bb@example.com", "a+b", "example.com"),
        ("${x}@example.com", "${x}", "example.com"),
        ("o'brien@example.com", "o'brien", "example.com"),
        ("a@münchen.de", "a", "xn--mnchen-3ya.de"),
        ("a%2Bb@example.com", "a%2Bb", "example.com"),
    ],
)
def test_an_address_is_read_with_its_local_part_untouched(text: str, local: str, domain: str) -> None:
    address = EmailAddress.parse(text)
    assert (address.local, address.domain, str(address)) == (local, domain, f"{local}@{domain}")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "it has no @"),
        ("mailto:", "it has no @"),
        ("example.com", "it has no @"),
        ("@example.com", "nothing stands before"),
        ("a@", "it is empty"),
        ("a@localhost", "a single label"),
        ("a@co.uk", "a public suffix"),
        ("a@[192.0.2.1]", "an IP address"),
        ("a@b@example.com", "contains '@'"),
        ("a b@example.com", "U+0020 SPACE"),
        ("Ann <ann@example.com>", "U+0020 SPACE"),
        ("<ann@example.com>", "contains '<'"),
        ('"a b"@example.com', "contains '\"'"),
        ("jürgen@example.com", "U+00FC"),
        (".a@example.com", "a dot"),
        ("a.@example.com", "a dot"),
        ("a..b@example.com", "a dot"),
        ("a@example.com\nBcc: b@example.com", "contains"),
        ("a@example.com,b@example.com", "contains"),
        ("a@example.com!10m", "contains '!'"),
    ],
)
def test_what_is_no_address_is_refused_with_its_own_reason(text: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        EmailAddress.parse(text)
    assert caught.value.code == "invalid_address"
    assert what in caught.value.message
    assert caught.value.hint


def test_a_local_part_may_have_64_characters_and_an_address_254() -> None:
    domain = ".".join(["a" * 61, "b" * 63, "c" * 59, "com"])
    assert len(str(EmailAddress.parse(f"{'x' * 64}@{domain}"))) == 254
    for text in (f"{'x' * 64}@a{domain}", f"{'x' * 65}@example.com"):
        with pytest.raises(InputError, match="characters long"):
            EmailAddress.parse(text)


def outcome(text: str) -> EmailAddress | InputError:
    try:
        return EmailAddress.parse(text)
    except InputError as error:
        return error


@given(st.text())
def test_every_text_is_either_an_address_or_an_input_error(text: str) -> None:
    found = outcome(f"{text}@example.com")
    if isinstance(found, InputError):
        assert found.code == "invalid_address"
        assert found.message.isprintable()
    else:
        assert EmailAddress.parse(str(found)) == found
