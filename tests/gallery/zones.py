"""Delegation, zones and their name servers."""

from gallery.case import Case
from gallery.making import drop_zone, hosted, second_zone

PARKED = ("ns1.parking.example", "ns2.parking.example")
OLD = ("ns1.old.example", "ns2.old.example")


def _ours(patient):
    zone = patient.ward.client("route53").get_hosted_zone(Id=patient.zone_id)
    return zone["DelegationSet"]["NameServers"]


def _child_without_delegation(patient):
    """A zone of a subdomain whose parent zone, in the same account, does not know it."""
    patient.extra["parent"] = patient.ward.client("route53").create_hosted_zone(
        Name=patient.domain.partition(".")[2], CallerReference=f"parent of {patient.domain}"
    )


def _made_again(patient):
    drop_zone(patient)
    second_zone(patient)


def _private_only(patient):
    drop_zone(patient)
    second_zone(patient, private=True)


def _busy_second_zone(patient):
    servers = second_zone(patient)
    patient.knobs.delegated(patient.domain, *servers)


CASES = (
    Case(
        "nobody refers to the zone", lambda p: p.knobs.delegated(p.domain), ("dns.not_delegated error",), says=("ns-",)
    ),
    Case(
        "the registrar refers to a parking service",
        lambda p: p.knobs.delegated(p.domain, *PARKED),
        ("dns.delegated_elsewhere error",),
        says=PARKED,
    ),
    Case(
        "two of our servers and two old ones",
        lambda p: p.knobs.delegated(p.domain, *_ours(p)[:2], *OLD),
        ("dns.delegated_partly error",),
        says=OLD,
    ),
    Case("the public is sent to a second zone of the name", _busy_second_zone, ("dns.zone_twice error",)),
    Case("a second zone of the name that nobody is sent to", second_zone, ("dns.zone_twice warning",)),
    Case("only a private zone is left", _private_only, ("dns.private_only error",)),
    Case(
        "a private zone beside the public one",
        lambda p: second_zone(p, private=True),
        also=("dns.private_zone",),
    ),
    Case("one server refuses", lambda p: p.knobs.server("refused", p.domain, "1"), ("dns.lame_server warning",)),
    Case(
        "one server does not have the zone itself",
        lambda p: p.knobs.server("no-aa", p.domain, "2"),
        ("dns.lame_server warning",),
    ),
    Case("one server is silent", lambda p: p.knobs.server("silent", p.domain, "3"), ("dns.silent_server warning",)),
    Case("all servers refuse", lambda p: p.knobs.server("refused", p.domain), ("dns.lame error",)),
    Case("the zone was deleted and made again", _made_again, ("dns.zone_replaced error",)),
    Case(
        "the parent zone in the same account does not know the subdomain",
        _child_without_delegation,
        ("dns.not_delegated error",),
        admitted={"name": "news.parent-{number}.com"},
    ),
    Case(
        "the names of DKIM are handed on to other servers",
        lambda p: p.upsert(f"_domainkey.{p.domain}", "NS", "ns1.dkimvendor.example"),
        ("dns.hidden_by_delegation error",),
        says=("_domainkey",),
    ),
    Case(
        "one server still has the zone of yesterday",
        lambda p: p.knobs.records(p.domain, p.token(0), "CNAME", "old.dkim.amazonses.com", server="1"),
        ("record.wrong error",),
        says=("1 of 4",),
    ),
    Case(
        "keys at the parent of a zone that is not signed",
        lambda p: p.knobs.bogus(p.domain),
        ("dns.dnssec_bogus error",),
    ),
    Case(
        "keys at the parent that are not the zone's",
        lambda p: p.knobs.bogus(p.domain, keys=("257 3 13 " + "ab" * 40,)),
        ("dns.dnssec_bogus error",),
    ),
    Case(
        "the resolver makes up addresses",
        lambda p: p.knobs.lie(p.domain, "A", "198.51.100.1"),
        ("dns.resolver_lies warning",),
    ),
    Case(
        "the resolver makes up texts",
        lambda p: p.knobs.lie(p.domain, "TXT", '"made up"'),
        ("dns.resolver_lies warning",),
    ),
    Case("all servers are silent", lambda p: p.knobs.server("silent", p.domain), ("check.not_run error",)),
    Case(
        "texts at the domain that do not fit into UDP, and TCP is closed",
        lambda p: (
            p.upsert(
                p.domain,
                "TXT",
                "v=spf1 include:amazonses.com ~all",
                *(f"verification-{n}=" + "x" * 200 for n in range(7)),
            ),
            p.knobs.server("no-tcp", p.domain),
        ),
        ("dns.no_tcp warning",),
    ),
    Case(
        "a DKIM record that caches keep for years",
        lambda p: p.upsert(p.token(0), "CNAME", p.target(0), ttl=2147483647),
        ("dns.ttl_long warning",),
    ),
    Case(
        "an MX that caches keep for a week",
        lambda p: p.upsert(p.mail_from, "MX", f"10 {p.spec.region.feedback_host}", ttl=604800),
        ("dns.ttl_long warning",),
    ),
    Case(
        "absence is cached for a day at the other DNS host",
        lambda p: hosted(
            p,
            (p.domain, "SOA", ("ns1.host.example. hostmaster.host.example. 1 7200 900 1209600 86400",)),
            without={(p.mail_from, "MX")},
            ttl=86400,
        ),
        ("record.absent error",),
        says=("day",),
        admitted={"zone": "external"},
    ),
)
