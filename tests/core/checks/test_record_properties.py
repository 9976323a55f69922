"""Whatever stands in DNS, the checks of SPF and DMARC come to a verdict, and it is not milder than the receivers'."""

from fakes.dns import FakeResolver
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.checks.dmarc import Setting, check
from provisioner.core.checks.mail_from_spf import mail_from_spf
from provisioner.core.checks.spf import apex
from provisioner.core.dmarc.discovery import Applicable, look_up
from provisioner.core.dns.answers import Absent
from provisioner.core.findings import Severity
from provisioner.core.spf.evaluation import Result, evaluate
from provisioner.core.spf.senders import Client, Somebody
from provisioner.core.values.domain import DomainName

EXAMPLE = DomainName("example.com")
HOST = "bounce.example.com"
DMARC_PIECES = ["v=DMARC1", "p=none", "p=reject", "p=x", "sp=none", "rua=mailto:a@example.com", "rua=x", "fo=1", "t=y"]
DMARC = st.one_of(
    st.text("v=DMARC1;p nor,jct\u00a0\u201c", max_size=30),
    st.lists(st.sampled_from([*DMARC_PIECES, "psd=y", "psd=n", "ruf=", "=", "aspf=s"]), max_size=6).map("; ".join),
)
SPF_TERMS = [  # no macros: what a name finds that depends on the message is not known beforehand
    *("a", "mx", "ptr", "exists:x.test", "include:amazonses.com", "~include:amazonses.com", "include:x.test"),
    *("redirect=x.test", "-all", "+all", "?all", "ip4:0.0.0.0/0", "moo"),
]
SPF = st.one_of(
    st.text("v=spf1 aluIncde:/.%{}0-+~?\u00a0", max_size=40).map("v=spf1 {}".format),
    st.lists(st.sampled_from([*SPF_TERMS, "-all", "+all", "?all", "ip4:0.0.0.0/0", "exists:x.test", "moo"]), max_size=6)
    .map(" ".join)
    .map("v=spf1 {}".format),
)


@given(st.lists(DMARC, max_size=3), st.lists(DMARC, max_size=2))
def test_where_no_policy_applies_there_is_an_error(own: list[str], of_parent: list[str]) -> None:
    resolver = FakeResolver().answers("_dmarc.news.example.com", "TXT", *own)
    resolver.answers("_dmarc.example.com", "TXT", *of_parent).answers("example.com", "MX", "1 mx.example.com")
    domain = DomainName("news.example.com")
    findings = list(check(domain, Setting(), resolver.lookup))
    applicable = look_up(domain, resolver.lookup)
    assert isinstance(applicable, Applicable)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    assert errors or applicable.policy is not None
    assert all(finding.message and finding.subject for finding in findings)


@given(st.lists(SPF, max_size=2), SPF)
def test_spf_at_the_domain_is_never_an_error_nor_called_right_when_it_is_not(texts: list[str], other: str) -> None:
    resolver = FakeResolver().answers("example.com", "TXT", *texts).answers("x.test", "TXT", other)
    resolver.answers("amazonses.com", "TXT", "v=spf1 ip4:199.255.192.0/22 -all")
    findings = list(apex(EXAMPLE, resolver.lookup))
    assert findings
    assert Severity.ERROR not in {finding.severity for finding in findings}
    if [finding.id for finding in findings] == ["spf.ok"]:
        client = Client.at("199.255.192.9", "a@example.com", "mx.test")
        assert evaluate("example.com", Somebody("amazonses.com"), resolver.lookup).result is Result.PASS
        assert evaluate("example.com", client, resolver.lookup).result is Result.PASS


@given(st.lists(SPF, max_size=2), SPF)
def test_what_is_right_at_the_mail_from_host_lets_ses_pass_and_not_others(texts: list[str], other: str) -> None:
    resolver = FakeResolver().answers(HOST, "TXT", *texts).answers("x.test", "TXT", other)
    resolver.answers("amazonses.com", "TXT", "v=spf1 ip4:199.255.192.0/22 -all")
    finding = mail_from_spf(HOST, resolver.lookup, Absent(nxdomain=True))
    if finding.id == "record.ok":
        ses, somebody = (Client.at(address, f"a@{HOST}", "mx.test") for address in ("199.255.192.9", "203.0.113.9"))
        assert evaluate(HOST, ses, resolver.lookup).result is Result.PASS
        assert evaluate(HOST, somebody, resolver.lookup).result is not Result.PASS
