"""What is odd in DNS and well, and what nobody can say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.dns_patient import (
    DKIM,
    DMARC,
    DOMAIN,
    MAIL_FROM,
    TARGETS,
    Case,
    Change,
    Patient,
    named,
    shows,
)
from fakes.internet import SERVERS

from provisioner.core.checks.observed import Unseen
from provisioner.core.findings import Severity


def wildcard(rtype: str, value: str, *gone: tuple[str, str]) -> Change:
    def make(patient: Patient) -> None:
        patient.net.puts(f"*.{DOMAIN}", rtype, value)
        for name, of_type in gone:
            patient.net.drops(name, of_type)

    return make


def mx(*values: str) -> Change:
    return lambda patient: patient.net.puts(MAIL_FROM, "MX", *values)


def white_label(patient: Patient) -> None:
    own = ("ns1.example.com", "ns2.example.com")
    records = patient.net._zones[DOMAIN] | {(DOMAIN, "NS"): list(own), (own[0], "A"): ["192.0.2.1"]}
    patient.net.zone(DOMAIN, records | {(own[1], "A"): ["192.0.2.2"]}, own)
    addresses = {(server, "A"): [f"192.0.2.{number}"] for number, server in enumerate(SERVERS, 1)}
    patient.net.zone("host.net", addresses, ["ns0.host.net"])


def turned_round(patient: Patient) -> None:
    patient.net.delegates(DOMAIN, *(server.upper() for server in reversed(SERVERS)))


def other_ttls(patient: Patient) -> None:
    patient.net.ttls |= {(DKIM[0], "CNAME"): 60, (MAIL_FROM, "MX"): 86400, (DMARC, "TXT"): 14400}


def in_upper_case(patient: Patient) -> None:
    patient.net.puts(DKIM[0], "CNAME", TARGETS[0].upper())


def only_an_address(patient: Patient) -> None:
    patient.net.drops(DOMAIN, "MX").puts(DOMAIN, "A", "192.0.2.1")


def handed_on_with_all_records(patient: Patient) -> None:
    records = {(name, "CNAME"): [target] for name, target in zip(DKIM, TARGETS, strict=True)}
    patient.net.zone("_domainkey.example.com", records, ["ns1.dkimvendor.net"])


WELL = [
    Case("as it shall be", lambda _: None),
    Case("the parent lists the servers in another order and case", turned_round),
    Case("servers under names of the domain's own, the same ones", white_label),
    Case("short and long TTLs", other_ttls),
    Case("targets in upper case", in_upper_case),
    Case("no MX, but an address", only_an_address),
    Case("the names of DKIM are kept at a vendor, with all records", handed_on_with_all_records),
    Case("the zone is elsewhere", lambda p: p.elsewhere()),
    Case("another preference of the only MX", mx("5 feedback-smtp.us-east-1.amazonses.com")),
    Case(
        "a private zone of the name",
        lambda p: setattr(p, "zones", replace(p.zones, private=("ZP",))),
        ("dns.private_zone info",),
    ),
    Case("a wildcard, and all names exist", wildcard("TXT", "anything"), ("dns.wildcard info",)),
    Case("a wildcard for mail, and all names exist", wildcard("MX", "10 mx.net"), ("dns.wildcard info",)),
    Case(
        "neither MX nor address", lambda p: p.net.drops(DOMAIN, "MX"), ("dmarc.rua_unreachable info", "mx.nothing info")
    ),
    Case(
        "a cache that still has the old absence",
        lambda p: p.net.resolver(DKIM[0], "CNAME"),
        ("dns.cache_behind info",),
        (DKIM[0],),
    ),
    Case(
        "this machine may not ask the zone's servers, but its resolver does",
        lambda p: p.net.unreachable_here(*SERVERS),
        ("check.not_run warning",),
        ("what the resolver has", "port 53"),
    ),
]


@pytest.mark.parametrize("case", WELL, ids=str)
def test_what_is_odd_and_well_is_not_called_bad(patient: Patient, case: Case) -> None:
    shows(patient, case)


def test_every_record_that_is_right_is_said_to_be(patient: Patient) -> None:
    ok = {one.subject for one in patient.findings() if one.id == "record.ok"}
    assert ok == {f"CNAME {name}" for name in DKIM} | {f"MX {MAIL_FROM}", f"TXT {MAIL_FROM}", f"TXT {DMARC}"}


def test_where_the_identity_may_not_be_read_the_other_records_are_judged(patient: Patient) -> None:
    patient.identity = Unseen("SES identity example.com", "access_denied", "not allowed")
    found = patient.findings()
    assert named(found) == ["check.not_run warning"]
    assert "record.ok" in {one.id for one in found}


def test_a_record_that_no_server_can_say_anything_of_is_not_known(patient: Patient) -> None:
    patient.net.fails_for(MAIL_FROM, "MX")
    (first, *_) = patient.findings()
    assert (first.id, first.severity, first.subject) == ("check.not_run", Severity.ERROR, f"MX {MAIL_FROM}")
    assert named(patient.findings()) == ["check.not_run error"]
