"""DMARC: states of a domain, each with the one thing that is to be said, and healthy ones that look odd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from fakes.dns import FakeResolver

from provisioner.core.checks.dmarc import Setting, check, rejects_own_mail
from provisioner.core.dmarc.discovery import Applicable, look_up
from provisioner.core.dns.answers import DnsAnswer, Unreachable
from provisioner.core.findings import Finding, Severity
from provisioner.core.values.domain import DomainName

EXAMPLE, NEWS = DomainName.parse("example.com"), DomainName.parse("news.example.com")
ERROR, WARNING, INFO, OK = Severity.ERROR, Severity.WARNING, Severity.INFO, Severity.OK
GOOD = "v=DMARC1; p=reject; rua=mailto:d@example.com"
NONE = "v=DMARC1; p=none; rua=mailto:d@example.com"
LABEL = "0123456789abcdef"
OURS = Setting("bounce.example.com", wanted="v=DMARC1; p=none", random_label=LABEL)
THEIRS = replace(OURS, wanted=None)
LONG = ".".join(["a" * 60] * 3) + ".example.com"

AROUND = {
    "MX example.com": ("10 mx.example.com",),
    "MX collector.example": ("10 mx.collector.example",),
    "TXT example.com._report._dmarc.nomail.example": ("v=DMARC1",),
}


def dns(domain: DomainName, texts: tuple[str, ...], others: Mapping[str, tuple[str, ...]]) -> FakeResolver:
    resolver = FakeResolver()
    for question, values in {**AROUND, f"TXT _dmarc.{domain}": texts, **others}.items():
        rtype, name = question.split(" ")
        if values:
            resolver.answers(name, rtype, *values)
    return resolver


def judged(
    *texts: str,
    domain: DomainName = EXAMPLE,
    setting: Setting = THEIRS,
    others: dict[str, tuple[str, ...]] | None = None,
) -> list[Finding]:
    return list(check(domain, setting, dns(domain, texts, others or {}).lookup))


Row = tuple[str, tuple[str, ...], dict[str, Any], str, Severity, tuple[str, ...]]

# name of the state, TXT at the DMARC name, what else is so, what is found, and what the message says.
FAULTS: list[Row] = [
    ("none here nor above", (), {}, "record.absent", ERROR, ("there is none at the resolver", "large receivers")),
    ("ours is gone", (), {"setting": OURS}, "record.absent", ERROR, ("it must be v=DMARC1; p=none",)),
    ("two records", ("v=DMARC1; p=none", GOOD), {}, "dmarc.several_records", ERROR, ("2 DMARC records",)),
    ("a blank before it", (f" {GOOD}",), {}, "dmarc.broken", ERROR, (f":  {GOOD}",)),
    ("its version in small letters", ("v=dmarc1; p=none",), {}, "dmarc.broken", ERROR, ("v=dmarc1; p=none",)),
    ("commas between tags", ("v=DMARC1, p=none, rua=mailto:d@example.com",), {}, "dmarc.broken", ERROR, ("semicolon",)),
    ("no separator", ("v=DMARC1 p=reject",), {}, "dmarc.broken", ERROR, ("v=DMARC1 p=reject",)),
    ("its version last", ("p=none; v=DMARC1",), {}, "dmarc.broken", ERROR, ("does not begin with v=DMARC1",)),
    ("no such policy", ("v=DMARC1; p=rejct",), {}, "dmarc.no_policy", ERROR, ("p=rejct", "has no effect")),
    (
        "no such policy, but reports",
        ("v=DMARC1; p=rejct; rua=mailto:d@example.com",),
        {},
        "dmarc.no_policy",
        WARNING,
        ("receivers take it as p=none",),
    ),
    (
        "no such policy for subdomains",
        (f"{GOOD}; sp=rejct",),
        {},
        "dmarc.invalid_tag",
        WARNING,
        ("sp=rejct", "all of the record as p=none"),
    ),
    (
        "none for subdomains, and no reports",
        ("v=DMARC1; p=reject; sp=x",),
        {},
        "dmarc.no_policy",
        ERROR,
        ("sp=x",),
    ),
    (
        "tags that were removed",
        (f"{GOOD}; pct=25; ri=3600; rf=afrf",),
        {},
        "dmarc.removed_tag",
        WARNING,
        ("pct=25, ri=3600, rf=afrf",),
    ),
    (
        "failure reports",
        (f"{GOOD}; ruf=mailto:x@example.com; fo=1",),
        {},
        "dmarc.failure_reports",
        WARNING,
        ("floods the mailbox",),
    ),
    (
        "failure reports asked for in two ways",
        (f"{GOOD}; fo=0:1; ruf=mailto:x@example.com",),
        {},
        "dmarc.invalid_tag",
        WARNING,
        ("fo=0:1", "floods the mailbox"),
    ),
    ("strict SPF", (f"{GOOD}; aspf=s",), {}, "dmarc.aspf_strict", WARNING, ("never aligns",)),
    ("strict DKIM", (f"{GOOD}; adkim=s",), {}, "dmarc.adkim_strict", INFO, ("names below",)),
    (
        "strict DKIM and a sender below",
        (f"{GOOD}; adkim=s",),
        {"setting": replace(THEIRS, names_below=("news.example.com",))},
        "dmarc.adkim_strict",
        WARNING,
        ("news.example.com",),
    ),
    (
        "reports without consent",
        ("v=DMARC1; p=none; rua=mailto:x@collector.example",),
        {},
        "dmarc.report_unauthorised",
        WARNING,
        ("example.com._report._dmarc.collector.example must hold a TXT v=DMARC1",),
    ),
    (
        "a consent that is too long for any name",
        (f"v=DMARC1; p=none; rua=mailto:x@{'b' * 60}.example.net",),
        {"domain": DomainName(LONG), "others": {f"A {'b' * 60}.example.net": ("192.0.2.1",)}},
        "dmarc.report_unauthorised",
        WARNING,
        ("no receiver can verify its consent",),
    ),
    (
        "reports to the MAIL FROM host",
        ("v=DMARC1; p=none; rua=mailto:x@bounce.example.com",),
        {},
        "dmarc.rua_at_mail_from",
        ERROR,
        ("vanish",),
    ),
    (
        "reports to a host without mail",
        ("v=DMARC1; p=none; rua=mailto:x@nomail.example",),
        {},
        "dmarc.rua_unreachable",
        WARNING,
        ("nomail.example has neither MX nor address",),
    ),
    (
        "reports to a host that takes no mail",
        ("v=DMARC1; p=none; rua=mailto:x@nomail.example",),
        {"others": {"MX nomail.example": ("0 .",), "A nomail.example": ("192.0.2.1",)}},
        "dmarc.rua_unreachable",
        WARNING,
        ("null MX",),
    ),
    (
        "reports to the domain itself, which has no mail",
        (NONE,),
        {"others": {"MX example.com": ()}},
        "dmarc.rua_unreachable",
        INFO,
        ("example.com has neither MX nor address",),
    ),
    (
        "addresses without a comma between",
        ("v=DMARC1; p=none; rua=mailto:a@example.com mailto:b@example.com",),
        {},
        "dmarc.invalid_rua",
        WARNING,
        ("separated by commas",),
    ),
    (
        "reports by https",
        ("v=DMARC1; p=none; rua=https://example.com/r",),
        {},
        "dmarc.invalid_rua",
        WARNING,
        ("https",),
    ),
    (
        "weaker than the record above",
        (NONE,),
        {"domain": NEWS, "others": {"TXT _dmarc.example.com": (GOOD,)}},
        "dmarc.weaker_than_parent",
        WARNING,
        ("_dmarc.example.com would apply with reject",),
    ),
    (
        "the policy for subdomains applies",
        (),
        {"domain": NEWS, "others": {"TXT _dmarc.example.com": (f"{GOOD}; sp=none",)}},
        "dmarc.inherited",
        INFO,
        ("_dmarc.example.com applies, which asks for none",),
    ),
    ("a public suffix that is none", (f"{GOOD}; psd=y",), {}, "dmarc.psd", WARNING, ("no public suffix",)),
    ("test mode", (f"{GOOD}; t=y",), {}, "dmarc.test_mode", INFO, ("one level less",)),
    ("SPF in its place", ("v=spf1 -all",), {}, "record.absent", ERROR, ("what stands there is other: v=spf1 -all",)),
    ("SPF in the place of ours", ("v=spf1 -all",), {"setting": OURS}, "record.absent", ERROR, ("v=spf1 -all",)),
    (
        "a wildcard in its place",
        ("v=spf1 -all",),
        {"others": {f"TXT {LABEL}.example.com": ("v=spf1 -all",)}},
        "record.absent",
        ERROR,
        ("what answers is a wildcard: v=spf1 -all",),
    ),
    (
        "the zone doubled in its name",
        (),
        {"others": {"TXT _dmarc.example.com.example.com": ("v=DMARC1; p=none",)}},
        "record.absent",
        ERROR,
        ("there is one at _dmarc.example.com.example.com: enter the name without .example.com",),
    ),
    (
        "weaker than asked",
        (NONE,),
        {"setting": replace(OURS, wanted=GOOD)},
        "record.wrong",
        ERROR,
        ("it must be v=DMARC1",),
    ),
    (
        "without the address that was asked",
        ("v=DMARC1; p=none; rua=mailto:other@example.com",),
        {"setting": replace(OURS, wanted=NONE)},
        "record.wrong",
        ERROR,
        (NONE,),
    ),
    ("stricter than asked", (GOOD,), {"setting": OURS}, "dmarc.other_policy", INFO, ("stricter than p=none",)),
    ("broken in the place of ours", ("v=DMARC1 p=none",), {"setting": OURS}, "dmarc.broken", ERROR, ("semicolon",)),
    ("no policy in the place of ours", ("v=DMARC1; p=x",), {"setting": OURS}, "dmarc.no_policy", ERROR, ("p=x",)),
]


@pytest.mark.parametrize(
    ("texts", "state", "code", "severity", "says"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_one_thing_is_found(
    texts: tuple[str, ...], state: dict[str, Any], code: str, severity: Severity, says: tuple[str, ...]
) -> None:
    found = [finding for finding in judged(*texts, **state) if finding.id not in ("dmarc.no_reports", "record.ok")]
    assert [(finding.id, finding.severity) for finding in found] == [(code, severity)]
    for words in says:
        assert words in found[0].message
    assert found[0].subject == f"TXT _dmarc.{state.get('domain', EXAMPLE)}"


HEALTHY: list[tuple[str, tuple[str, ...], dict[str, Any], list[str]]] = [
    ("ours", ("v=DMARC1; p=none",), {"setting": OURS}, ["record.ok", "dmarc.no_reports"]),
    ("a good record", (GOOD,), {}, []),
    ("no semicolon at the end, p third, capitals", ("v=DMARC1; rua=mailto:d@example.com; P=None",), {}, []),
    (
        "the same in the place of ours",
        ("v=DMARC1;rua=MAILTO:d@example.com ;P=None",),
        {"setting": replace(OURS, wanted=NONE)},
        ["record.ok"],
    ),
    (
        "inherited",
        (),
        {"domain": NEWS, "others": {"TXT _dmarc.example.com": (GOOD.replace("reject", "quarantine"),)}},
        ["dmarc.inherited"],
    ),
    ("as strict as the record above", (GOOD,), {"domain": NEWS, "others": {"TXT _dmarc.example.com": (GOOD,)}}, []),
    (
        "no weaker than what the record above asks of subdomains",
        (NONE,),
        {"domain": NEWS, "others": {"TXT _dmarc.example.com": (f"{GOOD}; sp=none",)}},
        [],
    ),
    ("reports of a subdomain to its organization", (GOOD,), {"domain": NEWS}, []),
    *(
        (
            f"consent by {consent}",
            ("v=DMARC1; p=none; rua=mailto:x@collector.example",),
            {"others": {"TXT example.com._report._dmarc.collector.example": (consent,)}},
            [],
        )
        for consent in ("v=DMARC1", "v=DMARC1;", "v=DMARC1; rua=mailto:y@collector.example")
    ),
    ("a verification beside it", (GOOD, "site-verification=1"), {}, []),
    ("nothing but reports asked for by nobody", ("v=DMARC1; p=none",), {}, ["dmarc.no_reports"]),
    ("an organization that says it is one", (f"{GOOD}; psd=n",), {}, []),
    (
        "reports to a host with an address alone",
        (NONE,),
        {"others": {"MX example.com": (), "AAAA example.com": ("2001:db8::1",)}},
        [],
    ),
    ("the same answers for every name", (GOOD,), {"others": {f"TXT {LABEL}.example.com": (GOOD,)}}, []),
]


@pytest.mark.parametrize(("texts", "state", "ids"), [row[1:] for row in HEALTHY], ids=[row[0] for row in HEALTHY])
def test_what_is_unusual_and_healthy_is_no_warning(
    texts: tuple[str, ...], state: dict[str, Any], ids: list[str]
) -> None:
    found = judged(*texts, **state)
    assert [finding.id for finding in found] == ids
    assert {finding.severity for finding in found} <= {OK, INFO}


def test_what_is_not_read_beside_a_record_that_is_does_no_harm_yet() -> None:
    (finding,) = judged(GOOD, "v=dmarc1; p=none")
    assert (finding.id, finding.severity) == ("dmarc.broken", WARNING)


def test_that_a_host_takes_no_mail_matters_once_it_has_consented() -> None:
    refused, below = judged("v=DMARC1; p=none; rua=mailto:x@nowhere.example")
    assert (refused.id, refused.severity, refused.caused_by) == ("dmarc.report_unauthorised", WARNING, None)
    assert (below.id, below.severity, below.caused_by) == ("dmarc.rua_unreachable", INFO, "dmarc.report_unauthorised")
    assert refused.evidence["name"] == "example.com._report._dmarc.nowhere.example"


def test_faults_of_the_record_above_are_told_where_they_are() -> None:
    found = judged(domain=NEWS, others={"TXT _dmarc.example.com": (f"{GOOD}; pct=50",)})
    assert [(f.id, f.subject) for f in found] == [
        ("dmarc.inherited", "TXT _dmarc.news.example.com"),
        ("dmarc.removed_tag", "TXT _dmarc.example.com"),
    ]


def test_a_record_of_ours_that_is_gone_is_absent_whatever_applies_from_above() -> None:
    (finding,) = judged(domain=NEWS, setting=OURS, others={"TXT _dmarc.example.com": (GOOD,)})
    assert (finding.id, finding.severity) == ("record.absent", ERROR)
    assert "until then _dmarc.example.com applies, with reject" in finding.message


def test_every_remedy_that_is_a_command_can_be_run_by_a_program() -> None:
    (finding,) = judged()
    assert finding.command == ("dmarc", "set", "example.com", "--policy", "none")
    (finding,) = judged(NONE, domain=NEWS, others={"TXT _dmarc.example.com": (GOOD,)})
    assert finding.command == ("dmarc", "set", "news.example.com", "--policy", "reject")
    assert finding.evidence["parent"] == [GOOD]


MANAGED = replace(OURS, is_managed=True)


@pytest.mark.parametrize("text", ["v=DMARC1 p=none", "v=DMARC1; p=x", "v=DMARC1; p=none; pct=50", "hello"])
def test_where_somebody_changed_our_record_new_domain_is_what_helps(text: str) -> None:
    finding = next(f for f in judged(text, setting=MANAGED) if f.severity in (ERROR, WARNING))
    assert finding.command in (("new-domain", "example.com"), None)
    assert "v=DMARC1; p=none" in f"{finding.remedy} {finding.message}"
    assert "dmarc" not in finding.remedy


def test_our_own_record_is_changed_by_the_commands_for_it() -> None:
    managed = replace(MANAGED, wanted=NONE)
    (_, finding) = judged(NONE, domain=NEWS, setting=managed, others={"TXT _dmarc.example.com": (GOOD,)})
    assert finding.command == ("dmarc", "set", "news.example.com", "--policy", "reject")


def test_a_stricter_record_is_kept_by_the_command_that_can() -> None:
    (finding,) = judged(GOOD, setting=MANAGED)
    assert finding.remedy == "`provisioner new-domain example.com --dmarc reject` keeps it"
    (finding,) = judged(GOOD, setting=OURS)
    assert finding.remedy == "`provisioner dmarc set example.com --policy reject` keeps it"


@pytest.mark.parametrize(
    ("silent", "texts", "domain", "says"),
    [
        (("_dmarc.example.com", "TXT"), (), EXAMPLE, "which DMARC record applies"),
        (("_dmarc.com", "TXT"), (), EXAMPLE, "which DMARC record applies"),
        (("_dmarc.example.com", "TXT"), (), NEWS, "which DMARC record applies"),
        (
            ("example.com._report._dmarc.collector.example", "TXT"),
            ("v=DMARC1; p=none; rua=mailto:x@collector.example",),
            EXAMPLE,
            "DNS does not say",
        ),
        (("nomail.example", "MX"), ("v=DMARC1; p=none; rua=mailto:x@nomail.example",), EXAMPLE, "DNS does not say"),
    ],
)
def test_what_dns_does_not_say_is_neither_right_nor_wrong(
    silent: tuple[str, str], texts: tuple[str, ...], domain: DomainName, says: str
) -> None:
    resolver = dns(domain, texts, {}).times_out(*silent)
    (finding,) = check(domain, THEIRS, resolver.lookup)
    assert (finding.id, finding.severity) == ("check.not_run", WARNING)
    assert says in finding.message
    assert "timed out" in finding.message


def test_silence_above_the_record_that_applies_changes_nothing() -> None:
    resolver = dns(EXAMPLE, (GOOD,), {}).times_out("_dmarc.com", "TXT")
    assert list(check(EXAMPLE, THEIRS, resolver.lookup)) == []


@pytest.mark.parametrize(
    ("policy", "is_signed", "has_mail_from", "rejects"),
    [
        ("reject", False, False, True),
        ("quarantine", False, False, True),
        ("none", False, False, False),
        ("quarantine; t=y", False, False, False),
        ("reject", True, False, False),
        ("reject", False, True, False),
        ("reject; aspf=s", False, True, True),
    ],
)
def test_a_policy_against_all_mail_of_the_domain(
    policy: str, is_signed: bool, has_mail_from: bool, rejects: bool
) -> None:
    applicable = look_up(EXAMPLE, dns(EXAMPLE, (f"v=DMARC1; p={policy}",), {}).lookup)
    assert isinstance(applicable, Applicable)
    found = list(rejects_own_mail(applicable, is_signed=is_signed, has_mail_from=has_mail_from))
    assert [(f.id, f.severity) for f in found] == [("dmarc.rejects_own_mail", ERROR)] * rejects


def test_two_rounds_of_questions_are_enough() -> None:
    """Whoever fetches what was asked for in between: the names of the walk first, then all that the record leads to."""
    text = "v=DMARC1; p=none; rua=mailto:a@one.example,mailto:b@two.example; ruf=mailto:c@three.example"
    resolver = dns(NEWS, (text,), {"TXT _dmarc.example.com": (GOOD,)})
    known: dict[tuple[str, str], DnsAnswer] = {}
    rounds = [asked_in_a_round(known, resolver) for _ in range(3)]
    assert [bool(asked) for asked in rounds] == [True, True, False]
    assert list(check(NEWS, OURS, resolver.lookup)) == list(check(NEWS, OURS, lambda *question: known[question]))


def asked_in_a_round(known: dict[tuple[str, str], DnsAnswer], resolver: FakeResolver) -> set[tuple[str, str]]:
    asked: set[tuple[str, str]] = set()

    def ask(name: str, rtype: str) -> DnsAnswer:
        asked.add((name, rtype))
        return known.get((name, rtype), Unreachable("not looked up yet"))

    list(check(NEWS, OURS, ask))
    new = asked - known.keys()
    known |= {question: resolver.lookup(*question) for question in new}
    return new
