import dns.rdata
import dns.rdataclass
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.dns.txt import MASTER_FILE, ROUTE_53, chunks, escaped, quoted, unquoted

TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.text('ab"\\ \t;é中😀', max_size=600),
    st.binary(max_size=600).map(lambda octets: octets.decode("utf-8", "surrogateescape")),
)


def octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


@given(TEXTS)
def test_no_character_is_lost_in_chunks(text: str) -> None:
    parts = chunks(text)
    assert "".join(parts) == text
    assert all(len(octets(part)) <= 255 for part in parts)
    assert len(parts) <= 1 or all(parts)


def test_a_key_of_410_characters_keeps_its_256th() -> None:
    """A widely copied expression for long DKIM keys drops it."""
    key = "".join(chr(ord("a") + number % 26) for number in range(410))
    assert [len(part) for part in chunks(key)] == [255, 155]
    assert "".join(chunks(key)) == key


def test_a_character_is_never_cut_in_two() -> None:
    assert [len(part) for part in chunks("é" * 200)] == [127, 73]


def test_an_empty_text_is_one_empty_string() -> None:
    assert (chunks(""), quoted(""), unquoted('""')) == (("",), '""', "")


@given(TEXTS, st.sampled_from([MASTER_FILE, ROUTE_53]))
def test_a_quoted_text_comes_back_whole(text: str, base: int) -> None:
    assert unquoted(quoted(text, base), base) == text
    assert quoted(text, base).isascii()
    assert "\n" not in quoted(text, base)


@given(TEXTS)
def test_a_dns_library_reads_what_we_quote(text: str) -> None:
    rdata = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.TXT, quoted(text))
    assert b"".join(rdata.strings) == octets(text)  # type: ignore[attr-defined]  # rdata of a TXT


@pytest.mark.parametrize(
    ("text", "master_file", "route_53"),
    [
        ('a"b', '"a\\"b"', '"a\\"b"'),
        ("a\\b", '"a\\\\b"', '"a\\\\b"'),
        ("a\tb", '"a\\009b"', '"a\\011b"'),
        ("é", '"\\195\\169"', '"\\303\\251"'),
        ("v=spf1 ~all;", '"v=spf1 ~all;"', '"v=spf1 ~all;"'),
    ],
)
def test_master_files_escape_in_decimal_and_route_53_in_octal(text: str, master_file: str, route_53: str) -> None:
    assert (quoted(text), quoted(text, ROUTE_53)) == (master_file, route_53)
    assert (unquoted(master_file, MASTER_FILE), unquoted(route_53)) == (text, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"a" "b"', "ab"),
        ('"a""b"', "ab"),
        ('"a"\t"b" ', "ab"),
        ('"v=spf1 .... first" "second string..."', "v=spf1 .... firstsecond string..."),
        ("not quoted", "not quoted"),
        ('"half', '"half'),
        ('a "b"', 'a "b"'),
        ('"\\052"', "*"),
        ('"\\999"', "\\999"),
        ('"\\777"', "\\777"),
        ('"\\q"', "q"),
        ('"é"', "é"),
        ("", ""),
    ],
)
def test_a_route_53_value_is_read(value: str, text: str) -> None:
    assert unquoted(value) == text


def test_a_long_row_of_strings_is_read_without_backtracking() -> None:
    assert unquoted('"a" ' * 2000 + '"') == '"a" ' * 2000 + '"'


def test_escaping_leaves_printable_ascii_alone() -> None:
    printable = "".join(chr(code) for code in range(32, 127) if chr(code) not in '"\\')
    assert escaped(printable) == escaped(printable, ROUTE_53) == printable
