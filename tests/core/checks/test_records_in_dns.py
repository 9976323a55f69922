"""What is said of a domain's records: each fault alone and by its name, and how it came about."""

from __future__ import annotations

import pytest
from fakes.aws import TOKENS
from fakes.dns_patient import (
    DKIM,
    DMARC,
    DOMAIN,
    MAIL_FROM,
    SHORT,
    TARGETS,
    Case,
    Change,
    Patient,
    shows,
)
from fakes.internet import SERVERS


def alias_beside(patient: Patient) -> None:
    net = patient.elsewhere().zone("vendor.net", {("d.vendor.net", "TXT"): ["v=DMARC1; p=reject"]}, ["ns1.vendor.net"])
    for server in SERVERS:
        net.says(server, DMARC, "CNAME", "d.vendor.net")


def wildcard(rtype: str, value: str, *gone: tuple[str, str]) -> Change:
    def make(patient: Patient) -> None:
        patient.net.puts(f"*.{DOMAIN}", rtype, value)
        for name, of_type in gone:
            patient.net.drops(name, of_type)

    return make


def cut_off_name(patient: Patient) -> None:
    patient.net.drops(DKIM[0], "CNAME").puts(SHORT, "CNAME", TARGETS[0])


def entered_in_full(name: str, rtype: str, value: str) -> Change:
    return lambda patient: patient.elsewhere().drops(name, rtype).puts(f"{name}.{DOMAIN}", rtype, value)


def mx(*values: str) -> Change:
    return lambda patient: patient.net.puts(MAIL_FROM, "MX", *values)


def first_target(*values: str) -> Change:
    return lambda patient: patient.net.puts(DKIM[0], "CNAME", *values)


def mail_from_is_an_alias(patient: Patient) -> None:
    patient.elsewhere().drops(MAIL_FROM, "MX", "TXT").puts(MAIL_FROM, "CNAME", DOMAIN)


def apex_is_an_alias(patient: Patient) -> None:
    net = patient.elsewhere().drops(DOMAIN, "MX", "TXT").puts(DOMAIN, "CNAME", "host.vendor.net")
    net.zone("vendor.net", {("host.vendor.net", "A"): ["192.0.2.1"]}, ["ns1.vendor.net"])


def everything_is_redirected(patient: Patient) -> None:
    patient.elsewhere()
    for key in [key for key in patient.net._zones[DOMAIN] if key[0].endswith(f".{DOMAIN}")]:
        del patient.net._zones[DOMAIN][key]
    patient.net.puts(DOMAIN, "DNAME", "other.net").zone("other.net", {}, ["ns1.other.net"])


def a_long_absence(patient: Patient) -> None:
    patient.elsewhere().drops(DMARC, "TXT")
    patient.net.ttls[DOMAIN, "SOA"] = 86400


FAULTS = [
    Case("a TTL of 68 years", lambda p: p.net.ttls.update({(DKIM[0], "CNAME"): 2147483647}), ("dns.ttl_long warning",)),
    Case(
        "a TTL of a week", lambda p: p.net.ttls.update({(MAIL_FROM, "MX"): 604800}), ("dns.ttl_long warning",), ("7d",)
    ),
    Case("an absence that is long remembered", a_long_absence, ("record.absent error",), ("1d", "minimum")),
    Case("the domain itself is an alias", apex_is_an_alias, ("dns.cname_at_apex error",), ("host.vendor.net",)),
    Case(
        "an alias beside the DMARC record",
        alias_beside,
        ("dns.cname_beside_data error",),
        ("v=DMARC1; p=reject", "v=DMARC1; p=none"),
    ),
    Case(
        "the MAIL FROM host is an alias", mail_from_is_an_alias, ("dns.cname_beside_data error",), ("remove the CNAME",)
    ),
    Case(
        "all names below the domain are somebody else's", everything_is_redirected, ("dns.dname error",), ("other.net",)
    ),
    Case(
        "a wildcard text in place of DMARC",
        wildcard("TXT", "v=spf1 -all", (DMARC, "TXT")),
        ("record.absent error", "dns.wildcard warning"),
        ("what answers is a wildcard",),
    ),
    Case(
        "a wildcard alias beside a missing key",
        wildcard("CNAME", "parking.net", (DKIM[1], "CNAME")),
        ("record.absent error", "dns.wildcard info"),
    ),
    Case(
        "a wildcard MX beside a missing one",
        wildcard("MX", "10 mail.example.com", (MAIL_FROM, "MX")),
        ("record.absent error", "dns.wildcard info"),
        ("feedback-smtp",),
    ),
    Case(
        "DMARC was entered with the zone",
        entered_in_full(DMARC, "TXT", "v=DMARC1; p=none"),
        ("record.absent error",),
        (f"there is one at {DMARC}.{DOMAIN}: enter the name without .{DOMAIN}",),
    ),
    Case(
        "a key was entered with the zone",
        entered_in_full(DKIM[2], "CNAME", TARGETS[2]),
        ("record.absent error",),
        (f"enter the name without .{DOMAIN}",),
    ),
    Case("a key is missing", lambda p: p.net.drops(DKIM[0], "CNAME"), ("record.absent error",), ("new-domain",)),
    Case("a label was cut off", cut_off_name, ("record.absent error",), ("31 of 32 characters",)),
    Case(
        "a key of another ending",
        first_target(f"{TOKENS[0]}.dkim.us-east-1.amazonses.com"),
        ("record.wrong error",),
        ("its end is dkim.us-east-1.amazonses.com, SES says dkim.amazonses.com",),
    ),
    Case(
        "the DNS host has added its zone to the value",
        first_target(f"{TARGETS[0]}.example.com"),
        ("record.wrong error",),
        ("with a dot at its end",),
    ),
    Case("two values at a key", first_target(TARGETS[0], "other.net"), ("record.wrong error",), ("one other only",)),
    Case(
        "a second MX at MAIL FROM",
        mx("10 feedback-smtp.us-east-1.amazonses.com", "20 mx.net"),
        ("record.wrong error",),
        ("exactly one",),
    ),
    Case(
        "MX of another region",
        mx("10 feedback-smtp.eu-west-1.amazonses.com"),
        ("record.wrong error",),
        ("the region eu-west-1",),
    ),
    Case("a null MX at MAIL FROM", mx("0 ."), ("record.wrong error",), ("null MX",)),
    Case("no MX at MAIL FROM", lambda p: p.net.drops(MAIL_FROM, "MX"), ("record.absent error",)),
    Case("no SPF at MAIL FROM", lambda p: p.net.drops(MAIL_FROM, "TXT"), ("record.absent error",), ("SUCCESS",)),
    Case("a null MX at the domain", lambda p: p.net.puts(DOMAIN, "MX", "0 "), ("mx.null warning",), ("5.7.27",)),
    Case(
        "an external domain that nobody refers to",
        lambda p: p.elsewhere().delegates(DOMAIN),
        ("dns.not_delegated error",),
    ),
]


@pytest.mark.parametrize("case", FAULTS, ids=str)
def test_a_fault_of_a_record_is_named_alone(patient: Patient, case: Case) -> None:
    shows(patient, case)


def test_a_command_is_named_where_it_puts_the_record_right(patient: Patient) -> None:
    patient.net.drops(DKIM[0], "CNAME")
    ours = patient.findings()[0]
    assert (ours.command, ours.repairable) == (("new-domain", DOMAIN), True)
    patient.elsewhere()
    theirs = patient.findings()[0]
    assert (theirs.command, theirs.repairable, theirs.remedy) == (None, False, "publish exactly this value")
