from collections.abc import Callable

import dns.name
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.mail_domain.records import Action, Publishing, Record, desired_records
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.mail_domain.zonefile import zone_file

TOKENS = ("aaa", "bbb", "ccc")


def parsed(text: str, origin: str) -> set[tuple[str, str, int, str | bytes]]:
    """Read a master file with a DNS library: (name, type, TTL, data), hosts absolute, TXT strings joined."""
    zone = dns.zone.from_text(text, origin=origin, relativize=False, check_origin=False)
    found: set[tuple[str, str, int, str | bytes]] = set()
    for name, ttl, rdata in zone.iterate_rdatas():
        data = b"".join(rdata.strings) if hasattr(rdata, "strings") else rdata.to_text()
        found.add((name.to_text(omit_final_dot=True), rdata.rdtype.name, ttl, data))
    return found


def expected(record: Record) -> tuple[str, str, int, str | bytes]:
    [value] = record.values
    return record.name, record.type, record.ttl, value.encode() if record.type == "TXT" else f"{value}."


@pytest.mark.parametrize(
    ("name", "origin"),
    [("example.com", "example.com"), ("blog.example.com", "example.com"), ("münchen.de", "xn--mnchen-3ya.de")],
)
def test_a_dns_library_reads_the_records_that_are_needed(
    spec: Callable[..., MailDomain], name: str, origin: str
) -> None:
    records = desired_records(spec(name, dmarc_rua="${x}@example.net"), TOKENS)
    assert parsed(zone_file(origin, records), origin) == {expected(record) for record in records}


def test_the_file_is_what_a_person_would_write(spec: Callable[..., MailDomain]) -> None:
    assert zone_file("example.com", desired_records(spec(), ["aaa"])) == (
        "$ORIGIN example.com.\n"
        "$TTL 300\n"
        '@\t300\tIN\tTXT\t"v=spf1 include:amazonses.com ~all"\n'
        '_dmarc\t300\tIN\tTXT\t"v=DMARC1; p=none"\n'
        "bounce\t300\tIN\tMX\t10 feedback-smtp.us-east-1.amazonses.com.\n"
        'bounce\t300\tIN\tTXT\t"v=spf1 include:amazonses.com ~all"\n'
        "aaa._domainkey\t300\tIN\tCNAME\taaa.dkim.amazonses.com.\n"
    )


def test_a_name_outside_the_origin_is_absolute() -> None:
    record = Record("notexample.com", "TXT", 60, ("x",))
    assert 'notexample.com.\t60\tIN\tTXT\t"x"' in zone_file("example.com", [record])


def test_a_record_set_of_several_values_has_several_lines() -> None:
    record = Record("example.com", "A", 60, ("192.0.2.1", "192.0.2.2"))
    assert zone_file("example.com", [record]).count("@\t60\tIN\tA\t192.0.2.") == 2


@given(st.text(st.characters(codec="utf-8"), max_size=600))
def test_every_text_survives_a_master_file(text: str) -> None:
    record = Record("example.com", "TXT", 300, (text,))
    assert parsed(zone_file("example.com", [record]), "example.com") == {expected(record)}


def test_what_takes_the_place_of_something_is_a_comment_and_so_is_what_stays() -> None:
    old, new = "v=spf1 mx -all", "v=spf1 mx include:amazonses.com -all"
    records = [
        Record("example.com", "TXT", 300, (new,), publishing=Publishing(Action.REPLACE, (old,))),
        Record("_dmarc.example.com", "CNAME", 300, ("d.example.net",), publishing=Publishing(Action.KEEP)),
        Record("bounce.example.com", "TXT", 300, ("v=spf1 -all",), publishing=Publishing(Action.ADD)),
    ]
    text = zone_file("example.com", records, ["read me"])
    assert text.splitlines()[2:] == [
        "; read me",
        f'; replace\t@\t300\tIN\tTXT\t"{old}"',
        f'; by\t@\t300\tIN\tTXT\t"{new}"',
        "; keep\t_dmarc\t300\tIN\tCNAME\td.example.net.",
        'bounce\t300\tIN\tTXT\t"v=spf1 -all"',
    ]
    assert {name for name, *_ in parsed(text, "example.com")} == {"bounce.example.com"}
