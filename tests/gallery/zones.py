"""Delegation, zones and name servers; aliases and wildcards; the records by the way they came about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gallery.case import Case
from gallery.ward import Patient

PARKING = ("ns1.parking.example", "ns2.parking.example")
ELSEWHERE = {"zone": "external"}


def servers(patient: Patient) -> list[str]:
    answer = patient.ward.client("route53").get_hosted_zone(Id=patient.zone_id)
    return list(answer["DelegationSet"]["NameServers"])


def second_zone(patient: Patient) -> Any:
    return patient.ward.client("route53").create_hosted_zone(Name=patient.domain, CallerReference=f"2 {patient.domain}")


def public_is_sent_to_the_second(patient: Patient) -> None:
    patient.knobs.delegated(patient.domain, *second_zone(patient)["DelegationSet"]["NameServers"])


def private_zone(patient: Patient) -> None:
    patient.ward.client("route53").create_hosted_zone(
        Name=patient.domain,
        CallerReference=f"private {patient.domain}",
        VPC={"VPCRegion": "us-east-1", "VPCId": "vpc-1a2b3c4d"},
        HostedZoneConfig={"PrivateZone": True, "Comment": ""},
    )


def zone_is_gone(patient: Patient) -> None:
    route53 = patient.ward.client("route53")
    for one in route53.list_resource_record_sets(HostedZoneId=patient.zone_id)["ResourceRecordSets"]:
        if one["Type"] not in ("NS", "SOA"):
            change = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": one}]}
            route53.change_resource_record_sets(HostedZoneId=patient.zone_id, ChangeBatch=change)
    route53.delete_hosted_zone(Id=patient.zone_id)


def private_only(patient: Patient) -> None:
    private_zone(patient)
    zone_is_gone(patient)


def made_anew(patient: Patient) -> None:
    zone_is_gone(patient)
    second_zone(patient)


def two_of_ours(patient: Patient) -> None:
    patient.knobs.delegated(patient.domain, *servers(patient)[:2], *PARKING)


def dkim_vendor(patient: Patient) -> None:
    patient.upsert(f"_domainkey.{patient.domain}", "NS", "ns1.dkimvendor.example.")


def server_of_yesterday(patient: Patient) -> None:
    patient.knobs.records(patient.domain, patient.token(0), "CNAME", "old.dkim.amazonses.com", server="1")


def moved(patient: Patient, first: str, name: str, rtype: str, *values: str) -> None:
    """Take a record set out, and put one at another name."""
    patient.delete(first, rtype)
    patient.upsert(name, rtype, *values)


def large_texts(patient: Patient) -> None:
    others = [f"site-verification={number:030d}" for number in range(40)]
    patient.upsert(patient.domain, "TXT", "v=spf1 include:amazonses.com ~all", *others)
    patient.knobs.server("no-tcp", patient.domain)


def wildcard(rtype: str, value: str, *gone: Callable[[Patient], tuple[str, str]]) -> Callable[[Patient], None]:
    def make(patient: Patient) -> None:
        patient.upsert(f"*.{patient.domain}", rtype, value)
        for one in gone:
            patient.delete(*one(patient))

    return make


def white_label(patient: Patient) -> None:
    """Serve the zone by names of its own, with the addresses of its servers."""
    own = [f"ns{number}.{patient.domain}" for number in range(1, 5)]
    for name, server in zip(own, servers(patient), strict=True):
        patient.upsert(name, "A", *patient.ward.addresses(server))
    patient.upsert(patient.domain, "NS", *(f"{name}." for name in own), ttl=172800)
    patient.knobs.delegated(patient.domain, *own)


def turned_round(patient: Patient) -> None:
    patient.knobs.delegated(patient.domain, *(server.upper() for server in reversed(servers(patient))))


def unusual_ttls(patient: Patient) -> None:
    patient.upsert(patient.token(0), "CNAME", patient.target(0), ttl=60)
    patient.upsert(patient.mail_from, "MX", f"10 {patient.spec.region.feedback_host}", ttl=86400)


DMARC = "v=DMARC1; p=none"

CASES = (
    Case(
        "nobody refers to the zone",
        lambda p: p.knobs.delegated(p.domain),
        ("dns.not_delegated error",),
        says=("set the name servers at the registrar",),
    ),
    Case("the public is parked", lambda p: p.knobs.delegated(p.domain, *PARKING), ("dns.delegated_elsewhere error",)),
    Case("the public is sent to two of ours and to old servers", two_of_ours, ("dns.delegated_partly error",)),
    Case(
        "the public is sent to a second zone of the name",
        public_is_sent_to_the_second,
        ("dns.zone_twice error",),
        also=("ses.behind", "ses.pending"),
    ),
    Case("a second zone of the name", second_zone, ("dns.zone_twice warning",)),
    Case("the zone is a private one", private_only, ("dns.private_only error",)),
    Case("a private zone of the name beside ours", private_zone, also=("dns.private_zone",)),
    Case("the zone is gone", zone_is_gone, ("dns.no_zone error",)),
    Case("the zone was made anew", made_anew, ("dns.zone_replaced error",)),
    Case("one server refuses", lambda p: p.knobs.server("refused", p.domain, "1"), ("dns.lame_server warning",)),
    Case("one server has no authority", lambda p: p.knobs.server("no-aa", p.domain, "2"), ("dns.lame_server warning",)),
    Case("no server knows the zone", lambda p: p.knobs.server("refused", p.domain), ("dns.lame error",)),
    Case("a vendor has the names of DKIM", dkim_vendor, ("dns.hidden_by_delegation error",)),
    Case("a server with the zone of yesterday", server_of_yesterday, ("record.wrong error",), says=("at 1 of 4",)),
    Case("a DS over a zone that is not signed", lambda p: p.knobs.bogus(p.domain), ("dns.dnssec_bogus error",)),
    Case(
        "a resolver that makes things up",
        lambda p: p.knobs.lie(p.domain, "A", "198.51.100.1"),
        ("dns.resolver_lies warning",),
    ),
    Case("texts that do not come by TCP", large_texts, ("dns.no_tcp warning",)),
    Case(
        "a TTL of 68 years",
        lambda p: p.upsert(p.token(0), "CNAME", p.target(0), ttl=2147483647),
        ("dns.ttl_long warning",),
    ),
    Case(
        "a wildcard in place of DMARC",
        wildcard("TXT", "v=spf1 -all", lambda p: (f"_dmarc.{p.domain}", "TXT")),
        ("record.absent error", "dns.wildcard warning"),
        says=("what answers is a wildcard",),
    ),
    Case(
        "a wildcard alias and a missing key",
        wildcard("CNAME", "parking.example.", lambda p: (p.token(1), "CNAME")),
        ("record.absent error",),
        also=("dns.wildcard",),
    ),
    Case(
        "a wildcard MX and a missing one",
        wildcard("MX", "10 mail.example.", lambda p: (p.mail_from, "MX")),
        ("record.absent error",),
        also=("dns.wildcard",),
    ),
    Case("a wildcard while all names exist", wildcard("TXT", "anything"), also=("dns.wildcard",)),
    Case(
        "DMARC entered with the name of the zone",
        lambda p: moved(p, f"_dmarc.{p.domain}", f"_dmarc.{p.domain}.{p.domain}", "TXT", DMARC),
        ("record.absent error",),
        says=("enter the name without",),
    ),
    Case("a null MX at the domain", lambda p: p.upsert(p.domain, "MX", "0 ."), ("mx.null warning",)),
    Case("no MX and no address", lambda p: p.delete(p.domain, "MX"), also=("mx.nothing",)),
    Case("servers in another order and case", turned_round),
    Case("servers under names of the zone's own", white_label),
    Case("unusual TTLs", unusual_ttls),
    Case(
        "DNS elsewhere: the domain itself is an alias",
        lambda p: p.elsewhere("@ CNAME host.example.", without=("@",)),
        ("dns.cname_at_apex error",),
        admitted=ELSEWHERE,
    ),
    Case(
        "DNS elsewhere: all names are somebody else's",
        lambda p: p.elsewhere("@ DNAME other.example.", without=("bounce", "_dmarc", "_domainkey")),
        ("dns.dname error",),
        admitted=ELSEWHERE,
    ),
    Case(
        "DNS elsewhere: the MAIL FROM host is an alias",
        lambda p: p.elsewhere(f"bounce CNAME {p.domain}.", without=("bounce",)),
        ("dns.cname_beside_data error",),
        admitted=ELSEWHERE,
    ),
    Case(
        "DNS elsewhere: nobody refers to it",
        lambda p: p.knobs.delegated(p.domain),
        ("dns.not_delegated error",),
        admitted=ELSEWHERE,
    ),
)
