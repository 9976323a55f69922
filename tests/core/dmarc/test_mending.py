from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.change import Edited, Reporting, Wanted, tidy, with_policy, without_test
from provisioner.core.dmarc.mending import addresses, mended, mended_records, united
from provisioner.core.dmarc.protocol import report_uri
from provisioner.core.dmarc.record import DmarcRecord, is_meant_as_dmarc, only_record
from provisioner.core.values.address import EmailAddress

A, B = "mailto:a@example.com", "mailto:b@example.com"


@pytest.mark.parametrize(
    ("damaged", "meant"),
    [
        (f"v=DMARC1; p=none; rua={A}; {B}", f"p=none; rua={A},{B}"),
        (f"v=DMARC1; p=none, rua={A}", f"p=none; rua={A}"),
        (f"v=DMARC1; p=none rua={A}", f"p=none; rua={A}"),
        (f"v=DMARC1 p=none rua={A}", f"p=none; rua={A}"),
        (f"v=DMARC1, p=none, sp=reject, rua={A}, {B}", f"p=none; sp=reject; rua={A},{B}"),
        (f"v=DMARC1; p=nonerua={A}", f"p=none; rua={A}"),
        (f"v=DMARC1; p=none/rua={A}", f"p=none; rua={A}"),
        (f"v=DMARC1; p=none; rua:{A}", f"p=none; rua={A}"),
        (f"v=DMARC1; p=none; rua {A}", f"p=none; rua={A}"),
        (f"v=DMARC1; p=none; rua; {A}", f"p=none; rua={A}"),
        (f"v=DMARC1; p=none; {A}", f"p=none; rua={A}"),
        (f"v=DMARC1; p=none; ruf={A}; {B}", f"p=none; ruf={A},{B}"),
        (f"v=DMARC1; p=none; rua={A}, ruf={B}", f"p=none; rua={A}; ruf={B}"),
        (f"v=DMARC1; p=none; rua={A}; rua={B}", f"p=none; rua={A},{B}"),
        (rf"v=DMARC1\; p=none\; rua={A}", f"p=none; rua={A}"),
        (rf"v=DMARC1\059 p=none\073 rua={A}", f"p=none; rua={A}"),
        (f" v=DMARC1; p=none; rua={A}", f"p=none; rua={A}"),
        (f'"v=DMARC1; p=none; rua={A}"', f"p=none; rua={A}"),
        (f'"v=DMARC1; p=none;" "rua={A}"', f"p=none; rua={A}"),
        (f"\u201cv=DMARC1; p=none; rua={A}\u201d", f"p=none; rua={A}"),
        (f"'v=DMARC1; p=none; rua={A}'", f"p=none; rua={A}"),
        (f"\ufeffv=DMARC1\uff1b p=none\uff1b rua={A}", f"p=none; rua={A}"),
        (f"p=none; v=DMARC1; rua={A}", f"p=none; rua={A}"),
        (f"rua={A}; p=none", f"rua={A}; p=none"),
        ("v=DMARC1; p=none; rua=a@example.com", f"p=none; rua={A}"),
        ("v=DMARC1; p=none; rua=mailto:a@example.com b@example.com", f"p=none; rua={A},{B}"),
        ("v=DMARC1; p=none; rua=mailto: <a@example.com> and b@example.com", f"p=none; rua={A},{B}"),
        ("v=DMARC1; p=none; rua=mailto://a@example.com", f"p=none; rua={A}"),
        ("v=DMARC1; p=none; rua=mailto;a@example.com", "p=none; rua=mailto,mailto:a@example.com"),
        (f"v=DMARC1; p=none; rua={A}{B}", f"p=none; rua={A},{B}"),
        (f"v=DMARC1; p=none; rua={A}!10m; {B}", f"p=none; rua={A}!10m,{B}"),
        (f"v=DMARC1; p=none; rua=https://r.example/x {A}", f"p=none; rua=https://r.example/x,{A}"),
        (f"v=DMARC1; p=none; note=x rua={A}", f"p=none; note=x; rua={A}"),
    ],
)
def test_a_record_that_is_not_written_well_is_read_as_it_was_meant(damaged: str, meant: str) -> None:
    record = mended(damaged)
    assert record is not None
    assert str(record) == f"v=DMARC1; {meant}"
    assert record.faults == ()


@pytest.mark.parametrize(
    "text",
    [
        f"v=DMARC1;p=none; rua = {A}!10m , {B}; fo=1:d:s; x=one two; np=reject",
        "v=DMARC1; p=none; rua=mailto:a@example.com?subject=x,https://r.example/x",
        'v=DMARC1; p=none; rua="ada l"@example.com',
        "v=DMARC1; p=none; rua=mailto:\u00fc@example.com",
        "v=DMARC1; p=none; contact=a@example.com",
    ],
)
def test_what_needs_no_mending_stays_character_for_character(text: str) -> None:
    assert mended(text) == DmarcRecord.parse(text)


@pytest.mark.parametrize("text", ["v=spf1 -all", "dmarc-verification=a1", "dmarc token", "site=1", "", "a@example.com"])
def test_what_is_no_dmarc_is_not_read_as_such(text: str) -> None:
    assert not is_meant_as_dmarc(text)
    assert mended(text) is None


