"""CNAMEs where they hide others, and wildcards."""

from gallery.case import Case
from gallery.making import hosted

CASES = (
    Case(
        "a CNAME at the domain itself",
        lambda p: hosted(p, (p.domain, "CNAME", ("host.example.net",)), without={(p.domain, "TXT")}),
        ("dns.cname_at_apex error",),
        admitted={"zone": "external"},
    ),
    Case(
        "DMARC is a TXT and a CNAME at once, with another policy behind it",
        lambda p: hosted(
            p,
            (f"_dmarc.{p.domain}", "CNAME", (f"policy.{p.domain}",)),
            (f"policy.{p.domain}", "TXT", ("v=DMARC1; p=reject",)),
        ),
        ("dns.cname_beside_data error",),
        admitted={"zone": "external"},
    ),
    Case(
        "a DNAME at the domain",
        lambda p: hosted(p, (p.domain, "DNAME", ("other.example",))),
        ("dns.dname error",),
        admitted={"zone": "external"},
    ),
    Case(
        "DMARC is absent and a wildcard answers in its place",
        lambda p: (p.upsert(f"*.{p.domain}", "TXT", "v=spf1 -all"), p.delete(f"_dmarc.{p.domain}", "TXT")),
        ("record.absent error", "dns.wildcard warning"),
        says=("wildcard",),
    ),
    Case(
        "a DKIM record is absent and a wildcard answers in its place",
        lambda p: (p.delete(p.token(1), "CNAME"), p.upsert(f"*.{p.domain}", "CNAME", "parking.example.net")),
        ("record.absent error",),
        also=("dns.wildcard",),
    ),
    Case(
        "the MX of MAIL FROM is absent and a wildcard answers in its place",
        lambda p: (p.delete(p.mail_from, "MX"), p.upsert(f"*.{p.domain}", "MX", f"10 mail.{p.domain}")),
        ("record.absent error",),
        also=("dns.wildcard",),
    ),
    Case(
        "a wildcard, and all of our names exist",
        lambda p: p.upsert(f"*.{p.domain}", "TXT", "anything"),
        also=("dns.wildcard",),
    ),
    Case(
        "DMARC was entered with the domain twice",
        lambda p: (
            p.delete(f"_dmarc.{p.domain}", "TXT"),
            p.upsert(f"_dmarc.{p.domain}.{p.domain}", "TXT", "v=DMARC1; p=none"),
        ),
        ("record.absent error",),
        says=("without",),
    ),
)
