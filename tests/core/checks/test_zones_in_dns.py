"""What is said of a domain's zone and its servers: each fault alone and by its name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.dns_patient import (
    DKIM,
    DOMAIN,
    MAIL_FROM,
    OTHER,
    OURS,
    TARGETS,
    Case,
    Change,
    Patient,
    shows,
)
from fakes.internet import SERVERS

from provisioner.core.checks.observed import ZonesSeen
from provisioner.core.dns.hosted_zone import HostedZone


def a_whole_zone_of_silence(patient: Patient) -> None:
    patient.net.silent(*SERVERS)


def one_server_of_yesterday(patient: Patient) -> None:
    patient.net.says(SERVERS[3], DKIM[0], "CNAME", "old.dkim.amazonses.com")


def vendor_of_dkim(patient: Patient) -> None:
    patient.net.zone("_domainkey.example.com", {}, ["ns1.dkimvendor.net"])
    for name in DKIM:
        patient.net._zones[DOMAIN].pop((name, "CNAME"))


def vendor_with_an_old_key(patient: Patient) -> None:
    records = {(name, "CNAME"): [target] for name, target in zip(DKIM, TARGETS, strict=True)}
    records[DKIM[0], "CNAME"] = ["old.dkim.amazonses.com"]
    patient.net.zone("_domainkey.example.com", records, ["ns1.dkimvendor.net"])


def vendor_who_is_gone(patient: Patient) -> None:
    vendor_of_dkim(patient)
    patient.net.refuses("ns1.dkimvendor.net")


def mail_from_is_handed_on(patient: Patient) -> None:
    patient.net.drops(MAIL_FROM, "MX", "TXT").zone(MAIL_FROM, {}, ["ns1.vendor.net"])


def only_the_zone_above(patient: Patient) -> None:
    """Refer to a server that has the zone above alone."""
    patient.net.delegates(DOMAIN, *SERVERS[:3], "a.nic.com")
    patient.zones = replace(patient.zones, ours=replace(OURS, name_servers=(*SERVERS[:3], "a.nic.com")))


def other_addresses(patient: Patient) -> None:
    """The parent refers to other servers than the zone's own, of which none has the same address."""
    patient.net.delegates(DOMAIN, "ns1.old.net", "ns2.old.net").zone("old.net", {}, ["ns1.old.net"])
    patient.net.zone("parking.net", {}, ["ns1.old.net", "ns2.old.net"])


def signed_with(*keys: str) -> Change:
    def make(patient: Patient) -> None:
        patient.net.bogus.add(DOMAIN)
        patient.net.resolver_unchecked(DOMAIN, "DS", "12345 13 2 abab")
        if keys:
            patient.net.puts(DOMAIN, "DNSKEY", *keys)

    return make


def below_another(patient: Patient) -> None:
    above = HostedZone("ZABOVE", "com", (), {})
    patient.zones = replace(patient.zones, above=above)
    patient.net.delegates(DOMAIN)


KEY = "257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="

