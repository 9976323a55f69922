import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.protocol import external_report_name, is_dmarc_record, record_text, tree_walk
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName


@pytest.mark.parametrize(
    ("policy", "rua", "text"),
    [
        ("none", None, "v=DMARC1; p=none"),
        ("quarantine", "dmarc@example.com", "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
        ("reject", "a!b@example.com", "v=DMARC1; p=reject; rua=mailto:a%21b@example.com"),
        ("none", "a%21b@example.com", "v=DMARC1; p=none; rua=mailto:a%2521b@example.com"),
        ("none", "${x}@example.com", "v=DMARC1; p=none; rua=mailto:${x}@example.com"),
    ],
)
def test_the_record_holds_the_policy_and_the_report_address_only(policy: str, rua: str | None, text: str) -> None:
    address = EmailAddress.parse(rua) if rua else None
    assert record_text(DmarcPolicy(policy), address) == text
    assert is_dmarc_record(text)


@given(st.text("ab!,;%", min_size=1))
def test_no_address_can_end_its_uri_or_its_tag(local: str) -> None:
    text = record_text(DmarcPolicy.NONE, EmailAddress(local, "example.com"))
    uri = text.removeprefix("v=DMARC1; p=none; rua=")
    assert not set(uri) & set("!,;")
    bare = "mailto:" + local.replace(",", "").replace(";", "") + "@example.com"
    if bare == f"mailto:{local}@example.com":
        assert EmailAddress.parse(uri) == EmailAddress(local, "example.com")


def test_the_tree_walk_asks_what_rfc_9989_shows() -> None:
    assert tree_walk("a.b.c.d.e.f.g.h.i.j.mail.example.com") == (
        "_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com",
        "_dmarc.g.h.i.j.mail.example.com",
        "_dmarc.h.i.j.mail.example.com",
        "_dmarc.i.j.mail.example.com",
        "_dmarc.j.mail.example.com",
        "_dmarc.mail.example.com",
        "_dmarc.example.com",
        "_dmarc.com",
    )


def test_a_short_name_is_walked_label_by_label() -> None:
    assert tree_walk("mail.example.com") == ("_dmarc.mail.example.com", "_dmarc.example.com", "_dmarc.com")


@given(st.integers(1, 40))
def test_a_walk_has_at_most_eight_queries_and_ends_at_the_top(labels: int) -> None:
    walk = tree_walk(".".join(["a"] * labels))
    assert len(walk) == min(labels, 8)
    assert walk[-1] == "_dmarc.a"
    assert len(set(walk)) == len(walk)


@pytest.mark.parametrize(
    ("policy_domain", "rua", "name"),
    [
        ("example.com", "dmarc@example.com", None),
        ("example.com", "dmarc@reports.example.com", None),
        ("blog.example.com", "dmarc@example.com", None),
        ("blue.example.com", "dmarc@red.example.net", "blue.example.com._report._dmarc.red.example.net"),
        ("a.github.io", "dmarc@b.github.io", "a.github.io._report._dmarc.b.github.io"),
        ("münchen.de", "dmarc@example.net", "xn--mnchen-3ya.de._report._dmarc.example.net"),
    ],
)
def test_reports_to_another_organisation_need_its_consent(policy_domain: str, rua: str, name: str | None) -> None:
    assert external_report_name(DomainName.parse(policy_domain), EmailAddress.parse(rua)) == name


@pytest.mark.parametrize("text", ["v=DMARC1", "v=DMARC1;", "v=DMARC1; p=none", "V = DMARC1 ;p=none", "v=DMARC1 ; p=x"])
def test_a_dmarc_record_is_known_by_its_version(text: str) -> None:
    assert is_dmarc_record(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=dmarc1; p=none",
        "v=DMARC10; p=none",
        " v=DMARC1",
        "p=none; v=DMARC1",
        "v=spf1 -all",
        "v=DMARC1 p=none",
        "v=DMARC1\n",
    ],
)
def test_other_texts_are_no_dmarc_record(text: str) -> None:
    assert not is_dmarc_record(text)
