"""The grammar, against the records of the openspf test suite for RFC 7208 (openspf/rfc7208.json, openspf/LICENSE)."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.spf.syntax import is_meant_as_spf, is_spf, parse
from provisioner.errors import Refused

SUITE = json.loads((Path(__file__).parent / "openspf" / "rfc7208.json").read_text())


def verdict(texts: list[str]) -> str:
    records = [text for text in texts if is_spf(text)]
    if len(records) != 1:
        return "several" if records else "none"
    try:
        parse(records[0], "example.com")
    except Refused:
        return "broken"
    return "valid"


@pytest.mark.parametrize("case", SUITE, ids=lambda case: case["id"])
def test_the_grammar_agrees_with_the_openspf_suite(case: dict[str, object]) -> None:
    texts = case["texts"]
    assert isinstance(texts, list)
    assert verdict(texts) == case["verdict"]


@pytest.mark.parametrize("text", ["v=spf1", "v=spf1 -all", "V=sPf1 mx", "v=spf1  "])
def test_receivers_take_this_for_spf(text: str) -> None:
    assert is_spf(text)
    assert not is_meant_as_spf(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            " v=spf1 -all",
            "v=spf1mx -all",
            "v=spf1;mx",
            '"v=spf1 -all"',
            "v = spf1 mx",
            "v=spf1\tmx",
            "\ufeffv=spf1 mx",
        ),
        *("\u201cv=spf1 mx -all\u201d", "\u201ev=spf1 mx\u201c", "\u2018v=spf1 mx\u2019", "\u00abv=spf1 mx\u00bb"),
        *('\\"v=spf1 mx\\"', "\u200bv=spf1 mx", "\u00a0 v=spf1 mx", "`v=spf1 mx`", "v=\u201cspf1 mx\u201d"),
        *("spf1 mx ~all", "SPF1", "=spf1 mx", "v:spf1 mx", "v spf1 mx", "vspf1 mx", "v=spf -all", "v=spf"),
    ],
)
def test_this_was_meant_as_spf_but_is_not_read(text: str) -> None:
    assert is_meant_as_spf(text)
    assert not is_spf(text)


@pytest.mark.parametrize(
    "text",
    [
        *("v=spf10 mx", "spf2.0/pra -all", "google-site-verification=v=spf1", "", "v=DMARC1; p=none"),
        *("spf1-verification=x", "spf10 mx", "old v=spf1 mx", "vspf-check=1", "v=spfx", "v=verify spf1"),
    ],
)
def test_this_has_nothing_to_do_with_spf(text: str) -> None:
    assert not is_spf(text)
    assert not is_meant_as_spf(text)


def test_terms_know_their_places() -> None:
    text = "V=spf1  +A:Mail.Example.com./24//64 redirect=%{d}.x.example. x-y=%{c}"
    terms = parse(text, "example.com").terms
    assert [text[term.start : term.end] for term in terms] == [term.text for term in terms] == text.split()[1:]
    assert [(t.qualifier, t.name, t.domain) for t in terms] == [
        ("+", "a", "mail.example.com"),
        ("", "redirect", "%{d}.x.example"),
        ("", "x-y", None),
    ]


def test_terms_behind_all_are_not_evaluated() -> None:
    record = parse("v=spf1 exp=e.example.com mx ?ALL a -all redirect=r.example.com", "example.com")
    assert [term.text for term in record.evaluated] == ["mx"]
    assert (record.all and record.all.text, record.redirect and record.redirect.domain) == ("?ALL", "r.example.com")


@pytest.mark.parametrize(
    ("term", "problem", "remedy"),
    [
        ("redirect:x.example.com", "redirect is a modifier, written with =", "write redirect=x.example.com"),
        ("-all.", "all takes no argument", "write -all"),
        ("-all:x", "all takes no argument", "write -all"),
        ("-all/8", "all takes no argument", "write -all"),
        ("a:1.2.3.4", "an address needs ip4", "write ip4:1.2.3.4"),
        ("ip:1.2.3.0/24", "an address needs ip4", "write ip4:1.2.3.0/24"),
        ("ipv6:2001:db8::/32", "an address needs ip6", "write ip6:2001:db8::/32"),
        ("ip4:192.0.2.7~all", "a space is missing before ~all", "write ip4:192.0.2.7 ~all"),
        ("mx,", "terms are separated by spaces alone", "write mx"),
        ("-redirect=x.example.com", "a modifier takes no qualifier", "write redirect=x.example.com"),
        ("include:", "it needs an argument", "write include:..."),
        ("a/33", "the prefix length is not valid", "write /0 to /32 for IPv4"),
        ("include:x.example.com/24", "it takes no prefix length", "write include:x.example.com"),
        ("ip4:1.2.3", "the address is not valid", "write ip4:192.0.2.1"),
        ("exists:%(i).example.com", "a macro in it is not valid", "write %% for a plain %"),
        ("redirect=-all", "the name is not valid", "write a whole name"),
        ("moo", "RFC 7208 knows no such term", "remove it"),
        ("mx\u00a0-all", "it holds U+00A0", "SPF is printable ASCII"),
        ("m" * 99, "m" * 60 + "...: RFC 7208", "remove it"),
    ],
)
def test_a_broken_term_is_diagnosed(term: str, problem: str, remedy: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(f"v=spf1 mx {term}", "example.com")
    assert refused.value.code == "spf_broken"
    assert refused.value.message.startswith("example.com: the SPF record is not valid")
    assert problem in refused.value.message
    assert remedy in refused.value.hint


@pytest.mark.parametrize("modifier", ["redirect", "exp"])
def test_a_modifier_of_the_rfc_stands_once(modifier: str) -> None:
    with pytest.raises(Refused, match=f"{modifier}= stands twice"):
        parse(f"v=spf1 {modifier}=a.example.com {modifier.upper()}=b.example.com", "example.com")


@given(st.text('v=spf1 aluiIncde:/.%{}0-+~?\\"é\x00\u017f', max_size=60))
def test_any_text_is_either_parsed_or_refused(rest: str) -> None:
    assert verdict([f"v=spf1 {rest}"]) in {"valid", "broken"}


@pytest.mark.parametrize(
    "term", ["a:" + "a." * 2000 + "!", "exists:" + "%{d" * 1300, "a:" + "-" * 4000, "x=" + "%%" * 2000 + "%"]
)
def test_a_hostile_term_is_refused_without_backtracking(term: str) -> None:
    with pytest.raises(Refused):
        parse(f"v=spf1 {term}", "example.com")