FAULTS = [
    Case("nobody refers to the zone", lambda p: p.net.delegates(DOMAIN), ("dns.not_delegated error",), SERVERS),
    Case("the zone above is in this account", below_another, ("dns.not_delegated error",), ("ZABOVE", f"{DOMAIN} NS")),
    Case("the public is sent elsewhere", other_addresses, ("dns.delegated_elsewhere error",), ("ns1.old.net",)),
    Case(
        "the public is sent to two of ours and two old servers",
        lambda p: p.net.delegates(DOMAIN, *SERVERS[:2], "ns1.old.net", "ns2.old.net"),
        ("dns.delegated_partly error",),
        ("ns1.old.net ns2.old.net", "take"),
    ),
    Case(
        "the public is sent to a second zone of the name",
        lambda p: (
            setattr(p, "zones", ZonesSeen((OURS, OTHER), (), OURS, "ZOURS")),
            p.net.delegates(DOMAIN, *OTHER.name_servers),
        ),
        ("dns.zone_twice error",),
        ("ZOURS, ZOTHER", "the public sees ZOTHER"),
    ),
    Case(
        "a second zone of the name that nobody sees",
        lambda p: setattr(p, "zones", ZonesSeen((OURS, OTHER), (), OURS, "ZOURS")),
        ("dns.zone_twice warning",),
        ("the public sees ZOURS",),
    ),
    Case(
        "the zone is a private one",
        lambda p: setattr(p, "zones", ZonesSeen((), ("ZPRIVATE",))),
        ("dns.private_only error",),
        ("ZPRIVATE", "new-domain"),
    ),
    Case("the zone is gone", lambda p: setattr(p, "zones", ZonesSeen()), ("dns.no_zone error",)),
    Case(
        "the zone was deleted and made anew",
        lambda p: setattr(p, "zones", ZonesSeen((OTHER,), (), OTHER, "ZOURS")),
        ("dns.zone_replaced error",),
        ("ZOURS", "ZOTHER", "ns-9.other.net"),
    ),
    Case(
        "one server refuses", lambda p: p.net.refuses(SERVERS[0]), ("dns.lame_server warning",), (SERVERS[0], "REFUSED")
    ),
    Case("one server does not know the zone", lambda p: p.net.knows_nothing(SERVERS[1]), ("dns.lame_server warning",)),
    Case("one server has the zone above alone", only_the_zone_above, ("dns.lame_server warning",), ("a.nic.com",)),
    Case("no server knows the zone", lambda p: p.net.refuses(*SERVERS), ("dns.lame error",), ("REFUSED", DOMAIN)),
    Case("one server is silent", lambda p: p.net.silent(SERVERS[2]), ("dns.silent_server warning",), (SERVERS[2],)),
    Case("all servers are silent", a_whole_zone_of_silence, ("check.not_run error",), ("does not answer",)),
    Case("the resolver is silent", lambda p: p.net.resolver_silent(), ("check.not_run error",)),
    Case("a vendor has the names of DKIM", vendor_of_dkim, ("dns.hidden_by_delegation error",), tuple(DKIM)),
    Case("a vendor has another key", vendor_with_an_old_key, ("record.wrong error",), ("old.dkim.amazonses.com",)),
    Case("a vendor who is gone", vendor_who_is_gone, ("dns.hidden_by_delegation error",), ("of which none answers",)),
    Case(
        "a vendor has the MAIL FROM host",
        mail_from_is_handed_on,
        ("dns.hidden_by_delegation error",),
        (f"MX {MAIL_FROM}, TXT {MAIL_FROM}",),
    ),
    Case(
        "one server has the zone of yesterday",
        one_server_of_yesterday,
        ("record.wrong error",),
        (f"at 1 of 4 name servers ({SERVERS[3]})", "wait"),
    ),
    Case("a DS over an unsigned zone", signed_with(), ("dns.dnssec_bogus error",), ("12345", "not signed", "remove")),
    Case("a DS of another key", signed_with(KEY), ("dns.dnssec_bogus error",), ("12345", "2371", "replace the DS")),
    Case(
        "the resolver makes up addresses",
        lambda p: p.net.resolver_lies("A", "198.51.100.1"),
        ("dns.resolver_lies warning",),
        ("198.51.100.1", "PROVISIONER_DNS_SERVER"),
    ),
    Case(
        "the texts at the domain do not come by TCP",
        lambda p: p.net.puts(DOMAIN, "TXT", "v=spf1 include:amazonses.com ~all", *map(str, range(90))).without_tcp(
            *SERVERS
        ),
        ("dns.no_tcp warning",),
        ("TCP",),
    ),
]


@pytest.mark.parametrize("case", FAULTS, ids=str)
def test_a_fault_of_the_zone_is_named_alone(patient: Patient, case: Case) -> None:
    shows(patient, case)
