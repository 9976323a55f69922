"""What is said of a domain in DNS: each fault alone and by its name, and nothing of what is odd and well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from fakes.aws import TOKENS, identity
from fakes.internet import SERVERS, FakeInternet, settled

from provisioner.core.asked.decisions import ResolvedMode, ResolvedZone
from provisioner.core.checks.catalogue import Area, checks_of, diagnose
from provisioner.core.checks.observed import Observed, Unseen, ZonesSeen
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.dns.public_dns import PublicDns
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.records import desired_records, static_records
from provisioner.core.mail_domain.spec import MailDomain

DOMAIN, MAIL_FROM, DMARC = "example.com", "bounce.example.com", "_dmarc.example.com"
DKIM = [f"{token}._domainkey.example.com" for token in TOKENS]
TARGETS = [f"{token}.dkim.amazonses.com" for token in TOKENS]
AMAZON = {("amazonses.com", "TXT"): ["v=spf1 ip4:199.255.192.0/22 -all"]} | {
    (target, "TXT"): ["p=key"] for target in TARGETS
}
SHORT = f"{TOKENS[0][:31]}._domainkey.example.com"
OURS = HostedZone("ZOURS", DOMAIN, SERVERS, {})
OTHER = HostedZone("ZOTHER", DOMAIN, ("ns-9.other.net", "ns-8.other.net"), {})


@dataclass
class Patient:
    """A domain, and what is known of it; `net` is public DNS."""

    spec: MailDomain
    net: FakeInternet
    zones: ZonesSeen = field(default_factory=lambda: ZonesSeen((OURS,), (), OURS, "ZOURS"))
    identity: Any = field(default_factory=lambda: identity(DOMAIN, "SUCCESS"))
    records: Any = None

    def elsewhere(self) -> FakeInternet:
        """Be a domain whose zone is not in Route 53; return public DNS."""
        self.spec = replace(self.spec, zone=ResolvedZone(ResolvedMode.EXTERNAL, DOMAIN, None))
        self.zones = ZonesSeen()
        return self.net

    def findings(self, *areas: Area) -> tuple[Finding, ...]:
        """All that the checks of DNS say."""
        checks = checks_of(areas or (Area.ZONE, Area.RECORDS))
        return settled(self.net, lambda dns: diagnose(self._observed(dns), checks))

    def _observed(self, dns: PublicDns) -> Observed:
        records = static_records(self.spec) if self.records is None else self.records
        return replace(self.base, spec=self.spec, dns=dns, zones=self.zones, identity=self.identity, records=records)

    base: Observed = field(default=None)  # type: ignore[assignment]  # set by the fixture


Change = Callable[[Patient], object]


@dataclass(frozen=True)
class Case:
    words: str
    make: Change
    found: tuple[str, ...] = ()
    says: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.words


@pytest.fixture
def patient(spec: Callable[..., MailDomain], observed: Callable[..., Observed]) -> Patient:
    of_domain = spec(dmarc_rua="dmarc@example.com")
    records = {(one.name, one.type): list(one.values) for one in desired_records(of_domain, TOKENS)}
    records[DOMAIN, "MX"] = ["10 mx.mailhost.net"]
    net = FakeInternet().zone(DOMAIN, records).zone("amazonses.com", AMAZON, ["ns1.amazon.net"])
    return Patient(of_domain, net, base=observed())


def named(findings: tuple[Finding, ...]) -> list[str]:
    """What was found bad and follows from nothing else, the worst first."""
    return [f"{one.id} {one.severity}" for one in findings if one.severity is not Severity.OK and not one.caused_by]


def alias_beside(patient: Patient) -> None:
    net = patient.elsewhere().zone("vendor.net", {("d.vendor.net", "TXT"): ["v=DMARC1; p=reject"]}, ["ns1.vendor.net"])
    for server in SERVERS:
        net.says(server, DMARC, "CNAME", "d.vendor.net")


def a_whole_zone_of_silence(patient: Patient) -> None:
    patient.net.silent(*SERVERS)


def one_server_of_yesterday(patient: Patient) -> None:
    patient.net.says(SERVERS[3], DKIM[0], "CNAME", "old.dkim.amazonses.com")


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


def other_addresses(patient: Patient) -> None:
    """The parent refers to other servers than the zone's own, of which none has the same address."""
    patient.net.delegates(DOMAIN, "ns1.old.net", "ns2.old.net").zone("old.net", {}, ["ns1.old.net"])
    patient.net.zone("parking.net", {}, ["ns1.old.net", "ns2.old.net"])


def white_label(patient: Patient) -> None:
    own = ("ns1.example.com", "ns2.example.com")
    records = patient.net._zones[DOMAIN] | {(DOMAIN, "NS"): list(own), (own[0], "A"): ["192.0.2.1"]}
    patient.net.zone(DOMAIN, records | {(own[1], "A"): ["192.0.2.2"]}, own)
    addresses = {(server, "A"): [f"192.0.2.{number}"] for number, server in enumerate(SERVERS, 1)}
    patient.net.zone("host.net", addresses, ["ns0.host.net"])


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
def test_a_fault_in_dns_is_named_alone(patient: Patient, case: Case) -> None:
    case.make(patient)
    found = patient.findings()
    assert named(found) == list(case.found), "\n".join(f"{one.id}: {one.subject}: {one.message}" for one in found)
    for word in case.says:
        assert word in f"{found[0].message} {found[0].remedy}"


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
    case.make(patient)
    found = patient.findings()
    assert named(found) == list(case.found), "\n".join(f"{one.id}: {one.subject}: {one.message}" for one in found)
    for word in case.says:
        assert word in f"{found[0].message} {found[0].remedy}"


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


def test_a_command_is_named_where_it_puts_the_record_right(patient: Patient) -> None:
    patient.net.drops(DKIM[0], "CNAME")
    ours = patient.findings()[0]
    assert (ours.command, ours.repairable) == (("new-domain", DOMAIN), True)
    patient.elsewhere()
    theirs = patient.findings()[0]
    assert (theirs.command, theirs.repairable, theirs.remedy) == (None, False, "publish exactly this value")
