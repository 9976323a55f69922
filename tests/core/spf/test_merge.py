import pytest

from provisioner.core.dns.txt import ROUTE_53, quoted
from provisioner.core.dns.txt_set import TxtSet
from provisioner.core.mail_domain import records
from provisioner.core.spf.merge import OWN_TTL, Merge, Part, merge, own_record, unmerge
from provisioner.errors import Refused

VERIFICATION = "google-site-verification=rXOxyZounnZasA8Z7oaD3c14JdjS9aKSWvsR1EbUSIQ"


def txt(*texts: str, ttl: int = 3600) -> TxtSet:
    return TxtSet(ttl, tuple(quoted(text, ROUTE_53) for text in texts))


def refusal(*texts: str) -> Refused:
    with pytest.raises(Refused) as refused:
        merge(txt(*texts), name="example.com")
    assert "--spf skip" in refused.value.hint
    return refused.value


def test_where_nothing_was_the_whole_set_is_ours() -> None:
    assert merge(None) == Merge(TxtSet(300, ('"v=spf1 include:amazonses.com ~all"',)), Part.SET)
    assert (OWN_TTL, own_record()) == (records.TTL, records.SPF)


def test_beside_other_texts_our_record_comes_last() -> None:
    assert merge(txt(VERIFICATION)) == Merge(txt(VERIFICATION, own_record()), Part.RECORD)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("v=spf1 mx -all", "v=spf1 mx include:amazonses.com -all"),
        ("v=spf1 -all", "v=spf1 include:amazonses.com -all"),
        ("V=SPF1  A:Mail.example.com   ?ALL ", "V=SPF1  A:Mail.example.com   include:amazonses.com ?ALL "),
        ("v=spf1 -all mx", "v=spf1 include:amazonses.com -all mx"),
        ("v=spf1 all -all", "v=spf1 include:amazonses.com all -all"),
        ("v=spf1 mx redirect=x.example.com", "v=spf1 mx include:amazonses.com redirect=x.example.com"),
        ("v=spf1 redirect=x.example.com mx", "v=spf1 include:amazonses.com redirect=x.example.com mx"),
        ("v=spf1 redirect=x.example.com ~all", "v=spf1 redirect=x.example.com include:amazonses.com ~all"),
        ("v=spf1 mx exp=e.example.com", "v=spf1 mx exp=e.example.com include:amazonses.com"),
        ("v=spf1", "v=spf1 include:amazonses.com"),
        ("v=spf1 mx  ", "v=spf1 mx include:amazonses.com  "),
        ("v=spf1 -all include:amazonses.com", "v=spf1 include:amazonses.com -all include:amazonses.com"),
        ("v=spf1 include:eu.amazonses.com -all", "v=spf1 include:eu.amazonses.com include:amazonses.com -all"),
    ],
)
def test_the_include_is_put_where_it_is_evaluated_and_taken_out_again(before: str, after: str) -> None:
    merged = merge(txt(before, VERIFICATION))
    assert merged == Merge(txt(after, VERIFICATION), Part.TERM)
    assert unmerge(merged.result, Part.TERM) == txt(before, VERIFICATION)


@pytest.mark.parametrize(
    "term", ["include:amazonses.com", "+include:amazonses.com", "INCLUDE:AmazonSES.com", "include:amazonses.com."]
)
def test_an_include_that_is_there_is_left_alone(term: str) -> None:
    existing = txt(VERIFICATION, f"v=spf1 mx {term} -all")
    assert merge(existing) == Merge(existing, Part.NOTHING)
    assert unmerge(existing, Part.NOTHING) == existing


def test_an_include_that_is_cut_over_two_strings_is_found() -> None:
    existing = TxtSet(60, ('"v=spf1 inclu" "de:amazonses.com -all"',))
    assert merge(existing) == Merge(existing, Part.NOTHING)


