import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.record import DmarcRecord, is_meant_as_dmarc, only_record


def parsed(text: str) -> DmarcRecord:
    record = DmarcRecord.parse(text)
    assert record is not None
    return record


def test_tags_keep_their_order_and_lose_their_blanks() -> None:
    record = parsed("v=DMARC1 ;P = reject;\trua = mailto:a@example.com;")
    assert record.tags == (("v", "DMARC1"), ("p", "reject"), ("rua", "mailto:a@example.com"))
    assert str(record) == "v=DMARC1; p=reject; rua=mailto:a@example.com"


@pytest.mark.parametrize("text", ["v=spf1 -all", "v=dmarc1; p=none", "p=none; v=DMARC1", "v=DMARC1 p=none", ""])
def test_what_receivers_do_not_read_is_no_record(text: str) -> None:
    assert DmarcRecord.parse(text) is None


@pytest.mark.parametrize(
    "text", ["v=dmarc1; p=none", " v=DMARC1; p=none", "p=none; v=DMARC1", '"v=DMARC1; p=none"', "P = Reject"]
)
def test_a_failed_attempt_at_a_record_is_recognized(text: str) -> None:
    assert is_meant_as_dmarc(text)


@pytest.mark.parametrize("text", ["v=DMARC1; p=none", "v=spf1 -all", "site=1", ""])
def test_other_texts_are_no_failed_attempt(text: str) -> None:
    assert not is_meant_as_dmarc(text)


@pytest.mark.parametrize(
    ("tags", "policy"),
    [
        ("p=reject", "reject"),
        ("p=Quarantine", "quarantine"),
        ("rua=mailto:a@example.com", "none"),
        ("p=monitor; rua=mailto:a@example.com", "none"),
        ("p=monitor", None),
        ("", None),
        ("rua=a@example.com", None),
    ],
)
def test_a_missing_policy_counts_as_none_only_where_reports_can_go(tags: str, policy: str | None) -> None:
    assert parsed(f"v=DMARC1; {tags}").policy == (DmarcPolicy(policy) if policy else None)


def test_destinations_lose_their_obsolete_size() -> None:
    uris = parsed("v=DMARC1; p=none; rua=mailto:a%21b@example.com!10m, https://x.example/r, mailto:a@").uris("rua")
    assert [str(uri.address) if uri.address else None for uri in uris] == ["a!b@example.com", None, None]
    assert [uri.has_size for uri in uris] == [True, False, False]
    assert [uri.is_usable for uri in uris] == [True, False, False]


def test_repeated_tags_and_parts_that_are_none_are_named() -> None:
    record = parsed("v=DMARC1; p=none; p=reject; quarantine")
    assert record.repeated == ("p",)
    assert record.faults == ("quarantine",)
    assert record.policy is DmarcPolicy.NONE


def test_several_records_are_as_good_as_none() -> None:
    assert only_record(["v=DMARC1; p=none", "v=DMARC1; p=none"]) is None
    assert str(only_record(["v=spf1 -all", "v=DMARC1; p=none"])) == "v=DMARC1; p=none"
    assert only_record([]) is None


@given(
    st.lists(st.tuples(st.text("abcdefgpr", min_size=1, max_size=6), st.text("abc:@.,!= 1", max_size=20)), max_size=8)
)
def test_what_is_written_is_read_again(tags: list[tuple[str, str]]) -> None:
    pairs = (("v", "DMARC1"), *((name, value.strip()) for name, value in tags))
    assert parsed("; ".join(f"{name}={value}" for name, value in pairs)).tags == pairs


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    record = DmarcRecord.parse("v=DMARC1;" + text)
    assert record is not None
    assert record.policy in {None, *DmarcPolicy}
    assert all(uri.text for tag in ("rua", "ruf") for uri in record.uris(tag))
