import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.change import Wanted, new_record, tidy, with_policy, without_test
from provisioner.core.dmarc.record import REMOVED_TAGS, DmarcRecord
from provisioner.core.values.address import EmailAddress


def parsed(text: str) -> DmarcRecord:
    record = DmarcRecord.parse(text)
    assert record is not None
    return record


RUA = EmailAddress.parse("dmarc@example.com")


@pytest.mark.parametrize(
    ("before", "rua", "sp", "after"),
    [
        ("v=DMARC1; p=none; adkim=s", None, None, "v=DMARC1; p=reject; adkim=s"),
        ("v=DMARC1; rua=mailto:a@example.com", None, None, "v=DMARC1; p=reject; rua=mailto:a@example.com"),
        ("v=DMARC1;p=none;rua=mailto:a@example.com", RUA, None, "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"),
        (
            "v=DMARC1; p=none; x=1",
            RUA,
            "quarantine",
            "v=DMARC1; p=reject; x=1; rua=mailto:dmarc@example.com; sp=quarantine",
        ),
        (None, RUA, "none", "v=DMARC1; p=reject; rua=mailto:dmarc@example.com; sp=none"),
    ],
)
def test_setting_a_policy_keeps_everything_else(
    before: str | None, rua: EmailAddress | None, sp: str | None, after: str
) -> None:
    wanted = Wanted(DmarcPolicy.REJECT, rua, DmarcPolicy(sp) if sp else None)
    edited = with_policy(parsed(before), wanted) if before else new_record(DmarcPolicy.REJECT, wanted)
    assert edited.text == after


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        ("v=DMARC1; p=none; pct=100; rf=afrf; ri=86400", "v=DMARC1; p=none", ""),
        ("v=DMARC1; p=none; ruf=mailto:a@example.com; fo=1", "v=DMARC1; p=none", ""),
        ("v=DMARC1; p=none; p=reject; quarantine", "v=DMARC1; p=none", ""),
        ("v=DMARC1; p=reject; pct=0", "v=DMARC1; p=reject; t=y", "pct=0 becomes t=y"),
        ("v=DMARC1; p=reject; pct=25", "v=DMARC1; p=reject", "pct=25 has no successor"),
        ("v=DMARC1; p=reject; pct=0; t=n", "v=DMARC1; p=reject; t=n", "pct=0"),
    ],
)
def test_tidying_drops_what_only_does_harm(before: str, after: str, note: str) -> None:
    edited = tidy([parsed(before)])
    assert edited.text == after
    assert "".join(edited.notes).startswith(note)


def test_tidying_several_records_keeps_the_first_and_says_which_goes() -> None:
    edited = tidy([parsed("v=DMARC1; p=none"), parsed("v=DMARC1; p=none"), parsed("v=DMARC1; p=reject")])
    assert edited.text == "v=DMARC1; p=none"
    assert edited.notes == ("another record at the same name goes: v=DMARC1; p=reject",)


def test_ending_the_test_mode_touches_nothing_else() -> None:
    assert without_test(parsed("v=DMARC1; p=reject; t=y; adkim=s")).text == "v=DMARC1; p=reject; adkim=s"


TAGS = st.lists(
    st.tuples(st.sampled_from(["p", "sp", "pct", "rf", "ri", "ruf", "fo", "rua", "t", "x"]), st.sampled_from("abc")),
    max_size=10,
)


@given(TAGS)
def test_tidying_twice_changes_nothing_more(tags: list[tuple[str, str]]) -> None:
    once = tidy([parsed("; ".join(["v=DMARC1", *(f"{name}={value}" for name, value in tags)]))])
    record = parsed(once.text)
    assert tidy([record]).text == once.text
    assert not record.repeated
    assert not {name for name, _ in record.tags} & (REMOVED_TAGS | {"ruf", "fo"})


@given(TAGS)
def test_tidying_keeps_the_first_value_of_every_other_tag(tags: list[tuple[str, str]]) -> None:
    before = parsed("; ".join(["v=DMARC1", *(f"{name}={value}" for name, value in tags)]))
    after = parsed(tidy([before]).text)
    assert [after.get(name) for name in ("p", "sp", "rua", "t", "x")] == [
        before.get(name) for name in ("p", "sp", "rua", "t", "x")
    ]
