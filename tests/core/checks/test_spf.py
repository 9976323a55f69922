"""SPF at the domain itself: states, each with the one thing that is to be said, and healthy ones that look odd."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.dns import FakeResolver

from provisioner.core.checks.spf import apex
from provisioner.core.dns.answers import DnsAnswer, Unreachable
from provisioner.core.findings import Finding, Severity
from provisioner.core.values.domain import DomainName

EXAMPLE = DomainName.parse("example.com")
OURS = "v=spf1 include:amazonses.com ~all"
WARNING, INFO, OK = Severity.WARNING, Severity.INFO, Severity.OK

AROUND: dict[str, tuple[str, ...]] = {
    "TXT amazonses.com": ("v=spf1 ip4:199.255.192.0/22 -all",),
    "TXT mailhost.example": ("v=spf1 ip4:192.0.2.0/24 -all",),
    "A example.com": ("192.0.2.1",),
    "MX example.com": ("10 mx1.example.com", "20 mx2.example.com"),
    "A mx1.example.com": ("192.0.2.2",),
    **{f"TXT i{number}.example": ("v=spf1 ip4:192.0.2.9 -all",) for number in range(12)},
}
TEN_INCLUDES = " ".join(f"include:i{number}.example" for number in range(10))
NINE_INCLUDES = TEN_INCLUDES.removesuffix(" include:i9.example")
ELEVEN_MX = tuple(f"10 mx{number}.example.com" for number in range(11))


def dns(*texts: str, **others: tuple[str, ...]) -> FakeResolver:
    resolver = FakeResolver()
    for question, values in {**AROUND, "TXT example.com": texts, **others}.items():
        rtype, name = question.split(" ")
        if values:
            resolver.answers(name, rtype, *values)
    return resolver


def judged(resolver: FakeResolver, **options: Any) -> list[Finding]:
    return list(apex(EXAMPLE, resolver.lookup, **options))


# name of the state, TXT at the domain, other records, what is found, and what the message says.
FAULTS: list[tuple[str, tuple[str, ...], dict[str, tuple[str, ...]], str, Severity, tuple[str, ...]]] = [
    ("two records", (OURS, "v=spf1 mx -all"), {}, "spf.broken", WARNING, ("2 SPF records",)),
    (
        "eleven includes",
        (f"v=spf1 {TEN_INCLUDES} include:i10.example ~all",),
        {},
        "spf.too_many_lookups",
        WARNING,
        ("at most 10", "up to 11", "include:i10.example 1"),
    ),
    (
        "what an include costs inside is told with it",
        ("v=spf1 include:deep.example mx ~all",),
        {"TXT deep.example": (f"v=spf1 {NINE_INCLUDES} -all",)},
        "spf.too_many_lookups",
        WARNING,
        ("up to 11", "include:deep.example 10, mx 1"),
    ),
    (
        "three names that do not exist",
        ("v=spf1 a:x1.example.com a:x2.example.com a:x3.example.com ?all",),
        {},
        "spf.void_lookups",
        WARNING,
        ("at most 2", "here are 3", "a:x3.example.com"),
    ),
    (
        "strings joined without a space",
        ("v=spf1 include:amazonses.comip4:192.0.2.1 ~all",),
        {},
        "spf.broken",
        WARNING,
        ("a space is missing before ip4:192.0.2.1",),
    ),
    (
        "strings joined without a space to a name that could be one",
        ("v=spf1 include:amazonses.coma:mail.example.com ~all",),
        {},
        "spf.broken",
        WARNING,
        ("amazonses.coma:mail.example.com has no SPF record", "a space is missing"),
    ),
    ("open to everybody", ("v=spf1 +all",), {}, "spf.open", WARNING, ("everybody may send",)),
    ("open to everybody without all", ("v=spf1 ip4:0.0.0.0/0 -all",), {}, "spf.open", WARNING, ("everybody",)),
    ("neutral about everybody else", (OURS.replace("~", "?"),), {}, "spf.neutral", INFO, ("nothing is said",)),
    ("no all", ("v=spf1 include:amazonses.com",), {}, "spf.neutral", INFO, ("nothing is said",)),
    ("ptr", ("v=spf1 ptr ~all",), {}, "spf.ptr", WARNING, ("ptr should not be published",)),
    (
        "redirect beside all",
        ("v=spf1 redirect=mailhost.example ~all",),
        {},
        "spf.redirect_ignored",
        WARNING,
        ("redirect=mailhost.example has no effect beside ~all",),
    ),
    (
        "redirect to a name without SPF",
        ("v=spf1 redirect=_none.example.com",),
        {},
        "spf.broken",
        WARNING,
        ("permerror", "_none.example.com has no SPF record"),
    ),
    (
        "include of a name without SPF",
        ("v=spf1 include:_none.example.com ~all",),
        {},
        "spf.broken",
        WARNING,
        ("permerror", "include:_none.example.com"),
    ),
    (
        "includes in a circle",
        ("v=spf1 include:_a.example.com ~all",),
        {"TXT _a.example.com": ("v=spf1 include:_b.test ~all",), "TXT _b.test": ("v=spf1 include:_a.example.com",)},
        "spf.broken",
        WARNING,
        ("_a.example.com -> _b.test -> _a.example.com: a loop",),
    ),
    ("a blank before it", (f" {OURS}",), {}, "spf.none", WARNING, ("begins with a blank",)),
    ("in quotes", (f"\u201c{OURS}\u201d",), {}, "spf.none", WARNING, ("meant as SPF",)),
    (
        "semicolons",
        ("v=spf1; include:amazonses.com; ~all",),
        {},
        "spf.broken",
        WARNING,
        ("a space alone may follow `v=spf1`",),
    ),
    (
        "two terms that are not valid",
        ("v=spf1 ip4:192.0.2.1/33 a:192.0.2.2 ~all",),
        {},
        "spf.broken",
        WARNING,
        ("ip4:192.0.2.1/33: the prefix length", "a:192.0.2.2: an address needs ip4"),
    ),
    (
        "mx with eleven hosts",
        ("v=spf1 mx ~all",),
        {"MX example.com": ELEVEN_MX},
        "spf.broken",
        WARNING,
        ("11 MX hosts",),
    ),
    ("in type SPF alone", ("site=1",), {"SPF example.com": (OURS,)}, "spf.none", WARNING, ("type SPF", "obsolete")),
    ("a set of 700 octets", (OURS, "x" * 656), {}, "spf.large", INFO, ("700 octets",)),
    (
        "one lookup by a macro too many",
        (f"v=spf1 exists:%{{i}}._s.example.com {TEN_INCLUDES} ~all",),
        {},
        "spf.too_many_lookups",
        WARNING,
        ("up to 11", "exists:%{i}._s.example.com 1"),
    ),
    (
        "SES is not in it",
        ("v=spf1 mx -all", "site=1"),
        {},
        "spf.without_include",
        INFO,
        ("without include:",),
    ),
    ("no SPF", ("site=1",), {}, "spf.none", INFO, ("no SPF at the domain itself",)),
    ("nothing at all", (), {}, "spf.none", INFO, ("no SPF at the domain itself",)),
]


@pytest.mark.parametrize(
    ("texts", "others", "code", "severity", "says"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_one_thing_is_found_and_never_an_error(
    texts: tuple[str, ...], others: dict[str, tuple[str, ...]], code: str, severity: Severity, says: tuple[str, ...]
) -> None:
    (finding,) = judged(dns(*texts, **others))
    assert (finding.id, finding.severity, finding.subject) == (code, severity, "TXT example.com")
    for words in (*says, "mail through SES is judged at its MAIL FROM host"):
        assert words in finding.message


HEALTHY: list[tuple[str, tuple[str, ...], dict[str, tuple[str, ...]], Severity]] = [
    ("ours", (OURS,), {}, OK),
    ("ours beside a text that only looks like SPF", ("spf1 mx -all", OURS), {}, OK),
    ("SES is not in it", ("v=spf1 include:mailhost.example -all",), {}, INFO),
    ("everything behind a redirect", ("v=spf1 redirect=mailhost.example",), {}, INFO),
    (
        "SES behind a redirect",
        ("v=spf1 redirect=_spf.example.com",),
        {"TXT _spf.example.com": ("v=spf1 mx include:amazonses.com -all",)},
        OK,
    ),
    ("macros", ("v=spf1 exists:%{i}._spf.%{d2} include:amazonses.com -all",), {}, OK),
    ("an include by a macro", ("v=spf1 include:%{l}.%{d}.spf.host.example include:amazonses.com -all",), {}, OK),
    ("softfail", (OURS,), {}, OK),
    (
        "five more senders",
        ("v=spf1 a mx ip4:192.0.2.0/24 include:mailhost.example include:i1.example include:amazonses.com -all",),
        {},
        OK,
    ),
    (
        "exactly ten lookups, mx with eight hosts among them",
        (f"v=spf1 mx {NINE_INCLUDES} ip4:198.51.100.1 ~all",),
        {"MX example.com": ELEVEN_MX[:8]},
        INFO,
    ),
    (
        "a macro and nine further lookups",
        (f"v=spf1 exists:%{{i}}._s.example.com {NINE_INCLUDES} ~all",),
        {},
        INFO,
    ),
    (
        "two lookups that find nothing",
        ("v=spf1 a mx include:amazonses.com ~all",),
        {"A example.com": (), "MX example.com": ()},
        OK,
    ),
    (
        "mx with hosts that have no IPv6 address",
        ("v=spf1 mx mx:a.test mx:b.test include:amazonses.com ~all",),
        {"MX a.test": ("1 mx1.example.com",), "MX b.test": ("1 mx1.example.com",)},
        OK,
    ),
    ("ours in capitals", ("V=SPF1  ip4:192.0.2.1 INCLUDE:AmazonSES.com. ~all",), {}, OK),
]


@pytest.mark.parametrize(("texts", "others", "worst"), [row[1:] for row in HEALTHY], ids=[row[0] for row in HEALTHY])
def test_what_is_unusual_and_healthy_is_no_warning(
    texts: tuple[str, ...], others: dict[str, tuple[str, ...]], worst: Severity
) -> None:
    assert [finding.severity for finding in judged(dns(*texts, **others))] == [worst]


def test_a_record_that_should_be_there_and_is_not_is_a_warning() -> None:
    (finding,) = judged(dns("site=1"), wanted=True)
    assert (finding.id, finding.severity) == ("spf.none", WARNING)


def test_a_large_set_that_does_not_come_over_tcp_is_a_warning() -> None:
    (finding,) = judged(dns(OURS, "x" * 656), only_udp=True)
    assert (finding.id, finding.severity) == ("spf.large", WARNING)
    assert "may get no SPF" in finding.message


def test_what_dns_does_not_say_is_neither_right_nor_wrong() -> None:
    (finding,) = judged(dns().times_out("example.com", "TXT"))
    assert (finding.id, finding.severity, finding.evidence) == ("check.not_run", WARNING, {"reason": "timed out"})
    (finding,) = judged(dns("v=spf1 include:slow.test include:amazonses.com -all").times_out("slow.test", "TXT"))
    assert (finding.id, finding.severity) == ("check.not_run", WARNING)
    assert "include:slow.test: slow.test timed out" in finding.message


def test_the_evidence_is_the_record_and_what_each_term_costs() -> None:
    (finding,) = judged(dns(f"v=spf1 {TEN_INCLUDES} mx ~all", "site=1"))
    assert finding.evidence["found"] == [f"v=spf1 {TEN_INCLUDES} mx ~all"]
    assert (finding.evidence["lookups"], finding.evidence["limit"]) == (11, 10)
    terms = finding.evidence["terms"]
    assert isinstance(terms, dict)
    assert terms["mx"] == 1
    (fine,) = judged(dns(OURS, "x"))
    assert fine.evidence == {"expected": ["include:amazonses.com"], "found": [OURS]}


def test_all_of_a_level_is_asked_before_anything_is_known() -> None:
    """Whoever fetches the answers in between needs a round for each level, not for each term."""
    asked: set[tuple[str, str]] = set()
    known = dns("v=spf1 include:i1.example include:i2.example mx a exists:e.test redirect=i3.example")

    def ask(name: str, rtype: str) -> DnsAnswer:
        asked.add((name, rtype))
        return known.lookup(name, rtype) if name == "example.com" and rtype == "TXT" else Unreachable("not yet")

    list(apex(EXAMPLE, ask))
    below = {("i1.example", "TXT"), ("i2.example", "TXT"), ("i3.example", "TXT"), ("e.test", "A")}
    assert below | {("example.com", "MX"), ("example.com", "A")} <= asked
