import string
import subprocess
import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError


def outcome(text: str) -> DomainName | InputError:
    try:
        return DomainName.parse(text)
    except InputError as error:
        return error


def error_of(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        DomainName.parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "ascii_form"),
    [
        ("example.com", "example.com"),
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("blog.example.co.uk", "blog.example.co.uk"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("MÜNCHEN.DE", "xn--mnchen-3ya.de"),
        ("XN--MNCHEN-3YA.de", "xn--mnchen-3ya.de"),
        ("faß.de", "xn--fa-hia.de"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("ex。ample.com", "ex.ample.com"),
        ("example。com。", "example.com"),
        ("ab--cd.example.com", "ab--cd.example.com"),
        ("ab--cd.münchen.de", "ab--cd.xn--mnchen-3ya.de"),
        ("user.github.io", "user.github.io"),
        ("1.example.com", "1.example.com"),
        ("\u0430pple.com", "xn--pple-43d.com"),
    ],
)
def test_a_name_is_read_into_its_a_label_form(text: str, ascii_form: str) -> None:
    assert DomainName.parse(text).ascii == ascii_form


def test_a_name_and_its_a_label_are_one_value() -> None:
    assert DomainName.parse("münchen.de") == DomainName.parse("xn--mnchen-3ya.de")
    assert len({DomainName.parse("münchen.de"), DomainName.parse("MÜNCHEN.de.")}) == 1


def test_a_homograph_is_another_domain() -> None:
    assert DomainName.parse("\u0430pple.com") != DomainName.parse("apple.com")


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("", "it is empty", "such as example.com"),
        (" \t", "it is empty", "such as example.com"),
        ("exa mple.com", "U+0020 SPACE", "Leave out spaces"),
        ("example.com\n", "U+000A", "Leave out spaces"),
        ("exa\x00mple.com", "U+0000", "control characters"),
        ("foo\u00a0bar.de", "U+00A0 NO-BREAK SPACE", "Leave out spaces"),
        ("https://user@example.com:8080/x?y", "a URL", "'example.com'"),
        ("example.com/shop", "a URL", "'example.com'"),
        ("//example.com", "a URL", "'example.com'"),
        ("info@example.com", "an e-mail address", "'example.com'"),
        ("info\uff20example.com", "an e-mail address", "'example.com'"),
        ("192.0.2.1", "an IP address", "domain"),
        ("192.0.2.1.", "an IP address", "domain"),
        ("\uff1192.0.2.1", "an IP address", "domain"),
        ("2001:db8::1", "an IP address", "domain"),
        ("[2001:db8::1]", "an IP address", "domain"),
        ("[192.0.2.1]:25", "an IP address", "domain"),
        ("192.0.2.0/24", "an IP address", "domain"),
        ("localhost", "a single label", "full name"),
        ("com", "a single label", "full name"),
        ("co.uk", "a public suffix", "example.co.uk"),
        ("github.io", "a public suffix", "example.github.io"),
        ("公司.cn", "a public suffix", "example.xn--55qx5d.cn"),
        ("a..example.com", "an empty label", "extra dot"),
        (".example.com", "an empty label", "extra dot"),
        ("example.com..", "an empty label", "extra dot"),
        ("ex。。ample.com", "an empty label", "extra dot"),
        (".", "an empty label", "extra dot"),
        ("_dmarc.example.com", "an underscore", "the domain itself"),
        ("mün_chen.de", "an underscore", "the domain itself"),
        ("-a.example.com", "a hyphen", "Remove"),
        ("a-.example.com", "a hyphen", "Remove"),
        ("*.example.com", "a wildcard", "covers its subdomains"),
        ("xn--a.example.com", "does not decode", "A-label"),
        ("xn--0.example.com", "does not decode", "A-label"),
        ("xn---bbk.example.com", "does not decode", "A-label"),
        ("☃.net", "is not valid", "'xn--n3h' for '☃'"),
        ("🍕.ws", "is not valid", "'xn--vi8h' for '🍕'"),
        ("xn--7ba.example.com", "does not decode", "A-label"),  # an ä in upper case
        ("xn--abc-.example.com", "a hyphen", "Remove"),
        ("\u202eabc.com", "U+202E", "A-label"),
        ("foo\udc80.com", "U+DC80", "A-label"),
        ("example.com:587", "a port", "'example.com'"),
        ("example.123", "a number", "top-level domain"),
        ("../etc/passwd", "a file path", "such as example.com"),
        ("/etc/passwd", "a file path", "such as example.com"),
        ("example.com/../../x", "a file path", "such as example.com"),
        ("..\\x", "a file path", "such as example.com"),
        ("..", "an empty label", "extra dot"),
    ],
)
def test_what_is_no_domain_is_refused_with_its_own_reason_and_remedy(text: str, what: str, hint: str) -> None:
    error = error_of(text)
    assert (error.code, error.exit_code) == ("invalid_domain", 2)
    assert what in error.message
    assert hint in error.hint


