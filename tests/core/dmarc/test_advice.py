import pytest

from provisioner.core.dmarc.advice import Published, advise
from provisioner.core.dmarc.consent import authorisations, unauthorised
from provisioner.core.findings import Finding, Severity
from provisioner.core.values.domain import DomainName

GOOD = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"


def published(*texts: str, domain: str = "example.com") -> Published:
    return Published(f"_dmarc.{domain}", texts, DomainName.parse(domain), f"bounce.{domain}")


def advice(*texts: str, domain: str = "example.com") -> dict[str, Finding]:
    return {finding.id: finding for finding in advise(published(*texts, domain=domain))}


def test_a_good_record_needs_no_advice() -> None:
    assert advise(published(GOOD, "v=spf1 -all")) == ()


@pytest.mark.parametrize(
    ("text", "code", "severity", "says"),
    [
        (f"{GOOD}; ruf=mailto:f@example.com", "dmarc.failure_reports", Severity.WARNING, "floods the mailbox"),
        (
            f"{GOOD}; ruf=mailto:f@example.com; fo=1",
            "dmarc.failure_reports",
            Severity.WARNING,
            "even where DMARC passes",
        ),
        (f"{GOOD}; fo=1", "dmarc.failure_reports", Severity.WARNING, "ignored without ruf"),
        (f"{GOOD}; pct=50", "dmarc.removed_tag", Severity.WARNING, "pct=50"),
        (f"{GOOD}; rf=afrf", "dmarc.removed_tag", Severity.WARNING, "rf=afrf"),
        (f"{GOOD}; ri=3600", "dmarc.removed_tag", Severity.WARNING, "ri=3600"),
        (f"{GOOD}; policy=none", "dmarc.unknown_tag", Severity.INFO, "policy=none"),
        (f"{GOOD}; p=none", "dmarc.repeated_tag", Severity.WARNING, "p stands here"),
        (f"{GOOD}; reject", "dmarc.syntax", Severity.WARNING, "'reject'"),
        (f"{GOOD}; aspf=s", "dmarc.aspf_strict", Severity.WARNING, "bounce.example.com never aligns"),
        (f"{GOOD}; adkim=s", "dmarc.adkim_strict", Severity.INFO, "below the domain"),
        (f"{GOOD}; adkim=strict", "dmarc.invalid_tag", Severity.WARNING, "neither r nor s"),
        (f"{GOOD}; sp=some", "dmarc.invalid_tag", Severity.WARNING, "sp=some"),
        (f"{GOOD}; t=y", "dmarc.test_mode", Severity.INFO, "one level less"),
        ("v=DMARC1; p=none", "dmarc.no_reports", Severity.INFO, "no rua"),
        ("v=DMARC1; p=all", "dmarc.no_policy", Severity.ERROR, "no effect"),
        ("v=DMARC1; rua=mailto:a@example.com", "dmarc.no_policy", Severity.WARNING, "p=none"),
        ("v=DMARC1; p=none; rua=a@example.com", "dmarc.invalid_rua", Severity.WARNING, "no mailto:"),
        ("v=DMARC1; p=none; rua=mailto:a@bounce.example.com", "dmarc.rua_at_mail_from", Severity.ERROR, "vanish"),
        ("v=DMARC1; p=none; rua=mailto:a@example.com!5m", "dmarc.size_suffix", Severity.INFO, "obsolete"),
        ("v=dmarc1; p=none", "dmarc.broken", Severity.ERROR, "v=dmarc1; p=none"),
    ],
)
def test_what_is_wrong_with_a_record_is_said(text: str, code: str, severity: Severity, says: str) -> None:
    finding = advice(text)[code]
    assert finding.severity is severity
    assert says in finding.message
    assert finding.subject == "TXT _dmarc.example.com"


def test_several_records_are_an_error_and_nothing_else_is_said_of_them() -> None:
    found = advice(GOOD, "v=DMARC1; p=none; pct=1")
    assert list(found) == ["dmarc.several_records"]
    assert found["dmarc.several_records"].severity is Severity.ERROR


def test_three_destinations_are_more_than_receivers_must_serve() -> None:
    assert "dmarc.many_destinations" in advice(f"{GOOD},mailto:b@example.com,mailto:c@example.com")


def test_a_subdomain_policy_at_a_subdomain_is_ignored() -> None:
    assert "dmarc.sp_ignored" in advice(f"{GOOD}; sp=none", domain="blog.example.com")
    assert "dmarc.sp_ignored" not in advice(f"{GOOD}; sp=none")


def test_what_tidy_repairs_says_so() -> None:
    assert "dmarc tidy example.com" in advice(f"{GOOD}; pct=50")["dmarc.removed_tag"].remedy


def test_destinations_at_other_organizations_need_consent() -> None:
    found = authorisations(published("v=DMARC1; p=none; rua=mailto:a@r.example.net,mailto:b@sub.example.com"))
    assert [name for _, name in found] == ["example.com._report._dmarc.r.example.net"]
    finding = unauthorised(published(GOOD), *found[0])
    assert finding.id == "dmarc.report_unauthorised"
    assert "mailto:a@r.example.net are not sent" in finding.message


def test_a_consent_whose_name_is_too_long_can_never_be_given() -> None:
    domain = ".".join(["a" * 60] * 3) + ".example.com"
    case = published(f"v=DMARC1; p=none; rua=mailto:x@{'b' * 60}.example.net", domain=domain)
    ((uri, name),) = authorisations(case)
    assert "too long" in unauthorised(case, uri, name).message


def test_what_tidying_repairs_names_the_command_and_shows_the_record() -> None:
    finding = advice(f"{GOOD}; pct=50")["dmarc.removed_tag"]
    assert finding.command == ("dmarc", "tidy", "example.com")
    assert finding.evidence == {"found": [f"{GOOD}; pct=50"]}


def test_what_only_a_person_can_mend_names_no_command() -> None:
    assert advice(f"{GOOD}; aspf=x")["dmarc.invalid_tag"].command is None
