import pytest

from provisioner.core.checks.records import absent, compare, unreachable
from provisioner.core.findings import Finding, Severity, any_failed
from provisioner.core.mail_domain.records import Purpose, Record


def record(purpose: Purpose, rtype: str, *values: str) -> Record:
    return Record("x.example.com", rtype, 300, values, purpose=purpose)


def test_only_an_error_is_a_failed_check() -> None:
    warning = Finding("a", Severity.WARNING, "x", "y")
    assert not any_failed([warning])
    assert any_failed([warning, Finding("b", Severity.ERROR, "x", "y")])


def test_a_finding_is_a_flat_document() -> None:
    document = Finding("record.ok", Severity.OK, "TXT x", "fine", "nothing", "RFC 1").to_document()
    assert document == {
        "id": "record.ok",
        "severity": "ok",
        "subject": "TXT x",
        "message": "fine",
        "remedy": "nothing",
        "reference": "RFC 1",
        "evidence": {},
        "command": None,
        "repairable": False,
        "caused_by": None,
    }


def test_a_finding_carries_the_values_and_the_command_for_a_program_to_act_on() -> None:
    evidence = {"expected": ["a"], "found": []}
    finding = Finding("x.y", Severity.ERROR, "TXT x", "bad", evidence=evidence, command=("new-domain", "example.com"))
    document = finding.to_document()
    assert (document["evidence"], document["command"]) == (evidence, ["new-domain", "example.com"])


def test_the_values_that_were_compared_are_the_evidence() -> None:
    wanted = record(Purpose.DKIM, "CNAME", "a.dkim.amazonses.com")
    other = ["b.dkim.amazonses.com"]
    assert compare(wanted, other).evidence == {"expected": ["a.dkim.amazonses.com"], "found": other}
    assert compare(wanted, wanted.values).evidence == {"expected": list(wanted.values), "found": list(wanted.values)}
    assert absent(wanted, "the resolver").evidence == {"expected": ["a.dkim.amazonses.com"], "found": []}
    assert unreachable(wanted, "timed out").evidence == {"expected": ["a.dkim.amazonses.com"], "reason": "timed out"}


@pytest.mark.parametrize(("values", "code"), [(["A.dkim.amazonses.com"], "record.ok"), (["b.example"], "record.wrong")])
def test_hosts_compare_without_case(values: list[str], code: str) -> None:
    assert compare(record(Purpose.DKIM, "CNAME", "a.dkim.amazonses.com"), values).id == code


def test_a_second_mx_at_the_mail_from_host_is_wrong() -> None:
    wanted = record(Purpose.MAIL_FROM_MX, "MX", "10 feedback-smtp.us-east-1.amazonses.com")
    finding = compare(wanted, [*wanted.values, "20 mx.example.com"])
    assert finding.id == "record.wrong"
    assert "exactly this one MX" in finding.remedy


def test_an_absent_record_says_where_it_was_looked_for_and_what_it_must_be() -> None:
    finding = absent(record(Purpose.DKIM, "CNAME", "a.dkim.amazonses.com"), "the resolver")
    assert finding.subject == "CNAME x.example.com"
    assert finding.message == "there is none at the resolver; it must be a.dkim.amazonses.com"