@pytest.mark.parametrize("character", "!\"#$%&'()+,;<=>?[]^`{|}~\\")
def test_a_metacharacter_is_refused_by_name(character: str) -> None:
    assert f"contains {character!r}" in error_of(f"exa{character}mple.com").message


def test_a_label_may_have_63_octets_and_no_more() -> None:
    assert DomainName.parse(f"{'a' * 63}.com").labels == ("a" * 63, "com")
    assert "64 octets" in error_of(f"{'a' * 64}.com").message
    assert "octets long" in error_of(f"{'ü' * 60}.com").message


def test_a_name_may_have_253_characters_and_no_more() -> None:
    longest = ".".join(["a" * 61, "b" * 63, "c" * 63, "d" * 59, "com"])
    assert len(DomainName.parse(longest).ascii) == len(longest) == 253
    assert "254 characters" in error_of("x" + longest).message


def test_an_enormous_text_is_refused_at_once_and_not_repeated() -> None:
    error = error_of("ü" * 1_000_000)
    assert "1000000 characters" in error.message
    assert len(error.message) < 300


def test_control_characters_never_reach_the_terminal() -> None:
    assert error_of("\x1b[31mred.com").message.isprintable()


@given(st.text())
def test_every_text_is_either_a_domain_or_an_input_error(text: str) -> None:
    found = outcome(text)
    if isinstance(found, InputError):
        assert found.code == "invalid_domain"
        assert found.message.isprintable()
        assert found.hint
    else:
        assert set(found.ascii) <= set(string.ascii_lowercase + string.digits + "-.")
        assert DomainName.of_ascii(found.ascii) == found


@given(...)
def test_parsing_a_parsed_name_changes_nothing(name: DomainName) -> None:
    assert DomainName.parse(f"{name.ascii.upper()}.") == name
    assert DomainName.parse(str(name)) == name


@given(st.text("aäößéшя中", min_size=1, max_size=12))
def test_an_internationalised_name_survives_the_way_to_its_a_label_and_back(label: str) -> None:
    name = outcome(f"{label}.de")
    assume(isinstance(name, DomainName))
    assert isinstance(name, DomainName)
    assert DomainName.parse(name.unicode) == DomainName.parse(name.ascii) == name


def test_a_name_in_its_own_script_is_for_people() -> None:
    assert DomainName.parse("xn--mnchen-3ya.de").unicode == "münchen.de"
    assert DomainName.parse("www.example.com").unicode == "www.example.com"
    assert DomainName("xn--\x80.de").unicode == "xn--\x80.de"


@pytest.mark.parametrize(
    ("name", "organizational", "parents"),
    [
        ("example.com", "example.com", ()),
        ("a.b.example.com", "example.com", ("b.example.com", "example.com")),
        ("blog.example.co.uk", "example.co.uk", ("example.co.uk",)),
        ("user.github.io", "user.github.io", ()),
        ("a.user.github.io", "user.github.io", ("user.github.io",)),
        ("www.münchen.de", "xn--mnchen-3ya.de", ("xn--mnchen-3ya.de",)),
        ("foo.nosuchtld", "foo.nosuchtld", ()),
    ],
)
def test_the_organizational_domain_is_where_the_parents_end(
    name: str, organizational: str, parents: tuple[str, ...]
) -> None:
    domain = DomainName.parse(name)
    assert domain.organizational.ascii == organizational
    assert domain.parents() == parents
    assert domain.is_subdomain == bool(parents)