@pytest.mark.parametrize("part", ["mailto:dmarc.example.com", "\u00fc@example.com", "a(at)b mailto"])
def test_what_may_be_an_address_and_is_none_is_named(part: str) -> None:
    record = mended(f"v=DMARC1; p=none; {part}; rua={A}")
    assert record is not None
    assert (str(record), len(record.faults)) == (f"v=DMARC1; p=none; rua={A}", 1)
    assert record.faults[0] in part


def test_what_receivers_read_comes_first_and_gets_the_addresses_of_all() -> None:
    texts = (f"v=dmarc1; p=none; rua={A}", "site=1", f"v=DMARC1; p=reject; adkim=s; rua={B}", f"v=DMARC1; ruf={A}")
    assert str(united(mended_records(texts))) == f"v=DMARC1; p=reject; adkim=s; rua={B},{A}; ruf={A}"


WORDS = st.from_regex(r"[a-z0-9][a-z0-9'_.+/-]{0,6}[a-z0-9]", fullmatch=True).filter(lambda text: ".." not in text)
MAILBOXES = st.builds(
    EmailAddress, WORDS, st.sampled_from(["example.com", "r.example.net", "mail.example.org", "xn--mnchen-3ya.de"])
)
BETWEEN_ADDRESSES = st.sampled_from([",", ", ", ";", "; ", " ", ",,", " ;; ", "\\;", "\u3000", " , ;"])
BETWEEN_TAGS = st.sampled_from([";", "; ", " ;", ",", ", ", " ", "\\; ", ";;", "\uff1b", "\t", "\\073"])
EQUALS = st.sampled_from(["=", ":", " = ", "==", ": "])
SCHEMES = st.sampled_from(["mailto:", "MAILTO:", "MailTo:", "mailto: ", "mailto://", "", "mail to:", "mailto="])
AROUND = st.sampled_from(
    [("", ""), (" ", ""), ('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("\ufeff", " "), ("\u00a0", ";")]
)
VERSIONS = st.sampled_from(["v=DMARC1", "v=dmarc1", "V : DMARC1", "DMARC1", "v=DMARC1.0"])
OTHERS = st.lists(st.sampled_from(["sp=none", "adkim:s", "pct=50", "fo=1:d:s", "quarantine"]), max_size=3)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, frozenset[EmailAddress]]:
    """A record that nobody wrote well, and the mailboxes for aggregate reports in it."""
    named = draw(st.lists(MAILBOXES, min_size=1, max_size=3))
    written = [draw(SCHEMES) + report_uri(mailbox).removeprefix("mailto:") for mailbox in named]
    listed = written[0] + "".join(draw(BETWEEN_ADDRESSES) + text for text in written[1:])
    failing = [f"ruf{draw(EQUALS)}{report_uri(mailbox)}" for mailbox in draw(st.lists(MAILBOXES, max_size=1))]
    tags = [f"p{draw(EQUALS)}none", f"rua{draw(EQUALS)}{listed}", *failing, *draw(OTHERS)]
    text = draw(VERSIONS) + "".join(draw(BETWEEN_TAGS) + tag for tag in draw(st.permutations(tags)))
    before, behind = draw(AROUND)
    return f"{before}{text}{behind}", frozenset(named)


Edit = Callable[[Sequence[DmarcRecord]], Edited]
EDITS: list[Edit] = [
    lambda records: with_policy(united(records), Wanted(DmarcPolicy.REJECT)),
    lambda records: without_test(united(records)),
    tidy,
]


@given(edit=st.sampled_from(EDITS), found=st.lists(damaged(), min_size=1, max_size=2))
def test_no_change_loses_an_address(edit: Edit, found: list[tuple[str, frozenset[EmailAddress]]]) -> None:
    texts = [text for text, _ in found]
    edited = edit(mended_records(texts))
    after = only_record([edited.text])
    assert after is not None
    named = frozenset().union(*(mailboxes for _, mailboxes in found))
    assert named <= set(addresses([after], "rua"))
    assert edit is tidy or Reporting.between(texts, after).dropped == ()
    assert edit is tidy or set(addresses(mended_records(texts), "ruf")) == set(addresses([after], "ruf"))


@given(damaged())
def test_a_mended_record_needs_no_mending(found: tuple[str, frozenset[EmailAddress]]) -> None:
    once = mended(found[0])
    assert once is not None
    assert mended(str(once)) == DmarcRecord.parse(str(once))


def test_as_many_tags_as_a_txt_can_hold_are_read() -> None:
    record = mended("v=DMARC1, " + "p=none " * 9000 + f"rua={A}")
    assert record is not None
    assert record.get("rua") == A


@given(st.text("v=DMARC1;p:none rua@.mailto,\\\"'!%", max_size=60))
def test_no_text_breaks_the_reader_or_loses_what_it_read_before(text: str) -> None:
    whole = f"v=DMARC1; {text}"
    before, after = DmarcRecord.parse(whole), mended(whole)
    assert before is not None
    assert after is not None
    assert set(addresses([before])) <= set(addresses([after]))
