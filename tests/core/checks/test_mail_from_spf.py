"""SPF at the MAIL FROM host counts by its meaning: SES passes there through its include, and not everybody does."""

import pytest
from fakes.dns import FakeResolver

from provisioner.core.checks.mail_from_spf import mail_from_spf
from provisioner.core.dns.answers import Absent, DnsAnswer, Found
from provisioner.core.findings import Finding, Severity

HOST = "bounce.example.com"
OURS = "v=spf1 include:amazonses.com ~all"
NO_WILDCARD = Absent(nxdomain=True)


def judged(*texts: str, wildcard: DnsAnswer = NO_WILDCARD, **others: str) -> Finding:
    resolver = FakeResolver().answers("amazonses.com", "TXT", "v=spf1 ip4:199.255.192.0/22 -all")
    for name, text in others.items():
        resolver.answers(name, "TXT", text)
    for name in ("example.com", HOST):
        resolver.answers(name, "A", "192.0.2.1")
    if texts:
        resolver.answers(HOST, "TXT", *texts)
    return mail_from_spf(HOST, resolver.lookup, wildcard)


@pytest.mark.parametrize(
    "texts",
    [
        (OURS,),
        (OURS.replace("~", "-"),),
        (OURS.replace("~", "?"),),
        ("v=spf1 include:amazonses.com",),
        ("V=SPF1  ip4:192.0.2.1 INCLUDE:AmazonSES.com. ?all",),
        ("site-verification=1", OURS),
        ("v=spf1 a:example.com exists:%{i}.x.test include:amazonses.com -all",),
        ("v=spf1 include:_spf.example.com -all",),
        ("v=spf1 redirect=_spf.example.com",),
        ("v=spf1 include:amazonses.com a a a a a a a a a a a -all",),
    ],
)
def test_ses_passes_through_its_include(texts: tuple[str, ...]) -> None:
    finding = judged(*texts, **{"_spf.example.com": "v=spf1 mx include:amazonses.com -all"})
    assert (finding.id, finding.severity, finding.subject) == ("record.ok", Severity.OK, f"TXT {HOST}")


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ((OURS, "v=spf1 mx ~all"), "2 SPF records stand there"),
        (("v=spf1 ~include:amazonses.com -all",), "SES gets softfail by ~include:amazonses.com"),
        (("v=spf1 -include:amazonses.com ~all",), "SES gets fail by -include:amazonses.com"),
        (("v=spf1 -all include:amazonses.com",), "nothing behind -all counts"),
        (("v=spf1 ~all",), "include:amazonses.com is missing, so SES gets softfail"),
        (("v=spf1 include:amazonses.com ~al",), "~al"),
        (("unrelated=1",), "none of it is SPF"),
        ((f" {OURS}",), "receivers do not read it as SPF"),
        (("v=spf1 +all",), "whoever sends passes"),
        (("v=spf1 include:amazonses.com +all",), "whoever sends passes"),
        (("v=spf1 include:none.test include:amazonses.com ~all",), "none.test has no SPF record"),
        (("v=spf1 a a a a a a a a a a include:amazonses.com ~all",), "more than 10 DNS lookups"),
        (("v=spf1 redirect=bounce.example.com",), "more than 10 DNS lookups"),
    ],
)
def test_ses_must_pass_and_not_everybody(texts: tuple[str, ...], says: str) -> None:
    finding = judged(*texts)
    assert (finding.id, finding.severity) == ("record.wrong", Severity.ERROR)
    assert " | ".join(texts) in finding.message
    assert says in finding.message
    assert finding.evidence["expected"] == [OURS]
    assert finding.evidence["found"] == list(texts)


def test_an_absent_record_is_absent_whatever_ses_says() -> None:
    finding = judged()
    assert (finding.id, finding.severity) == ("record.absent", Severity.ERROR)
    assert "SUCCESS of MAIL FROM says nothing of it" in finding.message


def test_what_a_wildcard_answers_is_absent_unless_it_is_right() -> None:
    wrong, right = Found(("v=spf1 -all",)), Found((OURS,))
    assert judged(*wrong.values, wildcard=wrong).id == "record.absent"
    assert "wildcard" in judged(*wrong.values, wildcard=wrong).message
    assert judged(*right.values, wildcard=right).id == "record.ok"


@pytest.mark.parametrize("silent", [HOST, "slow.test"])
def test_what_dns_does_not_say_is_not_known(silent: str) -> None:
    resolver = FakeResolver().answers(HOST, "TXT", "v=spf1 include:slow.test include:amazonses.com -all")
    finding = mail_from_spf(HOST, resolver.times_out(silent, "TXT").lookup, NO_WILDCARD)
    assert (finding.id, finding.severity) == ("check.not_run", Severity.WARNING)
    assert "timed out" in finding.message