def test_only_the_changed_string_of_a_long_record_changes() -> None:
    existing = TxtSet(60, ('"v=spf1 ip4:192.0.2.1 " "\\155x" " -all"', '"\\166"'))
    assert merge(existing).result == TxtSet(
        60, ('"v=spf1 ip4:192.0.2.1 " "\\155x" " include:amazonses.com -all"', '"\\166"')
    )


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("spf_broken", ["v=spf1 mx -all moo"]),
        ("spf_several", ["v=spf1 -all", VERIFICATION, "V=sPf1 +all"]),
        ("spf_unread", ["v=spf1mx -all"]),
        ("spf_unread", [" v=spf1 -all", "v=spf1 mx -all"]),
        ("spf_contradicts", ["v=spf1 ?include:amazonses.com -all"]),
        ("spf_contradicts", ["v=spf1 -include:AMAZONSES.com include:amazonses.com -all"]),
        ("txt_too_long", ["v=spf1 " + "ip4:192.0.2.10 " * 264 + "-all"]),
        ("txt_too_many", [f"text {number}" for number in range(400)]),
    ],
)
def test_a_record_that_cannot_be_merged_with_is_refused(code: str, texts: list[str]) -> None:
    refused = refusal(*texts)
    assert refused.code == code
    assert refused.message.startswith("example.com: ")


def test_a_refusal_says_what_to_write_instead() -> None:
    refused = refusal("v=spf1 a:192.0.2.1 -all")
    assert refused.message.endswith("a:192.0.2.1: an address needs ip4")
    assert refused.hint == "write ip4:192.0.2.1; or go on without it: --spf skip"


def test_a_set_that_may_not_fit_into_one_udp_answer_is_warned_of() -> None:
    """RFC 7208 section 3.4 counts the name and every TXT: here 11 + 33 + the other text."""
    assert merge(txt("x" * 406), name="example.com").warnings == ()
    (warning,) = merge(txt("x" * 407), name="example.com").warnings
    assert warning.startswith("example.com: name and TXT records have 451 octets, more than the 450")


def test_a_set_that_we_made_goes_as_a_whole() -> None:
    assert unmerge(merge(None).result, Part.SET) is None


def test_a_set_that_is_gone_stays_gone() -> None:
    assert [unmerge(None, part) for part in Part] == [None, None, None, None]


def test_texts_that_others_added_to_our_set_stay() -> None:
    assert unmerge(txt(own_record(), VERIFICATION), Part.SET) == txt(VERIFICATION)


@pytest.mark.parametrize("part", [Part.SET, Part.RECORD])
@pytest.mark.parametrize(
    ("live", "left"),
    [
        ("v=spf1 include:amazonses.com include:other.example ~all", "v=spf1 include:other.example ~all"),
        ("v=spf1 mx include:amazonses.com ~all", "v=spf1 mx ~all"),
        ("v=spf1 include:amazonses.com -all", "v=spf1 -all"),
        ("v=spf1 mx -all", "v=spf1 mx -all"),
        ("v=spf1 ?include:amazonses.com ~all", "v=spf1 ?include:amazonses.com ~all"),
        ("v=spf1 include:amazonses.com moo ~all", "v=spf1 moo ~all"),
    ],
)
def test_of_our_record_that_others_changed_only_our_include_goes(part: Part, live: str, left: str) -> None:
    assert unmerge(txt(VERIFICATION, live), part) == txt(VERIFICATION, left)


def test_our_record_in_other_case_and_spacing_is_still_ours() -> None:
    assert unmerge(txt(VERIFICATION, "V=spf1  include:AmazonSES.com ~all"), Part.RECORD) == txt(VERIFICATION)


def test_our_record_goes_and_a_second_one_that_others_added_stays() -> None:
    live = txt("v=spf1 mx include:amazonses.com -all", own_record())
    assert unmerge(live, Part.RECORD) == txt("v=spf1 mx include:amazonses.com -all")


def test_their_record_stays_even_where_it_looks_like_ours_now() -> None:
    """Our include went into their `v=spf1 ~all`, which is not our record to remove."""
    merged = merge(txt("v=spf1 ~all"))
    assert unmerge(merged.result, merged.part) == txt("v=spf1 ~all")


def test_exactly_one_include_goes() -> None:
    live = txt("v=spf1 include:amazonses.com -all include:amazonses.com")
    assert unmerge(live, Part.TERM) == txt("v=spf1 -all include:amazonses.com")


@pytest.mark.parametrize(
    "live", [txt(VERIFICATION), txt("v=spf1 mx -all"), txt("v=spf1 include:amazonses.community -all")]
)
def test_an_include_that_others_removed_is_not_missed(live: TxtSet) -> None:
    assert unmerge(live, Part.TERM) == live


def test_another_include_than_that_of_ses_can_be_merged() -> None:
    merged = merge(txt("v=spf1 include:amazonses.com -all"), "_spf.example.net")
    assert merged.result == txt("v=spf1 include:amazonses.com include:_spf.example.net -all")
    assert unmerge(merged.result, merged.part, "_spf.example.net") == txt("v=spf1 include:amazonses.com -all")