def test_a_child_is_the_name_one_label_below(domain: DomainName) -> None:
    assert domain.child("bounce") == "bounce.example.com"


@pytest.mark.parametrize("text", ["", "Example.com", "example.com.", "com", "a_b.com", "a..com", "-a.com", "a b.com"])
def test_a_name_that_was_not_parsed_before_is_not_taken_as_it_is(text: str) -> None:
    with pytest.raises(InputError) as caught:
        DomainName.of_ascii(text)
    assert caught.value.code == "invalid_domain"


def test_names_sort_by_their_text() -> None:
    assert sorted([DomainName("b.com"), DomainName("a.com")]) == [DomainName("a.com"), DomainName("b.com")]


def test_plain_names_need_the_standard_library_only() -> None:
    """The Lambdas ship neither idna nor publicsuffixlist."""
    program = (
        "import sys; sys.modules['idna'] = sys.modules['publicsuffixlist'] = None\n"
        "from provisioner.core.values.domain import DomainName\n"
        "from provisioner.core.values.domain_input import ascii_form\n"
        "print(DomainName.of_ascii('xn--mnchen-3ya.de').unicode, ascii_form('Example.com.'))"
    )
    run = subprocess.run([sys.executable, "-X", "utf8", "-c", program], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == ("münchen.de example.com\n", "")


@pytest.mark.parametrize("name", ["xn--vi8h.ws", "shop.xn--i-7iq.to", "XN--LS8H.la", "xn--n3h.net"])
def test_an_a_label_that_idna_2008_does_not_allow_is_taken_as_it_is(name: str) -> None:
    domain = DomainName.parse(name)
    assert domain.ascii == name.lower()
    assert len(domain.foreign_character) == 1
    assert domain.foreign_character in domain.unicode


@pytest.mark.parametrize("name", ["example.com", "xn--mnchen-3ya.de", "xn--pple-43d.com"])
def test_other_names_hold_no_foreign_character(name: str) -> None:
    assert DomainName.parse(name).foreign_character == ""


@pytest.mark.parametrize("character", "🍕☃❤💩☁☕")
def test_the_hint_about_a_character_that_is_not_allowed_leads_on(character: str) -> None:
    with pytest.raises(InputError) as caught:
        DomainName.parse(f"{character}.ws")
    a_label = caught.value.hint.partition("'")[2].partition("'")[0]
    assert DomainName.parse(f"{a_label}.ws").unicode == f"{character}.ws"


@pytest.fixture(scope="module")
def whole_list() -> PublicSuffixList:
    return PublicSuffixList()


@pytest.mark.parametrize("top", ["com", "uk", "jp", "ck", "hk", "xn--p1ai", "xn--o3cw4h", "nosuchtop"])
def test_the_rules_below_a_top_level_domain_decide_as_the_whole_list_does(
    top: str, whole_list: PublicSuffixList
) -> None:
    """Wildcards and exceptions (`jp`, `ck`), other scripts below (`hk`) and at the top, and an unknown one."""
    rules = (rule.lstrip("!").removeprefix("*.") for rule in whole_list._publicsuffix)
    below = {rule for rule in rules if f".{rule}".endswith(f".{top}") and rule.isascii()} | {top}
    for name in (f"{labels}{rule}" for rule in below for labels in ("a.", "b.a.", "c.b.a.")):
        assert (DomainName(name).organizational.ascii, _is_public(name)) == (
            whole_list.privatesuffix(name) or name,
            whole_list.is_public(name),
        )


def _is_public(name: str) -> bool:
    try:
        DomainName.parse(name)
    except InputError as error:
        return "public suffix" in error.message
    return False
