"""What checks say becomes one report: causes first, nothing hidden, and no check takes down the others."""

from collections.abc import Callable, Iterator

import pytest

from provisioner.core.checks import causes
from provisioner.core.checks.catalogue import CHECKS, Area, Check, diagnose
from provisioner.core.checks.causes import Kind, Rule
from provisioner.core.checks.observed import NOT_WANTED, Observed, Unseen, seen
from provisioner.core.findings import NOT_RUN, Finding, Severity

LOGGED_OUT = Unseen("account", "expired_token", "the session has expired", "log in again", is_error=True)
Build = Callable[..., Observed]


def finding(name: str, severity: Severity = Severity.ERROR, subject: str = "example.com") -> Finding:
    return Finding(name, severity, subject, f"{name} is so", "do this", command=("new-domain", "example.com"))


def says(*findings: Finding, unless: str = "-") -> Check:
    return Check("it", Area.RECORDS, frozenset(), lambda _: iter(findings), frozenset({unless}))


def ids(findings: tuple[Finding, ...]) -> list[tuple[str, str | None]]:
    return [(one.id, one.caused_by) for one in findings]


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Late follows from wrong, and gone from late; pending of a record follows from that record."""
    monkeypatch.setattr(
        causes,
        "RULES",
        (
            Rule(Kind("ses.late"), (Kind("dns.wrong"),)),
            Rule(Kind("ses.gone"), (Kind("ses.late"),)),
            Rule(Kind("ses.pending", "DKIM *"), (Kind("record.*", "CNAME *"),)),
        ),
    )


def test_the_worst_cause_comes_first_and_its_consequences_below_it(observed: Build) -> None:
    found = diagnose(
        observed(),
        [says(finding("a.info", Severity.INFO), finding("ses.gone"), finding("ses.late")), says(finding("dns.wrong"))],
    )
    assert ids(found) == [("dns.wrong", None), ("ses.late", "dns.wrong"), ("ses.gone", "ses.late"), ("a.info", None)]


def test_a_consequence_has_nothing_to_be_done_about(observed: Build) -> None:
    _, late = diagnose(observed(), [says(finding("ses.late"), finding("dns.wrong"))])
    assert (late.severity, late.remedy, late.command, late.message) == (Severity.INFO, "", None, "ses.late is so")


def test_a_cause_of_another_subject_is_none(observed: Build) -> None:
    pending = finding("ses.pending", Severity.WARNING, "DKIM of example.com")
    of_mx = diagnose(observed(), [says(pending, finding("record.wrong", subject="MX bounce.example.com"))])
    assert {one.caused_by for one in of_mx} == {None}
    of_dkim = diagnose(observed(), [says(pending, finding("record.wrong", subject="CNAME a._domainkey.example.com"))])
    assert ids(of_dkim) == [("record.wrong", None), ("ses.pending", "record.wrong")]


def test_what_is_as_it_should_be_causes_nothing(observed: Build) -> None:
    found = diagnose(observed(), [says(finding("dns.wrong", Severity.OK), finding("ses.late"))])
    assert {one.caused_by for one in found} == {None}


def test_a_check_does_not_run_after_the_error_that_explains_all_it_would_say(observed: Build) -> None:
    hidden = says(finding("record.absent"), unless="dns.wrong")
    assert ids(diagnose(observed(), [says(finding("dns.wrong")), hidden])) == [("dns.wrong", None)]
    warned = diagnose(observed(), [says(finding("dns.wrong", Severity.WARNING)), hidden])
    assert ids(warned) == [("record.absent", None), ("dns.wrong", None)]


def test_what_nobody_could_look_at_is_said_once_and_the_others_go_on(observed: Build) -> None:
    def needing(facts: Observed) -> Iterator[Finding]:
        yield finding("a.first")
        seen(facts.identity)
        yield finding("a.second")

    check = Check("DKIM", Area.IDENTITY, frozenset(), needing)
    other = Check("the policy", Area.ACCESS, frozenset(), needing)
    found = diagnose(observed(identity=LOGGED_OUT), [check, other, says(finding("b.last", Severity.WARNING))])
    assert [one.id for one in found] == ["a.first", "a.first", NOT_RUN, "b.last"]
    not_run = found[2]
    assert (not_run.severity, not_run.subject, not_run.remedy) == (Severity.ERROR, "account", "log in again")
    assert not_run.message == "nobody could look at DKIM, the policy: the session has expired"
    assert not_run.evidence["not_looked_at"] == ["DKIM", "the policy"]


def test_a_check_that_odd_data_breaks_takes_down_nothing_else(observed: Build) -> None:
    def broken(_: Observed) -> Iterator[Finding]:
        yield finding("a.first")
        raise IndexError("list index out of range")

    found = diagnose(observed(), [Check("MX", Area.RECORDS, frozenset(), broken), says(finding("b.last"))])
    assert [one.id for one in found] == ["a.first", "b.last", NOT_RUN]
    assert "IndexError" in found[2].message
    assert found[2].severity is Severity.WARNING


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.looks_at)
def test_each_check_says_what_it_needs(observed: Build, check: Check) -> None:
    """What a check does not name is not gathered for it, and it must not want it."""
    named = {str(fact): Unseen("it", "gone", f"{fact} is not there") for fact in check.needs}
    (not_run,) = diagnose(observed(**named), [check])
    assert not_run.id == NOT_RUN
    assert NOT_WANTED.reason not in not_run.message
