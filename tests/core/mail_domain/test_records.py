from collections.abc import Callable

import pytest
from hypothesis import assume, given

from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.request import Request
from provisioner.core.mail_domain.records import (
    Purpose,
    Record,
    conflicts,
    desired_records,
    dkim_records,
    static_records,
)
from provisioner.core.mail_domain.spec import MailDomain, spec_of
from provisioner.core.values.domain import DomainName

Spec = Callable[..., MailDomain]
TOKENS = ("aaa", "bbb", "ccc")
SPF = "v=spf1 include:amazonses.com ~all"


def record(name: str, rtype: str, *values: str) -> Record:
    return Record(name, rtype, 300, values)


APEX = (record("example.com", "NS", "ns1.example.net"), record("example.com", "SOA", "..."))


def test_a_domain_needs_these_records_and_no_others(spec: Spec) -> None:
    assert desired_records(spec(), TOKENS) == (
        Record("example.com", "TXT", 300, (SPF,), purpose=Purpose.SPF),
        Record("_dmarc.example.com", "TXT", 300, ("v=DMARC1; p=none",), purpose=Purpose.DMARC),
        Record(
            "bounce.example.com", "MX", 300, ("10 feedback-smtp.us-east-1.amazonses.com",), purpose=Purpose.MAIL_FROM_MX
        ),
        Record("bounce.example.com", "TXT", 300, (SPF,), purpose=Purpose.MAIL_FROM_SPF),
        Record("aaa._domainkey.example.com", "CNAME", 300, ("aaa.dkim.amazonses.com",), purpose=Purpose.DKIM, index=0),
        Record("bbb._domainkey.example.com", "CNAME", 300, ("bbb.dkim.amazonses.com",), purpose=Purpose.DKIM, index=1),
        Record("ccc._domainkey.example.com", "CNAME", 300, ("ccc.dkim.amazonses.com",), purpose=Purpose.DKIM, index=2),
    )


def test_without_tokens_there_are_only_the_static_records(spec: Spec) -> None:
    assert desired_records(spec(), ()) == static_records(spec())


def test_a_subdomain_has_everything_below_itself(spec: Spec) -> None:
    records = desired_records(spec("blog.example.com", inherited=True, spf="skip"), TOKENS)
    assert [(found.purpose, found.index) for found in records] == [
        (Purpose.MAIL_FROM_MX, 0),
        (Purpose.MAIL_FROM_SPF, 0),
        (Purpose.DKIM, 0),
        (Purpose.DKIM, 1),
        (Purpose.DKIM, 2),
    ]
    assert all(found.name.endswith(".blog.example.com") for found in records)


def test_options_shape_the_records(spec: Spec) -> None:
    records = {
        found.purpose: found
        for found in static_records(spec(dmarc="reject", dmarc_rua="a!b@example.com", mail_from="r"))
    }
    assert records["dmarc"].values == ("v=DMARC1; p=reject; rua=mailto:a%21b@example.com",)
    assert records["mail_from_mx"].name == records["mail_from_spf"].name == "r.example.com"


def test_the_dkim_target_has_the_suffix_that_ses_reports() -> None:
    [found] = dkim_records(DomainName("example.com"), ["tok"], "dkim.eu-south-1.amazonses.com")
    assert found.values == ("tok.dkim.eu-south-1.amazonses.com",)


def test_a_records_document_is_what_json_output_shows(spec: Spec) -> None:
    assert static_records(spec())[0].to_document() == {
        "name": "example.com",
        "type": "TXT",
        "ttl": 300,
        "values": [SPF],
    }


@given(...)
def test_every_record_lies_within_the_domain_and_within_dns(domain: DomainName) -> None:
    assume(len(domain.ascii) <= 209)  # longer ones are refused: no room for a DKIM name
    decisions = Decisions(ResolvedZone(ResolvedMode.CREATED, domain.ascii, None), dmarc_inherited=False)
    spec = spec_of(domain, Request.parse("eu-west-1"), decisions, None)
    records = desired_records(spec, ["t" * 32] * 3)
    assert all(f".{found.name}".endswith(f".{domain.ascii}") for found in records)
    assert all(len(found.name) <= 253 for found in records)
    assert all(len(label) <= 63 for found in records for label in found.name.split("."))
    assert len({(found.purpose, found.index) for found in records}) == len(records) == 7


@pytest.mark.parametrize(
    "found",
    [
        record("example.com", "TXT", "google-site-verification=x"),
        record("_dmarc.example.com", "TXT", "v=DMARC1; p=reject"),
        record("_dmarc.example.com", "CNAME", "dmarc.example.net"),
        record("bounce.example.com", "MX", "10 other.example.net"),
        record("bounce.example.com", "A", "192.0.2.1"),
        record("bounce.example.com", "CNAME", "example.net"),
        record("aaa._domainkey.example.com", "TXT", "p=x"),
        record("bbb._domainkey.example.com", "CNAME", "other.example.net"),
        record("bounce.example.com", "NS", "ns1.example.net"),
        record("_domainkey.example.com", "NS", "ns1.example.net"),
        record("_domainkey.example.com", "DNAME", "example.net"),
    ],
)
def test_a_record_where_ours_must_go_is_a_conflict(spec: Spec, found: Record) -> None:
    wanted = desired_records(spec(), TOKENS)
    assert conflicts(wanted, (*APEX, found), ours=()) == (found,)


@pytest.mark.parametrize(
    "found",
    [
        record("example.com", "MX", "10 mail.example.com"),
        record("example.com", "A"),
        record("www.example.com", "CNAME", "example.com"),
        record("_dmarc.example.com", "CAA", '0 issue "x"'),
        record("ddd._domainkey.example.com", "CNAME", "other.example.net"),
        record("shop.example.com", "NS", "ns1.example.net"),
        record("*.example.com", "CNAME", "example.net"),
        record("notbounce.example.com", "MX", "10 mail.example.com"),
        record("a.bounce.example.com", "A", "192.0.2.1"),
    ],
)
def test_other_peoples_records_are_no_conflict(spec: Spec, found: Record) -> None:
    assert conflicts(desired_records(spec(), TOKENS), (*APEX, found), ours=()) == ()


def test_what_we_manage_is_no_conflict(spec: Spec) -> None:
    wanted = desired_records(spec(), TOKENS)
    ours = {(mine.name, mine.type) for mine in wanted}
    stranger = record("bounce.example.com", "A", "192.0.2.1")
    assert conflicts(wanted, (*APEX, *wanted, stranger), ours) == (stranger,)


def test_an_equal_record_that_is_not_ours_is_a_conflict_too(spec: Spec) -> None:
    """Taking it over would mean to delete it with the domain."""
    wanted = static_records(spec())
    assert conflicts(wanted, (*APEX, *wanted), ours=()) == wanted


def test_a_delegation_away_from_the_parent_zone_is_a_conflict(spec: Spec) -> None:
    away = record("blog.example.com", "NS", "ns1.example.net")
    assert conflicts(static_records(spec("blog.example.com")), (*APEX, away), ours=()) == (away,)
