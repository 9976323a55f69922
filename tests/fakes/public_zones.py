"""Public zones with a record set of every kind, and what an answer about them holds."""

from types import MappingProxyType

import dns.flags
import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.rdataclass
import dns.resolver

from provisioner.sandbox.zones import PublicView, RecordSet, Zone

SERVERS = ("ns-1.awsdns-01.com", "ns-2.awsdns-02.net")
LONG_KEY = "p=" + "k" * 390


def zone(name: str, *sets: RecordSet) -> Zone:
    """Return a public zone with these record sets and the two that Route 53 adds."""
    own = (
        RecordSet(name, "NS", 172800, tuple(f"{server}." for server in SERVERS)),
        RecordSet(name, "SOA", 900, (f"{SERVERS[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 300",)),
    )
    return Zone(f"Z{name}", name, False, SERVERS, MappingProxyType({(s.name, s.type): s for s in (*own, *sets)}))


EXAMPLE = zone(
    "example.com",
    RecordSet("example.com", "TXT", 300, ('"v=spf1 include:amazonses.com ~all"', '"other=1" "2"')),
    RecordSet("example.com", "A", 60, ("192.0.2.1", "192.0.2.2")),
    RecordSet("example.com", "AAAA", 60, ("2001:db8::1",)),
    RecordSet("example.com", "MX", 300, ("10 mail.example.com.", "0 .")),
    RecordSet("example.com", "CAA", 300, ('0 issue "letsencrypt.org"',)),
    RecordSet("_sip._tcp.example.com", "SRV", 300, ("1 2 5060 sip.example.com.",)),
    RecordSet("long._domainkey.example.com", "TXT", 300, (f'"{LONG_KEY[:255]}" "{LONG_KEY[255:]}"',)),
    RecordSet("tok._domainkey.example.com", "CNAME", 1800, ("tok.dkim.amazonses.com",)),
    RecordSet("www.example.com", "CNAME", 60, ("Web.Example.ORG.",)),
    RecordSet("loop-a.example.com", "CNAME", 60, ("loop-b.example.com.",)),
    RecordSet("loop-b.example.com", "CNAME", 60, ("loop-a.example.com.",)),
    RecordSet("*.wild.example.com", "TXT", 60, ('"wild"',)),
    RecordSet("a.b.wild.example.com", "TXT", 60, ('"deep"',)),
    RecordSet("gone.example.com", "NS", 300, ("ns.elsewhere.net.",)),
    RecordSet("x.gone.example.com", "TXT", 300, ('"occluded"',)),
    RecordSet("sub.example.com", "NS", 300, tuple(f"{server}." for server in SERVERS)),
    RecordSet("quoted.example.com", "TXT", 60, (r'"say \"hi\" \052 \\ \303\274"',)),
    RecordSet("huge.example.com", "TXT", 60, tuple(f'"{i:04d}{"x" * 200}"' for i in range(40))),
    RecordSet("broken.example.com", "A", 60, ("not-an-address",)),
    RecordSet("alias.example.com", "A", 0, (), alias_target="example.com"),
    RecordSet("cdn.example.com", "A", 0, (), alias_target="d111.cloudfront.net"),
)
VIEW = PublicView(
    {
        "example.com": EXAMPLE,
        "sub.example.com": zone("sub.example.com", RecordSet("a.sub.example.com", "TXT", 60, ('"in the child"',))),
        "example.org": zone("example.org", RecordSet("web.example.org", "A", 60, ("192.0.2.80",))),
    }
)


def values(response: dns.message.Message) -> set[str]:
    return {str(record) for record in response.answer[-1]} if response.answer else set()


def code(response: dns.message.Message) -> str:
    return dns.rcode.to_text(response.rcode())
